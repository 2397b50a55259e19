"""Past leads for a destination that was not there when they came: counted first, then owed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from collector.domain.errors import InputError
from collector.domain.times import render_time
from collector.storage.backfill import Backfill, Missing, count_missing, missing_events
from collector.storage.destinations import StoredDestination
from collector.storage.events import EventFilter
from collector.storage.together import Together
from collector.web.console.visit import Visit
from collector.web.formats import find_zone

_MICROSECONDS = 1_000_000
MOST = 5_000
"""So many at once: they are one transaction, and leads that come meanwhile wait for it."""


def since_of(visit: Visit) -> int:
    """Read a time of the person's zone. Raises InputError."""
    try:
        since = datetime.fromisoformat(visit.said("since"))
        local = since.replace(tzinfo=find_zone(visit.zone_name))
        return int(local.timestamp()) * _MICROSECONDS
    except (ValueError, OverflowError, OSError) as error:
        raise InputError("write since when, as a day and a time", field="since") from error


async def preview(visit: Visit, found: StoredDestination) -> dict[str, Any]:
    """Count what it was never owed, as far back as was asked for. Raises InputError."""
    wanted = EventFilter(since=since_of(visit))
    count, withheld = await visit.services.store.read(count_missing, found.id, wanted)
    return {"missing": count, "withheld": withheld, "since": visit.said("since")}


async def replay(visit: Visit, found: StoredDestination) -> dict[str, Any]:
    """Owe it what was counted; what is more than `MOST` is counted anew. Raises InputError."""
    since = since_of(visit)
    missing = await _missing(visit, found, EventFilter(since=since))
    write = Backfill(destination_id=found.id, missing=missing, now=visit.now)
    told = {"since": render_time(since), "count": len(missing)}
    await visit.write(Together(writes=[write]), "destination.replay", found.id, **told)
    more = await preview(visit, found)
    return {"said": "replayed", "count": len(missing), **(more if more["missing"] else {})}


async def _missing(visit: Visit, found: StoredDestination, wanted: EventFilter) -> list[Missing]:
    pages: list[Missing] = []
    after = (0, "")
    while len(pages) < MOST:
        page = await visit.services.store.read(missing_events, found.id, wanted, after)
        if not page:
            break
        pages += page
        after = (page[-1].received_at, page[-1].event)
    return pages[:MOST]
