"""Destinations deleted: nothing more goes there, and what went there stays told.

The row stays, without its secrets, since deliveries and their attempts name it. It counts as
paused, which versions that do not know of deletion obey as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

from sqlalchemy import Connection, delete, func, select, update

from collector.domain.delivery import DeliveryState
from collector.domain.errors import DeliveriesOwed
from collector.storage.destinations import get_destination
from collector.storage.states import READY
from collector.storage.tables import capture_destinations, deliveries, destinations

_WAITING: Final = (DeliveryState.READY.value, DeliveryState.HELD.value)
_CANCELLED: Final = {"state": DeliveryState.CANCELLED.value, "reason": "deleted"}


class Owed(NamedTuple):
    """What a destination is owed: so much waits, so much is being sent."""

    waiting: int
    under_way: int


def owed_to(connection: Connection, destination_id: str) -> Owed:
    """Count what a destination is still owed. Raises UnknownDestination."""
    get_destination(connection, destination_id)
    rows = connection.execute(
        select(deliveries.c.state, func.count())
        .where(deliveries.c.destination_id == destination_id)
        .group_by(deliveries.c.state)
    )
    counts: dict[str, int] = dict(iter(rows))
    waiting = sum(counts.get(state, 0) for state in _WAITING)
    return Owed(waiting, counts.get(DeliveryState.LEASED.value, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteDestination:
    """Delete a destination that is owed nothing; with `cancel` cancel what it is owed.

    Attempts under way are left to end and to be recorded. Events, deliveries and attempts stay.
    Answers what it was owed.
    """

    destination_id: str
    now: int
    cancel: bool = False

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[Owed]:
        """Delete each. Raises UnknownDestination, DeliveriesOwed."""
        return [write.delete(connection) for write in writes]

    def delete(self, connection: Connection) -> Owed:
        """Unlink it, blank its secrets, cancel what waits."""
        own = destinations.c.id == self.destination_id
        connection.execute(select(destinations.c.id).where(own).with_for_update())
        owed = owed_to(connection, self.destination_id)
        if any(owed) and not self.cancel:
            raise DeliveriesOwed(
                f"{self.destination_id} is still owed {sum(owed)} deliveries, "
                f"{owed.under_way} of them under way: wait until they are delivered, "
                "or cancel them with --cancel"
            )
        link = capture_destinations.c.destination_id == self.destination_id
        connection.execute(delete(capture_destinations).where(link))
        connection.execute(
            update(destinations)
            .where(own)
            .values(
                state="paused",
                resume_at=None,
                secrets="",
                deleted_at=self.now,
                changed_at=destinations.c.changed_at + 1,
            )
        )
        to_it = deliveries.c.destination_id == self.destination_id
        waiting = deliveries.c.state.in_(_WAITING)
        connection.execute(update(deliveries).where(to_it, waiting).values(_CANCELLED))
        return owed


_CANCEL_LATE = (
    update(deliveries)
    .where(
        deliveries.c.state == READY,
        deliveries.c.destination_id.in_(
            select(destinations.c.id).where(destinations.c.deleted_at.is_not(None))
        ),
    )
    .values(_CANCELLED)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelDeleted:
    """Cancel what became due to deleted destinations after all; answers how many.

    An attempt that was under way failed, or an event was being stored at that very moment.
    """

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[int]:
        """Cancel once for all of them."""
        return [connection.execute(_CANCEL_LATE).rowcount] * len(writes)
