"""Receipts: events with what they were concluded from, and what another conclusion changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Connection, case, exists, select, update

from collector.domain.event import Event
from collector.storage.events import PAGE, EventFilter, event_of, page_after
from collector.storage.tables import deliveries, events
from collector.storage.words import find_anew

_sent = exists().where(deliveries.c.event == events.c.id, deliveries.c.body.is_not(None))
"""Whether a body was written for a destination: what it holds may have been sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """An event, its conclusion and its evidence as the JSON texts they are stored as.

    Of an event that was `sent` a destination may know the metadata.
    """

    event: Event
    attribution: str
    evidence: str
    sent: bool


def receipts_after(
    connection: Connection, wanted: EventFilter, after: tuple[int, str], limit: int = PAGE
) -> list[Receipt]:
    """Read one page in the order of receipt, after `(received_at, id)` of the page before."""
    statement = page_after(wanted.narrow(select(events, _sent.label("sent"))), after, limit)
    return [
        Receipt(
            event=event_of(row),
            attribution=row["attribution"],
            evidence=row["evidence"],
            sent=bool(row["sent"]),
        )
        for row in connection.execute(statement).mappings()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcludeAgain:
    """Give an event another conclusion; metadata that may have been sent stay as they were.

    `was` is the attribution that the new one replaces: an event that changed in between is left
    alone. All are JSON texts. Answers whether it was written.
    """

    event: str
    was: str
    attribution: str
    metadata: str

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[bool]:
        """Write each."""
        return [write.conclude(connection) for write in writes]

    def conclude(self, connection: Connection) -> bool:
        """Write the attribution, and the metadata unless they may have been sent."""
        values: dict[str, Any] = {
            "attribution": self.attribution,
            "metadata": case((_sent, events.c.metadata), else_=self.metadata),
        }
        own = (events.c.id == self.event, events.c.attribution == self.was)
        if connection.execute(select(events.c.id).where(*own).with_for_update()).first() is None:
            return False
        find_anew(connection, self.event)
        connection.execute(update(events).where(*own).values(values))
        return True
