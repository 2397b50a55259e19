from __future__ import annotations

from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from collector.domain.ids import parse_uuid, uuid7

times = st.integers(min_value=0, max_value=2**48 * 1000 - 1)
random = st.binary(min_size=10, max_size=10)


@given(times, random)
def test_an_id_is_a_uuid_of_version_7_and_holds_its_time(now: int, noise: bytes) -> None:
    made = UUID(uuid7(now, noise))
    assert (made.version, made.variant) == (7, RFC_4122)
    assert made.int >> 80 == now // 1000


@given(times, times, random)
def test_ids_sort_by_time(one: int, other: int, noise: bytes) -> None:
    if one // 1000 < other // 1000:
        assert uuid7(one, noise) < uuid7(other, noise)


def test_a_uuid_is_read_in_every_usual_spelling() -> None:
    canonical = "018f7a5e-0000-7000-8000-000000000001"
    assert parse_uuid(canonical.upper()) == canonical
    assert parse_uuid(canonical.replace("-", "")) == canonical
    assert parse_uuid("no-uuid") is None
