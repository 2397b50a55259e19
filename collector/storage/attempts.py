"""Attempts: every try at a delivery, as pages show them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from collector.storage.states import lane_state, shown_reason, shown_state
from collector.storage.tables import attempts, deliveries, destinations

_OF_EVENT = (
    select(
        deliveries.c.id,
        deliveries.c.event,
        deliveries.c.destination_id,
        destinations.c.name.label("destination"),
        destinations.c.kind,
        shown_state.label("state"),
        shown_reason.label("reason"),
        lane_state.label("lane"),
        deliveries.c.attempts,
        deliveries.c.next_at,
        deliveries.c.created_at,
        deliveries.c.delivered_at,
        deliveries.c.body,
    )
    .join(destinations, destinations.c.id == deliveries.c.destination_id)
    .order_by(deliveries.c.id)
)


def deliveries_of(connection: Connection, event: str) -> list[dict[str, Any]]:
    """Read what an event is owed to whom, each delivery with its `tries`, the newest first."""
    return _with_tries(connection, _OF_EVENT.where(deliveries.c.event == event))


def get_delivery(connection: Connection, delivery_id: int) -> dict[str, Any] | None:
    """Read one delivery with its `tries`."""
    found = _with_tries(connection, _OF_EVENT.where(deliveries.c.id == delivery_id))
    return found[0] if found else None


def _with_tries(connection: Connection, statement: Any) -> list[dict[str, Any]]:
    rows = [dict(row) for row in connection.execute(statement).mappings()]
    ids = [row["id"] for row in rows]
    tries = connection.execute(
        select(attempts)
        .where(attempts.c.delivery_id.in_(ids))
        .order_by(attempts.c.delivery_id, attempts.c.number.desc())
    ).mappings()
    by_delivery: dict[int, list[dict[str, Any]]] = {one: [] for one in ids}
    for one in tries:
        by_delivery[one["delivery_id"]].append(dict(one))
    return [row | {"tries": by_delivery[row["id"]]} for row in rows]
