"""Two years of roll-ups, as five million events and a hundred million touches leave them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from sqlalchemy import Connection

from collector.domain.capture import Capture
from collector.domain.tally import COVERED, LEADS, OWED, TIMES, TOUCHES, month_of
from collector.domain.times import DAY
from collector.storage.captures import CreateCapture
from collector.storage.store import open_store
from collector.storage.tally_tables import daily_counts, daily_measures, value_counts
from tools.benchmarks.installation import Installed

DAYS: Final = 760
"""Two years and a bit: a year, and the one before it to compare with."""
EVENTS, TOUCHED = 5_000_000, 100_000_000
CAPTURES: Final = 3
ROLL_UPS: Final = (value_counts, daily_counts, daily_measures)
VALUES: Final = {
    "channel": 12,
    "source": 25,
    "medium": 12,
    "campaign": 120,
    "landing_page": 300,
    "content": 150,
    "term": 300,
}
"""How many values each dimension has in a day of one capture."""
PLACES: Final = 500
"""How many places a day of one capture has."""

_LEADS: Final = EVENTS // (DAYS * CAPTURES)
_TOUCHES: Final = TOUCHED // (DAYS * CAPTURES)
_NUMBERS: Final = (
    "numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {most}),"
    " captures_(source_id) AS (VALUES {sources})"
)
_VALUE_COUNTS: Final = """
WITH RECURSIVE {numbers}, dimensions(name, room) AS (VALUES {dimensions}),
  spans(span, begins, days) AS (VALUES {spans})
INSERT INTO value_counts (dimension, span, begins, source_id, value, touches, decided, first,
  last, last_paid, click_ids)
SELECT name, span, begins, source_id,
  name || ' number ' || ((n * 7 + begins % 3) % (room * 2)), days * {touches} / room,
  days * {leads} / room, days * {leads} / room, days * {leads} / room, days * {leads} / room,
  days * {leads} / room / 2
FROM spans, dimensions, captures_, numbers WHERE n < room ORDER BY begins
"""
_PLACES: Final = """
WITH RECURSIVE {numbers}, days(day) AS (VALUES {days})
INSERT INTO daily_counts (key, day, source_id, channel, source, medium, campaign, landing_page,
  touches, first, last, last_paid)
SELECT day || source_id || n, day, source_id, 'channel number ' || (n % 12),
  'source number ' || (n % 25), 'medium number ' || (n % 12), 'campaign number ' || (n % 120),
  'landing_page number ' || (n % 300), {touches} / {places}, 2, 2, 2
FROM days, captures_, numbers ORDER BY day
"""
_MEASURES: Final = """
WITH RECURSIVE {numbers}, days(day) AS (VALUES {days}), measures(name, counted) AS (VALUES {names})
INSERT INTO daily_measures (day, source_id, measure, count)
SELECT day, source_id, name, counted FROM days, captures_, measures ORDER BY day
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """Carry out statements, however long they take."""

    is_long: ClassVar[bool] = True

    statements: Sequence[str]

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Fill]) -> Sequence[None]:
        """Do it."""
        for write in writes:
            for statement in write.statements:
                connection.exec_driver_sql(statement)
        return [None] * len(writes)


async def seed_rollups(found: Installed) -> None:
    """Fill the roll-ups of the installation's capture and of two more."""
    today = time.time_ns() // 1000 // DAY
    sources = [found.source_id, *(f"{found.source_id[:-1]}{letter}" for letter in "xy")]
    store = await open_store(found.database_url)
    for source_id in sources[1:]:
        capture = Capture(
            source_id=source_id, name="More", origins=("https://x.example",), created_at=1
        )
        await store.write(CreateCapture(capture=capture))
    statements = list(_statements(today, sources, found.destinations[0]))
    if found.database_url.startswith("postgresql"):  # which does so by itself, a little later
        statements += [f"ANALYZE {table.name}" for table in ROLL_UPS]
    await store.write(Fill(statements=statements))
    await store.close()


def _statements(today: int, sources: Sequence[str], destination: str) -> Iterator[str]:
    days = range(today - DAYS + 1, today + 1)
    months: dict[int, int] = {}
    for day in days:
        months[month_of(day)] = months.get(month_of(day), 0) + 1
    spans = [("day", day, 1) for day in days] + [("month", *month) for month in months.items()]
    numbers = _NUMBERS.format(most=PLACES - 1, sources=_rows((one,) for one in sources))
    common: dict[str, Any] = {"numbers": numbers, "touches": _TOUCHES, "leads": _LEADS}
    common |= {"days": _rows((day,) for day in days), "places": PLACES}
    yield _VALUE_COUNTS.format(dimensions=_rows(VALUES.items()), spans=_rows(spans), **common)
    yield _PLACES.format(**common)
    yield _MEASURES.format(names=_rows(_measures(destination)), **common)


def _measures(destination: str) -> Iterator[tuple[str, int]]:
    yield from ((LEADS, _LEADS), (OWED + destination, _LEADS))
    yield from ((name, _LEADS * 2 // 3) for name in COVERED)
    yield from ((f"time:{step}", _LEADS // len(TIMES)) for step in TIMES)
    yield from ((f"touches:{step}", _LEADS // len(TOUCHES)) for step in TOUCHES)


def _rows(rows: Iterable[tuple[Any, ...]]) -> str:
    return ", ".join(f"({', '.join(map(_literal, row))})" for row in rows)


def _literal(value: Any) -> str:
    return str(value) if isinstance(value, int) else f"'{value}'"
