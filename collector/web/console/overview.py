"""The overview: what needs attention first, then numbers, days, and where leads came from.

All of it is read from roll-ups, or looked up by index with a limit: never from the events.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from collector.domain.report import Line, lines_of
from collector.domain.summary import change_of, share_of, summarise
from collector.domain.tally import LEADS, NOT_KNOWN
from collector.storage.histories import read_histories
from collector.storage.link_rules import read_link_rules
from collector.storage.reports import measures_by_day, owed_by_destination, values_by
from collector.storage.undelivered import find_undelivered
from collector.web.answer import Answer
from collector.web.console.attention import find_attention
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import allowed_sources, captures_seen
from collector.web.console.report_days import PRESETS, ReportDays, report_days
from collector.web.console.visit import Visit

TABLES: Final = ("channel", "campaign", "landing_page")
TOP: Final = 8
_MEASURES: Final = (LEADS, "click_id", "ga_client_id")


class Overview(ConsoleEndpoint):
    """`/console/`."""

    async def show(self, visit: Visit) -> Answer:
        """Show the page. Raises InputError."""
        days, sources = report_days(visit), allowed_sources(visit)
        both = replace(days, since=days.before.since).filter(sources)
        measures = await visit.services.store.read(measures_by_day, both, _MEASURES)
        now = summarise(measures, days.since, days.until)
        then = summarise(measures, days.before.since, days.before.until)
        captures = await captures_seen(visit)
        return visit.page(
            "overview",
            days=days,
            presets=PRESETS,
            captures=captures,
            now_=now,
            then=then,
            change=change_of(now.leads, then.leads),
            delivered=await _delivered(visit, days, sources),
            attention=await find_attention(visit),
            last=await _last_lead(visit, captures),
            tables={name: await _top(visit, days, sources, name) for name in TABLES},
        )


async def _top(
    visit: Visit, days: ReportDays, sources: tuple[str, ...] | None, dimension: str
) -> list[Line]:
    rows = await visit.services.store.read(values_by, days.filter(sources), dimension)
    lines = lines_of(rows, dimension, await visit.services.store.read(read_link_rules))
    return [one for one in lines if one.value != NOT_KNOWN and one.decided][:TOP]


async def _delivered(
    visit: Visit, days: ReportDays, sources: tuple[str, ...] | None
) -> dict[str, Any]:
    """Say which share of what was owed in these days went out; at most so much where `stopped`."""
    read = visit.services.store.read
    owed = sum((await read(owed_by_destination, days.filter(sources))).values())
    missing = await read(find_undelivered, sources, days.begins_at, days.ends_at)
    return {
        "share": share_of(max(0, owed - missing.total), owed),
        "missing": missing.total,
        "stopped": missing.stopped,
        "since": missing.waits_since,
    }


async def _last_lead(visit: Visit, captures: dict[str, str]) -> int | None:
    histories = await visit.services.store.read(read_histories)
    last = [histories[one].last_event_at for one in captures if one in histories]
    return max((at for at in last if at), default=None)
