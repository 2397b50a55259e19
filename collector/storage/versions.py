"""Who must read again: the snapshot of captures, and the lanes of destinations.

Both compare `changed_at` with the one they read; any other value means that something they were
made from is no longer what it was.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select, update

from collector.storage.tables import captures, destinations


def touch_captures(connection: Connection) -> None:
    """Have every process read its captures again."""
    latest = select(func.max(captures.c.changed_at) + 1).scalar_subquery()
    connection.execute(update(captures).values(changed_at=latest))


def touch_lanes(connection: Connection, destination_id: str | None = None) -> None:
    """Have workers open a destination's lane again before they claim from it; or every lane."""
    touch = update(destinations).values(changed_at=destinations.c.changed_at + 1)
    if destination_id is not None:
        touch = touch.where(destinations.c.id == destination_id)
    connection.execute(touch)
