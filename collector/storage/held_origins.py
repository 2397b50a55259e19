"""Leads that wait because nobody allowed the origin of their page: by capture and origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, func, literal_column, select

from collector.domain.json_values import encode_json
from collector.storage.states import HELD
from collector.storage.tables import IS_OF_ORIGIN, deliveries, events

MOST_SHOWN: Final = 500
"""Anybody may name any origin: a list of forged ones ends somewhere."""
MOST_LOOKED_AT: Final = 10_000
"""So many leads that wait are counted, the newest ones."""

_held = select(deliveries.c.event).where(
    deliveries.c.state == HELD, deliveries.c.reason == "origin"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOrigin:
    """How many leads of a capture wait for one origin, and when the newest came."""

    source_id: str
    origin: str
    count: int
    newest_at: int


def held_origins(connection: Connection, source_ids: Sequence[str] | None) -> list[HeldOrigin]:
    """List them for some captures, None for every one, newest first."""
    columns = (events.c.source_id, events.c.marks, events.c.received_at)
    looked_at = _waiting(*columns).order_by(events.c.id.desc()).limit(MOST_LOOKED_AT)
    if source_ids is not None:
        looked_at = looked_at.where(events.c.source_id.in_(source_ids))
    waits = looked_at.subquery()
    newest = func.max(waits.c.received_at)
    counted = func.count().label("count")
    statement = select(waits.c.source_id, waits.c.marks, counted, newest.label("newest_at"))
    statement = statement.group_by(waits.c.source_id, waits.c.marks).order_by(newest.desc())
    found: dict[tuple[str, str], HeldOrigin] = {}
    for row in connection.execute(statement.limit(MOST_SHOWN)).mappings():
        origin = msgspec.json.decode(row["marks"], type=dict[str, str]).get("origin", "")
        place = (row["source_id"], origin)
        before = found.get(place)
        found[place] = HeldOrigin(
            source_id=row["source_id"],
            origin=origin,
            count=row["count"] + (before.count if before else 0),
            newest_at=before.newest_at if before else row["newest_at"],
        )
    return list(found.values())


def held_from(connection: Connection, source_id: str, origin: str, limit: int) -> list[str]:
    """Name the leads of a capture that wait for an origin, oldest first, up to a limit."""
    mark = f'"origin":{encode_json(origin)}'
    statement = _waiting(events.c.id).where(
        events.c.source_id == source_id, events.c.marks.contains(mark, autoescape=True)
    )
    ordered = statement.order_by(events.c.id)
    return [row.id for row in connection.execute(ordered.limit(limit))]


def _waiting(*columns: Any) -> Select[Any]:
    """Walk the leads of unknown origins that wait; one that is held for more is not meant.

    Two indexes hold all that is asked: nobody waits for ten thousand places on a disk.
    """
    oldest = _held.order_by(deliveries.c.event).limit(1).scalar_subquery()
    waits = _held.where(deliveries.c.event == events.c.id).exists()
    return select(*columns).where(literal_column(IS_OF_ORIGIN), events.c.id >= oldest, waits)
