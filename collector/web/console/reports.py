"""Reports by dimension: what each value brought, under every model side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from collector.domain.errors import InputError
from collector.domain.report import NUMBERS, SPELT, Line, lines_of
from collector.domain.summary import share_of
from collector.domain.tally import DECIDED, LEADS, MODELS
from collector.storage.link_rules import read_link_rules
from collector.storage.reports import (
    measures_by_day,
    owed_by_destination,
    touches_by_day,
    values_by,
)
from collector.storage.undelivered import find_undelivered
from collector.web.answer import Answer
from collector.web.console.destinations import destinations_seen
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import FORMATS, allowed_sources, captures_seen, twin
from collector.web.console.report_days import BY, DESTINATION, PRESETS, ReportDays, report_days
from collector.web.console.visit import Visit

CHOICES: Final = (DECIDED, *MODELS)
SHOWN: Final = 100
"""Lines on a page; its twins have all."""

Sources = tuple[str, ...] | None


class Reports(ConsoleEndpoint):
    """`/console/reports`."""

    async def show(self, visit: Visit) -> Answer:
        """Show one dimension, or give it as CSV or JSON. Raises InputError."""
        by = _choice(visit, "by", BY)
        days, sources = report_days(visit), allowed_sources(visit)
        if by == DESTINATION:
            return await _by_destination(visit, days, sources)
        model = _choice(visit, "model", CHOICES)
        rows = await visit.services.store.read(values_by, days.filter(sources), by)
        lines = lines_of(rows, by, await visit.services.store.read(read_link_rules), model)
        if visit.asked("format") in FORMATS:
            return twin(visit, [_row(one, by, model) for one in lines], f"by-{by}")
        return visit.page(
            "reports",
            by=by,
            model=model,
            models=CHOICES,
            lines=lines[:SHOWN],
            count=len(lines),
            spelt=by in SPELT,
            per_day=await _per_day(visit, days, sources),
            **await _common(visit, days),
        )


async def _by_destination(visit: Visit, days: ReportDays, sources: Sources) -> Answer:
    read = visit.services.store.read
    owed = await read(owed_by_destination, days.filter(sources))
    missing = await read(find_undelivered, sources, days.begins_at, days.ends_at)
    rows: list[dict[str, Any]] = [
        {
            "id": one.id,
            "destination": one.name,
            "leads": owed.get(one.id, 0),
            "not_delivered": missing.of(one.id),
            "delivered": share_of(
                max(0, owed.get(one.id, 0) - missing.of(one.id)), owed.get(one.id, 0)
            ),
        }
        for one, _ in await destinations_seen(visit)
    ]
    rows.sort(key=lambda row: (-row["leads"], row["destination"]))
    if visit.asked("format") in FORMATS:
        return twin(visit, rows, "by-destination")
    return visit.page(
        "report_destinations",
        by=DESTINATION,
        rows=rows,
        stopped=missing.stopped,
        **await _common(visit, days),
    )


async def _common(visit: Visit, days: ReportDays) -> dict[str, Any]:
    return {"dimensions": BY, "days": days, "presets": PRESETS} | {
        "captures": await captures_seen(visit)
    }


async def _per_day(visit: Visit, days: ReportDays, sources: Sources) -> list[tuple[int, int, int]]:
    """Give each day, its touches and its leads; the newest first."""
    read, wanted = visit.services.store.read, days.filter(sources)
    touches = await read(touches_by_day, wanted)
    leads = await read(measures_by_day, wanted, (LEADS,))
    return [
        (day, touches.get(day, 0), leads.get(day, {}).get(LEADS, 0))
        for day in range(days.until, days.since - 1, -1)
    ]


def _choice(visit: Visit, name: str, choices: Sequence[str]) -> str:
    """Read one of several words from the address; the first where there is none."""
    said = visit.asked(name) or choices[0]
    if said not in choices:
        raise InputError(f"{name} is one of {', '.join(choices)}", field=name)
    return said


def _row(line: Line, by: str, model: str) -> dict[str, Any]:
    numbers = {name: getattr(line, name) for name in NUMBERS}
    return {by: line.value, **numbers, "rate": line.rate(model), "spellings": line.spellings}
