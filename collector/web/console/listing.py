"""What lists share: the range of days in an address, and their twins in CSV and JSON."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from collector.domain.errors import InputError
from collector.domain.spreadsheet import harmless
from collector.domain.times import DAY
from collector.storage.captures import list_captures
from collector.web.answer import Answer, json_answer
from collector.web.console.report_days import parse_days
from collector.web.console.visit import Visit
from collector.web.formats import find_zone, moment

FORMATS: Final = ("json", "csv")
MOST_EXPORTED: Final = 10_000
RANGES: Final = {"1d": 1, "7d": 7, "28d": 28, "90d": 90}


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Whole days in the person's zone, the last one being today: microseconds UTC."""

    name: str
    count: int
    since: int
    until: int


def days_of(visit: Visit, default: str = "") -> Days | None:
    """Read `range` of the address; None where there is none. Raises InputError.

    Days that are written by their dates are those of reports: UTC.
    """
    name = visit.asked("range") or default
    if name in ("", "all"):
        return None
    if own := parse_days(name, visit.now // DAY):
        return Days(name=name, count=own.count, since=own.begins_at, until=own.ends_at)
    if name not in RANGES:
        raise InputError(f"range is one of {', '.join(RANGES)} or all", field="range")
    count = RANGES[name]
    zone = find_zone(visit.zone_name)
    midnight = moment(visit.now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    begun = int(midnight.timestamp()) * 1_000_000
    return Days(name=name, count=count, since=begun - (count - 1) * DAY, until=begun + DAY)


async def captures_seen(visit: Visit) -> dict[str, str]:
    """Name the captures that the person may see, by `source_id`."""
    found = await visit.services.store.read(list_captures)
    return {one.source_id: one.name for one in found if visit.user.may_see(one.source_id)}


def allowed_sources(visit: Visit) -> tuple[str, ...] | None:
    """Name the captures a list is limited to: those of the person, or the one asked for."""
    asked, own = visit.asked("capture"), visit.user.source_ids
    if not asked:
        return own
    return (asked,) if visit.user.may_see(asked) else ()


def place_number(text: str) -> int:
    """Read a number in an address. Raises InputError."""
    if not text.isascii() or not text.isdigit() or len(text) > 18:  # noqa: PLR2004  (64 bits)
        raise InputError("this address names no place in the list; open the list anew")
    return int(text)


def twin(visit: Visit, rows: Sequence[Mapping[str, Any]], name: str) -> Answer:
    """Write a list as CSV or JSON, whichever the address asks for."""
    kind = visit.asked("format")
    attachment = (b"content-disposition", f'attachment; filename="{name}.{kind}"'.encode())
    if kind == "json":
        return json_answer(200, list(rows), (attachment,))
    written = StringIO()
    out = csv.writer(written)
    if rows:
        out.writerow(rows[0])
        out.writerows([harmless(_cell(value)) for value in row.values()] for row in rows)
    headers = ((b"content-type", b"text/csv; charset=utf-8"), attachment)
    return Answer(200, written.getvalue().encode(), headers)


def _cell(value: Any) -> Any:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else value
