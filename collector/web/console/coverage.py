"""Coverage: which share of leads came with what, day by day, and since when it fell."""

from __future__ import annotations

from typing import Any, Final

from collector.domain.summary import share_of
from collector.domain.tally import COVERED, LEADS
from collector.domain.times import DAY, render_day
from collector.storage.audit import deeds_between
from collector.storage.reports import Measures, measures_by_day
from collector.web.answer import Answer
from collector.web.console.attention import find_falling
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import FORMATS, allowed_sources, captures_seen, twin
from collector.web.console.report_days import BY, PRESETS, ReportDays, report_days
from collector.web.console.visit import Visit

NEARBY: Final = 2
"""A change so many days before a fall, or one after it began, may be its cause."""
_NO_CAUSE: Final = ("lead.", "delivery.", "session.", "user.", "key.")
"""Deeds that change nothing about which leads come how."""


class Coverage(ConsoleEndpoint):
    """`/console/reports/coverage`."""

    async def show(self, visit: Visit) -> Answer:
        """Show the shares of each day, or give them as CSV or JSON. Raises InputError."""
        days, sources = report_days(visit), allowed_sources(visit)
        names = (LEADS, *COVERED)
        measures = await visit.services.store.read(measures_by_day, days.filter(sources), names)
        rows = _rows(measures, days)
        if visit.asked("format") in FORMATS:
            written = [{**row, "day": render_day(row["day"])} for row in rows]
            return twin(visit, written, "coverage")
        falls = await find_falling(visit, sources)
        return visit.page(
            "coverage",
            days=days,
            presets=PRESETS,
            captures=await captures_seen(visit),
            dimensions=BY,
            rows=rows[::-1],
            leads=sum(row[LEADS] for row in rows),
            falls=falls,
            changes=await _changes(visit, falls),
        )


def _rows(measures: Measures, days: ReportDays) -> list[dict[str, Any]]:
    found = []
    for day in range(days.since, days.until + 1):
        counted = measures.get(day, {})
        leads = counted.get(LEADS, 0)
        shares = {name: share_of(counted.get(name, 0), leads) for name in COVERED}
        found.append({"day": day, LEADS: leads, **shares})
    return found


async def _changes(visit: Visit, falls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """List what was changed around the falls: of what the person may see, by whom for admins."""
    if not falls:
        return []
    first = min(one["fall"].since for one in falls) - NEARBY
    last = max(one["fall"].since for one in falls) + 1
    read = visit.services.store.read
    deeds = await read(deeds_between, first * DAY, (last + 1) * DAY)
    return [
        one
        for one in deeds
        if not one["deed"].startswith(_NO_CAUSE)
        and (visit.user.source_ids is None or one["subject"] in visit.user.source_ids)
    ]
