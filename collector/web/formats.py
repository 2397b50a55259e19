"""Times, numbers and durations as people write them, in the language and the zone of a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache, partial
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

LOCALES: Final = {"en": "en_GB", "de": "de_DE"}
"""English as it is written in Europe: the day before the month, hours to 24."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_TIME, _SECOND = timedelta(0), timedelta(seconds=1)
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


@lru_cache(maxsize=256)
def find_zone(name: str) -> tzinfo:
    """Find a time zone by its IANA name; one that does not exist is UTC."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def moment(at: int, zone: tzinfo) -> datetime:
    """Make a datetime of microseconds UTC."""
    return (_EPOCH + timedelta(microseconds=at)).astimezone(zone)


def filters(language: str) -> Mapping[str, Callable[..., Any]]:
    """Give the template filters of a language. Those of times read `zone` from the page."""
    locale = LOCALES[language]
    return {
        "day": _in_zone(partial(format_date, format="long", locale=locale)),
        "short_day": partial(_short_day, locale=locale),
        "utc_day": partial(_utc_day, locale=locale),
        "iso_day": _iso_day,
        "moment": _in_zone(partial(format_datetime, format="medium", locale=locale)),
        "minute": _in_zone(partial(_minute, locale=locale)),
        "moment_of": pass_context(partial(_moment_of, locale=locale)),
        "clock": _in_zone(partial(format_time, format="medium", locale=locale)),
        "number": lru_cache(maxsize=8_192)(partial(format_decimal, locale=locale)),
        "percent": lru_cache(maxsize=8_192)(partial(_percent, locale=locale)),
        "size": partial(_size, locale=locale),
        "milliseconds": partial(_milliseconds, locale=locale),
        "ago": pass_context(partial(_ago, locale=locale)),
    }


def _in_zone(write: Callable[[datetime], str]) -> Callable[..., Markup]:
    """Write a time in the zone of the page, as a `time` element that a machine reads, too."""

    @pass_context
    def written(context: Context, at: int) -> Markup:
        local = moment(at, context["zone"])
        said = local.isoformat(timespec="seconds")
        return Markup('<time datetime="{}">{}</time>').format(said, write(local))

    return written


def _moment_of(context: Context, text: str, locale: str) -> Markup:
    """Write a time that is ISO 8601 text, as the JSON of events has it."""
    at = datetime.fromisoformat(text).astimezone(context["zone"])
    written = format_datetime(at, format="medium", locale=locale)
    return Markup('<time datetime="{}">{}</time>').format(text, written)


def _minute(at: datetime, locale: str) -> str:
    day = format_date(at, format="medium", locale=locale)
    return f"{day}, {format_time(at, format='short', locale=locale)}"


def _short_day(day: date, locale: str) -> str:
    return format_date(day, format="d. MMM" if locale.startswith("de") else "d MMM", locale=locale)


@lru_cache(maxsize=2048)
def _utc_day(day: int, locale: str) -> Markup:
    """Write a day that is counted from 1970-01-01, UTC."""
    found = _EPOCH.date() + timedelta(days=day)
    text = format_date(found, format="medium", locale=locale)
    return Markup('<time datetime="{}">{}</time>').format(found.isoformat(), text)


def _iso_day(day: int) -> str:
    return (_EPOCH.date() + timedelta(days=day)).isoformat()


def _percent(share: float, locale: str) -> str:
    return format_percent(
        share, format="#,##0.#%" if locale == "en_GB" else "#,##0.#\u00a0%", locale=locale
    )


def _size(count: int, locale: str) -> str:
    """Write bytes in the largest unit that leaves a whole one."""
    power = min(max(count.bit_length() - 1, 0) // 10, len(_UNITS) - 1)
    return f"{format_decimal(round(count / 1024**power, 1), locale=locale)}\u00a0{_UNITS[power]}"


def _milliseconds(value: int | None, locale: str) -> str:
    if value is None:
        return "-"
    if value < 1000:  # noqa: PLR2004  (from a second on, seconds)
        return f"{format_decimal(value, locale=locale)} ms"
    return f"{format_decimal(round(value / 1000, 1), locale=locale)} s"


def _ago(context: Context, at: int, locale: str) -> Markup:
    """Write how long ago, or in how long, from the `now` of the page: a second at least."""
    apart = timedelta(microseconds=at - context["now"])
    apart = max(apart, _SECOND) if apart > _NO_TIME else min(apart, -_SECOND)
    said = moment(at, context["zone"]).isoformat(timespec="seconds")
    text = format_timedelta(apart, add_direction=True, threshold=1.2, locale=locale)
    return Markup('<time datetime="{}">{}</time>').format(said, escape(text))
