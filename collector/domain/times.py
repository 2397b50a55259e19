"""Times: whole microseconds since 1970-01-01 UTC, in names that end in `_at`.

One integer is what the databases keep, what the hot path compares and what cannot be naive.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UTC_EPOCH = _EPOCH.replace(tzinfo=None)
"""Without a zone: writing one and taking it off again costs more than all the rest."""
_MICROSECOND = timedelta(microseconds=1)


def render_time(at: int) -> str:
    """Write a time as ISO 8601 in UTC with milliseconds, `2026-11-24T02:15:00.000Z`."""
    return f"{_render_second(at // SECOND)}.{at % SECOND // 1000:03}Z"


@lru_cache(maxsize=1024)
def _render_second(second: int) -> str:
    return (_UTC_EPOCH + timedelta(seconds=second)).isoformat()


def render_day(day: int) -> str:
    """Write a day, counted from 1970-01-01 in UTC, as its date: `2026-11-24`."""
    return (_UTC_EPOCH + timedelta(days=day)).date().isoformat()


def parse_time(text: str) -> int:
    """Read ISO 8601; a time without a zone is taken as UTC.

    Raises ValueError when the text is no time or lies outside years 1 to 9999.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment.astimezone(UTC) - _EPOCH) // _MICROSECOND
    except OverflowError as error:
        raise ValueError(str(error)) from error
