"""Journeys: how long leads took from their first touch, and over how many touches."""

from __future__ import annotations

from typing import Any, Final

from collector.domain.summary import share_of
from collector.domain.tally import TIMES, TOUCHES
from collector.storage.reports import measures_in_all
from collector.web.answer import Answer
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import FORMATS, allowed_sources, captures_seen, twin
from collector.web.console.report_days import BY, PRESETS, report_days
from collector.web.console.visit import Visit

_STEPS: Final = {"time": TIMES, "touches": TOUCHES}


class Journeys(ConsoleEndpoint):
    """`/console/reports/journeys`."""

    async def show(self, visit: Visit) -> Answer:
        """Show both, or give them as CSV or JSON. Raises InputError."""
        days, sources = report_days(visit), allowed_sources(visit)
        begins = [f"{name}:" for name in _STEPS]
        found = await visit.services.store.read(measures_in_all, days.filter(sources), begins)
        parts = {name: _steps(found, name) for name in _STEPS}
        if visit.asked("format") in FORMATS:
            return twin(visit, [row for rows in parts.values() for row in rows], "journeys")
        return visit.page(
            "journeys",
            days=days,
            presets=PRESETS,
            captures=await captures_seen(visit),
            dimensions=BY,
            parts=parts,
            leads=sum(row["leads"] for row in parts["time"]),
        )


def _steps(found: dict[str, int], name: str) -> list[dict[str, Any]]:
    """Lay out every step of one measure, those nobody took too."""
    counts = {step: found.get(f"{name}:{step}", 0) for step in _STEPS[name]}
    every = sum(counts.values())
    return [
        {"measure": name, "step": step, "leads": count, "share": share_of(count, every)}
        for step, count in counts.items()
    ]
