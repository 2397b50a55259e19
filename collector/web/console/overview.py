"""The overview: what needs attention first, then numbers, days, and where leads came from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from collector.domain.stage import stage_of
from collector.domain.summary import Summary, change_of, summarise
from collector.domain.times import DAY
from collector.storage.captures import list_captures
from collector.storage.delivery_pages import COUNTED, count_tabs
from collector.storage.destinations import waiting_counts
from collector.storage.histories import read_histories
from collector.storage.leads import NEWEST, LeadFilter, find_leads
from collector.web.answer import Answer
from collector.web.console.destinations import destinations_seen
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import Days, allowed_sources, captures_seen, days_of
from collector.web.console.visit import Visit

DEFAULT_RANGE: Final = "28d"
MOST_COUNTED: Final = 1_000
"""More leads than this in a range are counted from the newest on, and the page says so."""

CHART_HEIGHT: Final = 100


class Overview(ConsoleEndpoint):
    """`/console/`."""

    async def show(self, visit: Visit) -> Answer:
        """Show the page. Raises InputError."""
        days = days_of(visit, DEFAULT_RANGE)
        days = days or Days(name="all", count=1, since=visit.now - DAY, until=visit.now)
        wanted = LeadFilter(source_ids=allowed_sources(visit), since=days.since, until=days.until)
        before = replace(wanted, since=days.since - days.count * DAY, until=days.since)
        now, stopped = await _counted(visit, wanted, days.count)
        then, _ = await _counted(visit, before, days.count)
        everything = visit.user.source_ids is None
        captures = await captures_seen(visit)
        histories = await visit.services.store.read(read_histories)
        last = [histories[one].last_event_at for one in captures if one in histories]
        return visit.page(
            "overview",
            days=days,
            captures=captures,
            now_=now,
            then=then,
            change=change_of(now.leads, then.leads),
            stopped=stopped,
            most=MOST_COUNTED,
            counts=await visit.services.store.read(count_tabs) if everything else {},
            counted=COUNTED,
            attention=await _attention(visit),
            last=max((at for at in last if at), default=None),
            bars=_bars(now),
            top=max((day.leads for day in now.days), default=0),
        )


async def _counted(visit: Visit, wanted: LeadFilter, days: int) -> tuple[Summary, bool]:
    found = await visit.services.store.read(find_leads, wanted, NEWEST, MOST_COUNTED, MOST_COUNTED)
    return summarise(found.leads, wanted.since or 0, days), found.after is not None


async def _attention(visit: Visit) -> list[dict[str, Any]]:
    """List what is broken, the worst first: lanes that are held, captures that went silent."""
    read = visit.services.store.read
    waiting: dict[str, int] = {}
    if visit.user.source_ids is None:
        waiting = await read(waiting_counts)
    lanes: list[dict[str, Any]] = [
        {
            "what": one.lane.state,
            "id": one.id,
            "name": one.name,
            "reason": one.lane.reason,
            "waiting": waiting.get(one.id, 0),
        }
        for one, _ in await destinations_seen(visit)
        if one.lane.state != "active"
    ]
    return [*lanes, *await _silent(visit)]


async def _silent(visit: Visit) -> list[dict[str, Any]]:
    read = visit.services.store.read
    histories = await read(read_histories)
    found = []
    for capture in await read(list_captures):
        history = histories.get(capture.source_id)
        if capture.state != "active" or not visit.user.may_see(capture.source_id):
            continue
        if history and stage_of(history, visit.now) == "silent":
            silent = {"what": "silent", "id": capture.source_id, "name": capture.name}
            found.append(silent | {"since": history.last_real_at})
    return found


def _bars(summary: Summary) -> list[dict[str, Any]]:
    """Lay the days out as bars in a box of ten units a day and 100 high."""
    top = max((day.leads for day in summary.days), default=0) or 1
    scale = CHART_HEIGHT / top
    return [
        {
            "day": day,
            "x": place * 10 + 1.5,
            "clicked": round(day.click_ids * scale, 1),
            "rest": round((day.leads - day.click_ids) * scale, 1),
        }
        for place, day in enumerate(summary.days)
    ]
