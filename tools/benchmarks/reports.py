"""Pages that read roll-ups, over what five million events and a hundred million touches leave."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

from collector.domain.times import DAY
from tools.benchmarks.installation import Installed, installed, on_postgresql
from tools.benchmarks.processes import Effort
from tools.benchmarks.rollups import VALUES, seed_rollups
from tools.benchmarks.visitor import sign_in, slowest


def on_sqlite(effort: Effort) -> float:
    """Measure the slowest page on SQLite, in milliseconds."""
    with installed() as found:
        return _slowest(found, effort)


def on_postgres(effort: Effort) -> float:
    """Measure the slowest page on PostgreSQL."""
    with on_postgresql() as settings, installed(**settings) as found:
        return _slowest(found, effort)


def _slowest(found: Installed, effort: Effort) -> float:
    asyncio.run(sign_in(found))
    asyncio.run(seed_rollups(found))
    return slowest(found, report_pages(), effort.rounds)


def report_pages() -> Iterator[str]:
    """Give the overview and every report, each of four ranges, and of a year that was.

    The last one ends in the middle of a month: most single days stand around its months.
    """
    today = time.time_ns() // 1000 // DAY
    own = (f"from={_date(today - ago - 365)}&to={_date(today - ago)}" for ago in (0, 35))
    for days in ("range=7d", "range=28d", "range=90d", *own):
        yield f"/?{days}"
        yield f"/reports/coverage?{days}"
        yield f"/reports/journeys?{days}"
        yield f"/reports?by=destination&{days}"
        for dimension in VALUES:
            yield f"/reports?by={dimension}&{days}"


def _date(day: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(day * 86_400))
