"""Backfill: what a destination never got, owed to it from the events that are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

import msgspec
from sqlalchemy import Connection, Select, bindparam, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite

from collector.domain.event import withheld_reason
from collector.storage.destinations import get_destination
from collector.storage.events import PAGE, EventFilter, page_after
from collector.storage.rows import send_rows
from collector.storage.tables import capture_destinations, captures, deliveries, events

_GIVEN: dict[str, Any] = {
    name: bindparam(name)
    for name in ("event", "destination_id", "state", "reason", "next_at", "created_at")
}
_INSERTS = {
    name: dialect.insert(deliveries)
    .values(_GIVEN)
    .on_conflict_do_nothing(index_elements=["event", "destination_id"])
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


class Missing(NamedTuple):
    """An event that a destination was never owed; `reason` is why it would wait."""

    event: str
    received_at: int
    reason: str | None


def _missing(destination_id: str, wanted: EventFilter, *columns: Any) -> Select[Any]:
    """Select from the events of a destination's captures, or of the one that is named."""
    owed = exists().where(
        deliveries.c.event == events.c.id, deliveries.c.destination_id == destination_id
    )
    statement = select(*columns).join(captures, captures.c.source_id == events.c.source_id)
    if wanted.source_id is None:
        statement = statement.where(
            exists().where(
                capture_destinations.c.source_id == events.c.source_id,
                capture_destinations.c.destination_id == destination_id,
            )
        )
    return wanted.narrow(statement.where(~owed))


def count_missing(
    connection: Connection, destination_id: str, wanted: EventFilter
) -> tuple[int, int]:
    """Count what a backfill would add: in all, and of those what a mark or pause would withhold.

    Raises UnknownDestination.
    """
    get_destination(connection, destination_id)
    statement = _missing(destination_id, wanted, events.c.marks, captures.c.state, func.count())
    found = connection.execute(statement.group_by(events.c.marks, captures.c.state))
    counts = [(count, _reason(marks, state)) for marks, state, count in found]
    return sum(n for n, _ in counts), sum(n for n, reason in counts if reason)


def missing_events(
    connection: Connection, destination_id: str, wanted: EventFilter, after: tuple[int, str]
) -> list[Missing]:
    """Read a page of what a backfill would add, in the order of receipt."""
    columns = (events.c.id, events.c.received_at, events.c.marks, captures.c.state)
    statement = page_after(_missing(destination_id, wanted, *columns), after, PAGE)
    return [
        Missing(event, received_at, _reason(marks, state))
        for event, received_at, marks, state in connection.execute(statement)
    ]


def _reason(marks: str, capture_state: str) -> str | None:
    marked = msgspec.json.decode(marks, type=dict[str, str])
    return withheld_reason(marked, capture_paused=capture_state == "paused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """Owe events to a destination as if it had been there when they came.

    What is owed already stays as it is, so that doing it twice adds nothing.
    """

    is_news: ClassVar[bool] = True

    destination_id: str
    missing: Sequence[Missing]
    now: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Insert the deliveries of each."""
        insert = _INSERTS[connection.dialect.name]
        for write in writes:
            send_rows(connection, insert, [write.row(one) for one in write.missing])
        return [None] * len(writes)

    def row(self, one: Missing) -> dict[str, Any]:
        """Lay a delivery out; it is due behind what is due already."""
        state = "refused" if one.reason == "incomplete" else "held" if one.reason else "ready"
        return {
            "event": one.event,
            "destination_id": self.destination_id,
            "state": state,
            "reason": one.reason,
            "next_at": self.now,
            "created_at": self.now,
        }
