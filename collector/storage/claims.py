"""Claims: due deliveries of one lane, leased, and rendered where they have no body yet.

The body is written in the claim's own transaction, before anything is sent, so that every
attempt of a generation sends the same bytes whatever happens in between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from sqlalchemy import (
    Connection,
    Integer,
    RowMapping,
    Select,
    and_,
    bindparam,
    exists,
    func,
    insert,
    select,
    update,
)

from collector.domain.delivery import DeliveryState, Outcome, OutcomeKind
from collector.domain.event import Event
from collector.storage.events import event_of
from collector.storage.leases import LEASE, Lease, RecordAttempt
from collector.storage.rows import send_rows
from collector.storage.states import LEASED, READY
from collector.storage.tables import attempts, deliveries, destinations, events

PROBE_CHOICE: Final = 200
"""Among so many of the longest due, a probe takes the one tried least."""

_event_columns = [column for column in events.c if column.name not in {"evidence", "repeat_key"}]
_due = and_(
    deliveries.c.destination_id == bindparam("destination_id"),
    deliveries.c.state == READY,
    deliveries.c.next_at <= bindparam("now"),
)
_longest_due = (
    select(deliveries.c.id, deliveries.c.attempts, deliveries.c.next_at)
    .where(_due)
    .order_by(deliveries.c.next_at)
    .limit(PROBE_CHOICE)
    .subquery()
)
_least_tried = (
    select(_longest_due.c.id).order_by(_longest_due.c.attempts, _longest_due.c.next_at).limit(1)
)
_under_way = deliveries.alias("under_way")


def _claimable(*conditions: Any) -> Select[Any]:
    """Select due deliveries with their events, past those that another process is claiming."""
    return (
        select(
            deliveries.c.id.label("delivery_id"),
            deliveries.c.attempts,
            deliveries.c.generation,
            deliveries.c.body,
            *_event_columns,
        )
        .join(events, events.c.id == deliveries.c.event)
        .join(destinations, destinations.c.id == deliveries.c.destination_id)
        .where(_due, destinations.c.changed_at == bindparam("changed_at"), *conditions)
        .order_by(deliveries.c.next_at)
        .limit(bindparam("limit", type_=Integer))
        .with_for_update(of=deliveries, skip_locked=True)
    )


_CLAIM_OPEN = _claimable(destinations.c.state == "active", destinations.c.resume_at.is_(None))
_CLAIM_PROBE = _claimable(
    destinations.c.state != "paused",
    destinations.c.resume_at <= bindparam("now"),
    deliveries.c.id.in_(_least_tried),
    ~exists().where(
        _under_way.c.state == LEASED,
        _under_way.c.destination_id == bindparam("destination_id"),
    ),
)
_LEASE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("of_delivery"))
    .values(
        state=DeliveryState.LEASED.value,
        lease_token=bindparam("token"),
        lease_until=bindparam("until"),
        attempts=bindparam("of_number"),
        first_try_at=func.coalesce(deliveries.c.first_try_at, bindparam("now")),
        body=bindparam("kept_body"),
    )
)
_START = insert(attempts).values(
    delivery_id=bindparam("of_delivery"),
    number=bindparam("of_number"),
    generation=bindparam("of_generation"),
    started_at=bindparam("now"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """One delivery to attempt now; `spoilt` is its outcome where it could not even be written."""

    lease: Lease
    event: str
    number: int
    generation: int
    body: bytes
    spoilt: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDeliveries:
    """Lease up to `limit` due deliveries of a lane.

    Nothing is claimed where the lane closed or was changed since it was read. A waiting lane
    gives one delivery, to probe with, and only while no other is under way.
    """

    destination_id: str
    changed_at: int
    probe: bool
    limit: int
    token: str
    now: int
    render: Callable[[Event], bytes]

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[list[Claimed]]:
        """Claim for each lane."""
        return [write.claim(connection) for write in writes]

    def claim(self, connection: Connection) -> list[Claimed]:
        """Lease the rows and note their attempts; one that cannot be rendered is refused."""
        wanted = {
            "destination_id": self.destination_id,
            "changed_at": self.changed_at,
            "limit": self.limit,
            "now": self.now,
        }
        statement = _CLAIM_PROBE if self.probe else _CLAIM_OPEN
        found = connection.execute(statement, wanted).mappings()
        claimed = [self._claimed(row) for row in found]
        rows = [self._row(one) for one in claimed]
        send_rows(connection, _LEASE, rows)
        send_rows(connection, _START, rows)
        spoilt = [(one.lease, one.spoilt) for one in claimed if one.spoilt]
        RecordAttempt.run(connection, [self._record(*pair) for pair in spoilt])
        return claimed

    def _claimed(self, row: RowMapping) -> Claimed:
        kept: str | None = row["body"]
        body, spoilt = b"", None
        try:
            body = self.render(event_of(row)) if kept is None else kept.encode()
        except Exception as error:  # noqa: BLE001  (one bad event must not stop its lane)
            fault = type(error).__name__
            spoilt = Outcome(kind=OutcomeKind.REFUSED, reason="mapping", excerpt=fault)
        return Claimed(
            lease=Lease(delivery_id=row["delivery_id"], token=self.token),
            event=row["id"],
            number=row["attempts"] + 1,
            generation=row["generation"],
            body=body,
            spoilt=spoilt,
        )

    def _row(self, one: Claimed) -> dict[str, Any]:
        return {
            "of_delivery": one.lease.delivery_id,
            "of_number": one.number,
            "of_generation": one.generation,
            "token": self.token,
            "until": self.now + LEASE,
            "now": self.now,
            "kept_body": None if one.spoilt else one.body.decode(),
        }

    def _record(self, lease: Lease, outcome: Outcome) -> RecordAttempt:
        return RecordAttempt(lease=lease, outcome=outcome, started_at=self.now, now=self.now)
