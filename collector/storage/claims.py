"""Claims: due deliveries of one lane, leased, and rendered where they have no body yet.

The body is written in the claim's own transaction, before anything is sent, so that every
attempt of a generation sends the same bytes whatever happens in between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Self

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    RowMapping,
    Text,
    Update,
    and_,
    bindparam,
    exists,
    func,
    insert,
    select,
    update,
)

from collector.domain.delivery import DeliveryState, Outcome, OutcomeKind
from collector.domain.errors import MappingFailed
from collector.domain.event import Event
from collector.domain.lane import Try
from collector.storage.events import event_of
from collector.storage.leases import LEASE, Claimed, Ended, record_attempts
from collector.storage.rows import send_rows
from collector.storage.states import LEASED, READY
from collector.storage.tables import attempts, deliveries, destinations, events

PROBE_CHOICE: Final = 200
"""Among so many of the longest due, a probe takes the one tried least."""

_due = and_(
    deliveries.c.destination_id == bindparam("lane"),
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


def _lease(*conditions: ColumnElement[bool]) -> Update:
    """Lease due deliveries of one lane, past those that another process is leasing.

    They are chosen in a CTE, which PostgreSQL runs once where it locks rows: a plan may run a
    subquery again for each row, and each time it skips what it has locked and finds further rows
    (https://www.postgresql.org/docs/current/queries-with.html).
    """
    wanted = (
        select(deliveries.c.id)
        .join(destinations, destinations.c.id == deliveries.c.destination_id)
        .where(_due, destinations.c.changed_at == bindparam("seen_change"), *conditions)
        .order_by(deliveries.c.next_at)
        .limit(bindparam("share", type_=Integer))
        .with_for_update(of=deliveries, skip_locked=True)
        .cte("wanted")
    )
    return (
        update(deliveries)
        .where(deliveries.c.id.in_(select(wanted.c.id)))
        .values(
            state=DeliveryState.LEASED.value,
            lease_token=bindparam("token"),
            lease_until=bindparam("until"),
            attempts=deliveries.c.attempts + 1,
            first_try_at=func.coalesce(deliveries.c.first_try_at, bindparam("now")),
        )
    )


_LEASE_OPEN = _lease(destinations.c.state == "active", destinations.c.resume_at.is_(None))
_LEASE_PROBE = _lease(
    destinations.c.state != "paused",
    destinations.c.resume_at <= bindparam("now"),
    deliveries.c.id.in_(_least_tried),
    ~exists().where(
        _under_way.c.state == LEASED, _under_way.c.destination_id == bindparam("lane")
    ),
)
_leased_now = and_(
    deliveries.c.state == LEASED,
    deliveries.c.lease_until == bindparam("until", type_=BigInteger),
    deliveries.c.lease_token == bindparam("token", type_=Text),
)
_START = insert(attempts).from_select(
    ["delivery_id", "number", "generation", "started_at"],
    select(
        deliveries.c.id,
        deliveries.c.attempts,
        deliveries.c.generation,
        bindparam("now", type_=BigInteger),
    ).where(_leased_now),
)
_before = attempts.alias("before")
_READ = (
    select(
        deliveries.c.id.label("delivery_id"),
        deliveries.c.destination_id,
        deliveries.c.attempts,
        deliveries.c.generation,
        deliveries.c.step,
        deliveries.c.first_try_at,
        deliveries.c.body,
        _before.c.ended_at.label("failed_at"),
        *(column for column in events.c if column.name not in {"evidence", "repeat_key"}),
    )
    .join(events, events.c.id == deliveries.c.event)
    .outerjoin(
        _before,
        and_(
            _before.c.delivery_id == deliveries.c.id,
            _before.c.number == deliveries.c.attempts - 1,
            _before.c.outcome.in_([OutcomeKind.RETRYABLE, OutcomeKind.UNKNOWN]),
        ),
    )
    .where(_leased_now)
    .order_by(deliveries.c.next_at, deliveries.c.id)
)
_KEEP_BODY = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("of_delivery"))
    .values(body=bindparam("new_body"))
)


class Claim(Struct, frozen=True, kw_only=True):
    """A wish for up to `limit` due deliveries of a lane.

    Nothing is claimed where the lane closed or was changed since it was read. A waiting lane
    gives one delivery, to probe with, and only while no other is under way.
    """

    destination_id: str
    changed_at: int
    probe: bool
    limit: int
    render: Callable[[Event], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A worker's turn: what ended is recorded, then what may begin is claimed, in one commit.

    `token` names the turn's leases, and is never used again.
    """

    token: str
    now: int
    ended: Sequence[Ended] = ()
    claims: Sequence[Claim] = ()

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[TurnDone]:
        """Take each turn; a lane that an outcome closed gives nothing to its own turn's claims."""
        return [
            TurnDone(record_attempts(connection, write.ended), write.claim(connection))
            for write in writes
        ]

    def claim(self, connection: Connection) -> list[list[Claimed]]:
        """Lease what is due and note its attempts; what cannot be rendered is refused."""
        if not self.claims:
            return []
        lease = {"token": self.token, "until": self.now + LEASE, "now": self.now}
        for statement, probe in ((_LEASE_OPEN, False), (_LEASE_PROBE, True)):
            wishes = [_wish(claim) | lease for claim in self.claims if claim.probe is probe]
            send_rows(connection, statement, wishes)
        send_rows(connection, _START, [lease])
        found = connection.execute(_READ, lease).mappings().all()
        return self._render(connection, found)

    def _render(self, connection: Connection, found: Sequence[RowMapping]) -> list[list[Claimed]]:
        lanes = {claim.destination_id: claim for claim in self.claims}
        claimed: dict[str, list[Claimed]] = {key: [] for key in lanes}
        for row in found:
            key = row["destination_id"]
            claimed[key].append(_claimed(row, self.token, lanes[key].render))
        fresh = {row["delivery_id"] for row in found if row["body"] is None}
        everything = [one for lane in claimed.values() for one in lane]
        send_rows(
            connection,
            _KEEP_BODY,
            [
                {"of_delivery": one.delivery_id, "new_body": one.body.decode()}
                for one in everything
                if one.delivery_id in fresh and not one.spoilt
            ],
        )
        record_attempts(connection, [_ended(one, self.now) for one in everything if one.spoilt])
        return list(claimed.values())


class TurnDone(NamedTuple):
    """For each ended attempt, whether its lease held; for each claim, what it got."""

    kept: list[bool]
    claimed: list[list[Claimed]]


def _wish(claim: Claim) -> dict[str, Any]:
    return {
        "lane": claim.destination_id,
        "seen_change": claim.changed_at,
        "share": claim.limit,
    }


def _claimed(row: RowMapping, token: str, render: Callable[[Event], bytes]) -> Claimed:
    kept: str | None = row["body"]
    body, spoilt = b"", None
    try:
        body = render(event_of(row)) if kept is None else kept.encode()
        body.decode()  # what is no text could not be kept
    except Exception as error:  # noqa: BLE001  (one bad event must not stop its lane)
        fault = str(error) if isinstance(error, MappingFailed) else type(error).__name__
        spoilt = Outcome(kind=OutcomeKind.REFUSED, reason="mapping", excerpt=fault)
    return Claimed(
        delivery_id=row["delivery_id"],
        token=token,
        destination_id=row["destination_id"],
        event=row["id"],
        number=row["attempts"],
        generation=row["generation"],
        step=row["step"],
        first_try_at=row["first_try_at"],
        failed_at=row["failed_at"],
        body=body,
        spoilt=spoilt,
    )


def _ended(spoilt: Claimed, now: int) -> Ended:
    """Tell of a delivery that could not be written as an attempt that ended at once."""
    outcome = spoilt.spoilt or Outcome(kind=OutcomeKind.REFUSED, reason="mapping")
    attempt = Try(outcome=outcome, started_at=now, now=now, first_try_at=spoilt.first_try_at)
    return Ended(claimed=spoilt, attempt=attempt)
