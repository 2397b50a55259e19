"""What has just arrived, for pages that follow it."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select

from collector.storage.sessions import Session, find_session
from collector.storage.tables import events

AT_ONCE = 500


class Arrival(NamedTuple):
    """One event that came: which, to whom, when."""

    received_at: int
    id: str
    source_id: str


def find_arrivals(connection: Connection, since: int) -> list[Arrival]:
    """Read what was received since a time, oldest first; the newest ones where there are many."""
    statement = (
        select(events.c.received_at, events.c.id, events.c.source_id)
        .where(events.c.received_at >= since)
        .order_by(events.c.received_at.desc(), events.c.id.desc())
        .limit(AT_ONCE)
    )
    return [Arrival(*row) for row in reversed(connection.execute(statement).all())]


def find_followed(
    connection: Connection, digest: str, now: int, since: int
) -> tuple[Session | None, list[Arrival]]:
    """Read what was received since a time, and whether who follows it is still signed in."""
    return find_session(connection, digest, now), find_arrivals(connection, since)
