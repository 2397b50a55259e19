"""Pages that read roll-ups, over what five million events and a hundred million touches leave."""

from __future__ import annotations

import asyncio
import http.client
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import Connection, insert

from collector.domain.api_key import digest_of
from collector.domain.capture import Capture
from collector.domain.tally import COVERED, LEADS, OWED, TIMES, TOUCHES, month_of
from collector.domain.times import DAY
from collector.domain.user import User
from collector.storage.captures import CreateCapture
from collector.storage.sessions import OpenSession
from collector.storage.store import open_store
from collector.storage.tally_tables import daily_measures, value_counts
from collector.storage.users import CreateUser
from tools.benchmarks.installation import Installed, installed, on_postgresql
from tools.benchmarks.processes import Effort

DAYS = 760
"""Two years and a bit: a year, and the one before it to compare with."""
EVENTS, TOUCHED = 5_000_000, 100_000_000
CAPTURES = 3
VALUES = {
    "channel": 12,
    "source": 25,
    "medium": 12,
    "campaign": 120,
    "landing_page": 300,
    "content": 150,
    "term": 300,
}
"""How many values each dimension has in a day of one capture."""
SECRET = "a session of the benchmark"  # noqa: S105  (of a database that is thrown away)
_AT_ONCE = 20_000
_LEADS = EVENTS // (DAYS * CAPTURES)
_TOUCHES = TOUCHED // (DAYS * CAPTURES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """Write the roll-ups of some days."""

    table: Any
    rows: Sequence[dict[str, Any]]

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Seed]) -> Sequence[None]:
        """Insert all."""
        for write in writes:
            connection.execute(insert(write.table), write.rows)
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyze:
    """Gather the statistics that a database at work has gathered by itself."""

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Analyze]) -> Sequence[None]:
        """Do it once."""
        connection.exec_driver_sql("ANALYZE")
        return [None] * len(writes)


def on_sqlite(effort: Effort) -> float:
    """Measure the slowest page on SQLite, in milliseconds."""
    with installed() as found:
        return _slowest(found, effort)


def on_postgres(effort: Effort) -> float:
    """Measure the slowest page on PostgreSQL."""
    with on_postgresql() as settings, installed(**settings) as found:
        return _slowest(found, effort)


def _slowest(found: Installed, effort: Effort) -> float:
    asyncio.run(_seed(found))
    with found.serving() as served:
        times = {page: _page_ms(served.port, page, effort.rounds * 3) for page in _pages()}
    for page, took in sorted(times.items(), key=lambda pair: -pair[1]):
        print(f"{took:8.1f} ms  {page}", file=sys.stderr)
    return max(times.values())


def _pages() -> Iterator[str]:
    today = time.time_ns() // 1000 // DAY
    first, last = (
        time.strftime("%Y-%m-%d", time.gmtime(day * 86_400)) for day in (today - 365, today)
    )
    year = f"from={first}&to={last}"
    for days in ("range=7d", "range=28d", "range=90d", year):
        yield f"/?{days}"
        yield f"/reports/coverage?{days}"
        yield f"/reports/journeys?{days}"
        yield f"/reports?by=destination&{days}"
        for dimension in VALUES:
            yield f"/reports?by={dimension}&{days}"


def _page_ms(port: int, page: str, times: int) -> float:
    took = []
    for _ in range(times + 1):
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request(
            "GET", f"/console{page}", headers={"cookie": f"__Host-lc_session={SECRET}"}
        )
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        took.append((time.perf_counter() - began) * 1000)
        if answer.status != 200 or b"Nothing was counted" in body:  # noqa: PLR2004
            raise SystemExit(f"{page} answered {answer.status}, or nothing")
    return median(took[1:])


async def _seed(found: Installed) -> None:
    store = await open_store(found.database_url)
    now = time.time_ns() // 1000
    sources = [found.source_id, *(f"{found.source_id[:-1]}{letter}" for letter in "xy")]
    for source_id in sources[1:]:
        capture = Capture(
            source_id=source_id, name="More", origins=("https://x.example",), created_at=1
        )
        await store.write(CreateCapture(capture=capture))
    user = User(id="bench", email="bench@example.com", role="admin", created_at=1)
    await store.write(CreateUser(user=user))
    await store.write(OpenSession(digest=digest_of(SECRET), user_id="bench", now=now))
    for table, rows in (
        (value_counts, _values(now // DAY, sources)),
        (daily_measures, _measures(now // DAY, sources, found.destinations[0])),
    ):
        part: list[dict[str, Any]] = []
        for row in rows:
            part.append(row)
            if len(part) == _AT_ONCE:
                await store.write(Seed(table=table, rows=part))
                part = []
        await store.write(Seed(table=table, rows=part))
    await store.write(Analyze())
    await store.close()


def _values(today: int, sources: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Give each day's values, the first most often, and every month's sums of them."""
    months: dict[int, int] = {}
    for day in range(today - DAYS + 1, today + 1):
        months[month_of(day)] = months.get(month_of(day), 0) + 1
        yield from _of_span("day", day, 1, sources)
    for month, days in months.items():
        yield from _of_span("month", month, days, sources)


def _of_span(
    span: str, begins: int, days: int, sources: Sequence[str]
) -> Iterator[dict[str, Any]]:
    for dimension, count in VALUES.items():
        for source_id in sources:
            for number in range(count):
                leads = days * _LEADS // count
                yield {
                    "dimension": dimension,
                    "span": span,
                    "begins": begins,
                    "source_id": source_id,
                    "value": f"{dimension} number {(number * 7 + begins % 3) % (count * 2)}",
                    "touches": days * _TOUCHES // count,
                    **dict.fromkeys(("decided", "first", "last", "last_paid"), leads),
                    "click_ids": leads // 2,
                }


def _measures(today: int, sources: Sequence[str], destination: str) -> Iterator[dict[str, Any]]:
    counts = {LEADS: _LEADS, OWED + destination: _LEADS}
    counts |= dict.fromkeys(COVERED, _LEADS * 2 // 3)
    counts |= {f"time:{step}": _LEADS // len(TIMES) for step in TIMES}
    counts |= {f"touches:{step}": _LEADS // len(TOUCHES) for step in TOUCHES}
    for day in range(today - DAYS + 1, today + 1):
        for source_id in sources:
            for name, count in counts.items():
                yield {"day": day, "source_id": source_id, "measure": name, "count": count}
