"""Who must read again: the snapshot of captures, and the lanes of destinations.

Both compare `changed_at` with the one they read; any other value means that something they were
made from is no longer what it was.
"""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from collector.storage.tables import captures, destinations

_in_turn = (
    select(captures.c.changed_at)
    .order_by(captures.c.source_id)
    .with_for_update(key_share=True)  # two processes at once would take the same moment
)


def last_moment(connection: Connection) -> int:
    """Read when a capture last changed, and let nobody else change one in this transaction."""
    return max(connection.execute(_in_turn).scalars(), default=0)


def touch_captures(connection: Connection) -> None:
    """Have every process read its captures again."""
    later = last_moment(connection) + 1
    connection.execute(update(captures).values(changed_at=later))


def touch_lanes(connection: Connection, destination_id: str | None = None) -> None:
    """Have workers open a destination's lane again before they claim from it; or every lane."""
    touch = update(destinations).values(changed_at=destinations.c.changed_at + 1)
    if destination_id is not None:
        touch = touch.where(destinations.c.id == destination_id)
    connection.execute(touch)
