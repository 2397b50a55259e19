from __future__ import annotations

import re
from typing import Any

import pytest

from collector.domain.api_key import (
    VALUE_BYTES,
    ApiKey,
    digest_of,
    make_value,
    new_key,
    parse_key_id,
    parse_value,
    prefix_of,
)
from collector.domain.errors import InputError


def key(**changes: Any) -> ApiKey:
    values: dict[str, Any] = {
        "id": "k",
        "name": "n",
        "prefix": "",
        "digest": "",
        "created_at": 1,
    }
    return ApiKey(**(values | changes))


def test_a_key_holds_all_its_random_bits_in_characters_that_every_header_carries() -> None:
    values = {make_value(bytes([n]) * VALUE_BYTES) for n in range(256)}
    assert len(values) == 256
    assert VALUE_BYTES * 8 == 256
    assert all(re.fullmatch(r"lc_[\w-]{43}", value) for value in values)


@pytest.mark.parametrize(
    ("value", "prefix"),
    [
        ("lc_abcdefghijklmnopqrstuvwxyz0123456789", "lc_abcde"),
        ("short-one-12", "sho"),
        ("abc", ""),
    ],
)
def test_people_see_only_the_beginning_and_of_a_short_key_hardly_that(
    value: str, prefix: str
) -> None:
    assert prefix_of(value) == prefix


def test_a_digest_is_sha_256() -> None:
    assert digest_of("abc").startswith("ba7816bf8f01cfea")


@pytest.mark.parametrize("text", ["", "  ", "two words", "tab\tbed", "üml", "x" * 513, "a\nb"])
def test_a_key_that_no_header_carries_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="visible ASCII"):
        parse_value(text)


def test_a_line_end_around_a_taken_over_key_does_not_count() -> None:
    assert parse_value("sk_live_1234:5\n") == "sk_live_1234:5"


@pytest.mark.parametrize("text", ["", "a:b", "a b", "ü", "x" * 256])
def test_an_id_that_no_basic_pair_carries_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="without spaces and colons"):
        parse_key_id(text)


def test_an_id_is_taken_over_as_it_is() -> None:
    assert parse_key_id("PUBLIC-key_1~!") == "PUBLIC-key_1~!"


def test_scopes_and_captures_limit_a_key() -> None:
    assert key().allows("events:write")
    assert not key().allows("admin")
    assert key(scopes=("admin",)).allows("events:write")
    assert not key(scopes=()).allows("events:write")
    assert key().may_write_to("any")
    assert key(source_id="s").may_write_to("s")
    assert not key(source_id="s").may_write_to("t")


GIVEN: dict[str, Any] = {"key_id": "k", "name": " Shop ", "scope": "events:write", "now": 5}


def test_of_a_key_its_fingerprint_and_beginning_are_kept() -> None:
    made = new_key("lc_0123456789", source_id="s", **GIVEN)
    assert (made.name, made.digest, made.source_id) == ("Shop", digest_of("lc_0123456789"), "s")
    assert "0123456789" not in made.prefix


@pytest.mark.parametrize(
    ("changes", "source_id", "field"),
    [({"name": " "}, None, "name"), ({"scope": "admin"}, "s", "capture")],
)
def test_a_key_that_cannot_be_is_refused_by_name(
    changes: dict[str, Any], source_id: str | None, field: str
) -> None:
    with pytest.raises(InputError) as caught:
        new_key("lc_x", source_id=source_id, **{**GIVEN, **changes})
    assert caught.value.field == field
