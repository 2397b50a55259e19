from __future__ import annotations

import pytest

from collector.domain.times import parse_time, render_time


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("2019-12-02T10:00:00.000Z", "2019-12-02T10:00:00.000Z"),
        ("2026-11-24T03:15:00+01:00", "2026-11-24T02:15:00.000Z"),
        ("2026-11-24T02:15:00", "2026-11-24T02:15:00.000Z"),
        ("2026-11-24T02:15:00.123456Z", "2026-11-24T02:15:00.123Z"),
        ("2026-11-24", "2026-11-24T00:00:00.000Z"),
        ("0001-01-01T00:00:00", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
    ],
    ids=[
        "Driftrock's sample",
        "another zone",
        "no zone is UTC",
        "microseconds",
        "a date",
        "the first",
        "the last",
    ],
)
def test_a_time_is_read_and_written_in_utc(text: str, rendered: str) -> None:
    assert render_time(parse_time(text)) == rendered


OUTSIDE = ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"]


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", *OUTSIDE])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_time(text)
