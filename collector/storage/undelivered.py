"""What of some days is not delivered: looked at by index and up to a limit, counted nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, literal_column, select

from collector.storage.states import HELD, LEASED, READY
from collector.storage.tables import deliveries, destinations, events

MOST_LOOKED_AT: Final = 2_000
"""More than this in one state, and counts say that they are at least so many."""

_FIRST: Final = 500
_FAILED: Final[ColumnElement[bool]] = literal_column("deliveries.state IN ('refused', 'expired')")
SET_ASIDE: Final = ("spam", "test")
"""Why deliveries wait whose events are no leads of reports."""
_HELD: Final = (
    deliveries.c.reason < "spam",
    and_(deliveries.c.reason > "spam", deliveries.c.reason < "test"),
    deliveries.c.reason > "test",
)
"""All other reasons, by steps into their index: of these two there may be any number."""


@dataclass(slots=True, kw_only=True)
class Undelivered:
    """Leads not delivered, by destination; `stopped` says that there may be more.

    `waits_since` is when the oldest came that is still to go out.
    """

    failed: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)
    waits_since: int | None = None
    stopped: bool = False

    def of(self, destination_id: str) -> int:
        """Count those of a destination."""
        return self.failed.get(destination_id, 0) + self.waiting.get(destination_id, 0)

    @property
    def total(self) -> int:
        """Count all."""
        return sum(self.failed.values()) + sum(self.waiting.values())


def find_undelivered(
    connection: Connection, source_ids: tuple[str, ...] | None, since: int, until: int
) -> Undelivered:
    """Look for what came in some time, microseconds UTC, and did not go out."""
    found = Undelivered()
    for statement, counted in _streams(connection, found, since, until):
        rows = connection.execute(_whose(statement, source_ids)).mappings().all()
        found.stopped = found.stopped or len(rows) == MOST_LOOKED_AT
        for row in rows:
            if since <= row["created_at"] < until and row["reason"] not in SET_ASIDE:
                _count(found, counted, row, source_ids)
    return found


def _count(
    found: Undelivered, counted: dict[str, int], row: Any, source_ids: tuple[str, ...] | None
) -> None:
    if source_ids is not None and row["source_id"] not in source_ids:
        return
    counted[row["destination_id"]] = counted.get(row["destination_id"], 0) + 1
    if counted is found.waiting:
        found.waits_since = min(found.waits_since or row["created_at"], row["created_at"])


def _streams(
    connection: Connection, found: Undelivered, since: int, until: int
) -> Iterator[tuple[Select[Any], dict[str, int]]]:
    """Give what each state's own index leads to; lanes in the order in which they are due."""
    columns = (deliveries.c.event, deliveries.c.destination_id, deliveries.c.created_at)
    every = select(*columns, deliveries.c.reason).limit(MOST_LOOKED_AT)
    at = deliveries.c.created_at
    yield every.where(_FAILED, at >= since, at < until).order_by(at.desc()), found.failed
    for reason in _HELD:
        yield every.where(deliveries.c.state == HELD, reason), found.waiting
    yield every.where(deliveries.c.state == LEASED), found.waiting
    for lane in connection.execute(select(destinations.c.id)).scalars().all():
        own = every.where(deliveries.c.state == READY, deliveries.c.destination_id == lane)
        yield own.order_by(deliveries.c.next_at), found.waiting


def _whose(statement: Select[Any], source_ids: tuple[str, ...] | None) -> Select[Any]:
    """Add the capture where it matters: that is one more step for each row."""
    if source_ids is None:
        return statement
    rows = statement.subquery()
    return select(rows, events.c.source_id).join(events, events.c.id == rows.c.event)


def waiting_of(connection: Connection, destination_id: str) -> int:
    """Count what waits in a lane, up to the limit."""
    own = (deliveries.c.state == READY, deliveries.c.destination_id == destination_id)
    rows = connection.execute(select(deliveries.c.next_at).where(*own).limit(MOST_LOOKED_AT))
    return len(rows.all())


def next_waiting(connection: Connection, destination_id: str) -> int | None:
    """Tell when the first of what waits in a lane is due."""
    own = (deliveries.c.state == READY, deliveries.c.destination_id == destination_id)
    first = select(deliveries.c.next_at).where(*own).order_by(deliveries.c.next_at)
    return connection.execute(first.limit(1)).scalar()


def oldest_waiting(connection: Connection, destination_id: str) -> int | None:
    """Tell when the oldest of those came that a lane is due to send first."""
    own = (deliveries.c.state == READY, deliveries.c.destination_id == destination_id)
    first = select(deliveries.c.created_at).where(*own).order_by(deliveries.c.next_at)
    found = connection.execute(first.limit(_FIRST)).scalars()
    return min(found, default=None)
