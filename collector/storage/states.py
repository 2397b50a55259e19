"""Deliveries and their states as they stand in statements.

States are written out, not bound: SQLite uses a partial index only where the condition is in
the text.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, literal_column, select

from collector.storage.tables import attempts, deliveries, destinations, events

READY: ColumnElement[str] = literal_column("'ready'")
LEASED: ColumnElement[str] = literal_column("'leased'")
HELD: ColumnElement[str] = literal_column("'held'")

_withheld_by_lane = (deliveries.c.state == READY) & (destinations.c.state != "active")

shown_state: ColumnElement[str] = case((_withheld_by_lane, HELD), else_=deliveries.c.state)
"""The state as people see it: what waits for a paused or held lane is held, without its rows
being touched, so that pausing and resuming cost nothing however much is waiting."""

shown_reason: ColumnElement[str | None] = case(
    (_withheld_by_lane & (destinations.c.state == "paused"), literal_column("'paused'")),
    (_withheld_by_lane, destinations.c.reason),
    else_=deliveries.c.reason,
)

lane_state: ColumnElement[str] = case(
    (destinations.c.deleted_at.is_not(None), literal_column("'deleted'")),
    else_=destinations.c.state,
)
"""How a delivery's lane stands, whatever its own state."""


def listed(*more: ColumnElement[Any]) -> Select[Any]:
    """Select deliveries as every listing shows them, each with its last attempt, and `more`."""
    return (
        select(
            deliveries.c.id,
            deliveries.c.event.label("event"),
            events.c.source_id,
            deliveries.c.destination_id,
            destinations.c.name.label("destination"),
            shown_state.label("state"),
            shown_reason.label("reason"),
            deliveries.c.attempts,
            deliveries.c.created_at,
            deliveries.c.next_at,
            deliveries.c.last_outcome.label("outcome"),
            attempts.c.http_status,
            *more,
        )
        .join(events, events.c.id == deliveries.c.event)
        .join(destinations, destinations.c.id == deliveries.c.destination_id)
        .outerjoin(
            attempts,
            and_(
                attempts.c.delivery_id == deliveries.c.id,
                attempts.c.number == deliveries.c.attempts,
            ),
        )
    )
