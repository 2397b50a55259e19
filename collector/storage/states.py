"""Delivery states as they stand in statements.

Written out, not bound: SQLite uses a partial index only where the condition is in the text.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, case, literal_column

from collector.storage.tables import deliveries, destinations

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
