"""What needs attention: asked by index, so that it costs the same however much is stored."""

from __future__ import annotations

from typing import Any, Final

from collector.domain.coverage import NEEDED, find_falls
from collector.domain.stage import stage_of
from collector.domain.tally import COVERED, LEADS
from collector.domain.times import DAY, HOUR
from collector.storage.captures import list_captures
from collector.storage.histories import read_histories
from collector.storage.reports import ReportFilter, measures_by_capture
from collector.storage.undelivered import oldest_waiting, waiting_of
from collector.web.console.destinations import destinations_seen
from collector.web.console.visit import Visit

LATE: Final = HOUR
"""So long in a lane that is open, and something is slower than it should be."""


async def find_attention(visit: Visit) -> list[dict[str, Any]]:
    """List it, the worst first."""
    return [*await _lanes(visit), *await find_falling(visit), *await _silent(visit)]


async def find_falling(visit: Visit, source_ids: tuple[str, ...] | None = None) -> list[Any]:
    """List the captures whose leads bring less than before: each with its fall."""
    today = visit.now // DAY
    seen = visit.user.source_ids if source_ids is None else source_ids
    wanted = ReportFilter(since=today - NEEDED, until=today, source_ids=seen)
    names = (LEADS, *COVERED)
    measures = await visit.services.store.read(measures_by_capture, wanted, names)
    captures = {one.source_id: one for one in await visit.services.store.read(list_captures)}
    return [
        {"what": "fall", "id": source_id, "name": captures[source_id].name, "fall": fall}
        for source_id, days in measures.items()
        if source_id in captures
        for fall in find_falls(days, today)
    ]


async def _lanes(visit: Visit) -> list[dict[str, Any]]:
    """List lanes that are held or paused, that only ever failed, or whose oldest delivery is late.

    All but the last is known of the lane itself, and told to whoever sees it.
    """
    read, everything = visit.services.store.read, visit.user.source_ids is None
    found = []
    for one, _ in await destinations_seen(visit):
        lane = {"id": one.id, "name": one.name, "reason": one.lane.reason}
        if one.lane.state != "active":
            waiting = await read(waiting_of, one.id) if everything else None
            found.append({**lane, "what": one.lane.state, "waiting": waiting})
        elif one.lane.standing != "active":
            found.append({**lane, "what": one.lane.standing, "since": one.lane.failed_at})
        elif everything:
            oldest = await read(oldest_waiting, one.id)
            if oldest is not None and visit.now - oldest > LATE:
                found.append({**lane, "what": "late", "since": oldest})
    return sorted(found, key=lambda one: ("held", "unproven", "late", "paused").index(one["what"]))


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
