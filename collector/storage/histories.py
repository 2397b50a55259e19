"""What really arrived at captures: asked of the events when somebody looks, counted nowhere."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Select, select

from collector.domain.stage import History
from collector.storage.capture_order import NEWEST_FIRST, of_capture
from collector.storage.tables import captures, events

_UNREAL = ("test", "spam", "incomplete")


def _newest(*conditions: ColumnElement[bool]) -> Select[tuple[int]]:
    statement = select(events.c.received_at).where(of_capture(captures.c.source_id), *conditions)
    return statement.order_by(*NEWEST_FIRST).correlate(captures).limit(1)


_HISTORIES = select(
    captures.c.source_id,
    captures.c.mapping.is_not(None).label("mapped"),
    _newest().scalar_subquery().label("last_event_at"),
    _newest(*(~events.c.marks.contains(f'"{mark}":') for mark in _UNREAL))
    .scalar_subquery()
    .label("last_real_at"),
)


def read_histories(connection: Connection) -> dict[str, History]:
    """Read the history of every capture, each by two steps into an index."""
    return {
        row.source_id: History(
            last_event_at=row.last_event_at, last_real_at=row.last_real_at, mapped=row.mapped
        )
        for row in connection.execute(_HISTORIES)
    }
