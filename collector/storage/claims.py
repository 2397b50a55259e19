"""Claims: due deliveries of one lane, leased, and rendered where they have no body yet.

The body is written in the claim's own transaction, before anything is sent, so that every
attempt of a generation sends the same bytes whatever happens in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from collector.domain.pace import allowed, next_token_at, taken
from collector.domain.schedule import is_repeat_known
from collector.storage.events import event_of
from collector.storage.lanes import LaneChange, LockedLanes, in_flight
from collector.storage.leases import LEASE, Claimed, Ended, record_attempts
from collector.storage.rows import send_rows
from collector.storage.states import LEASED, READY
from collector.storage.tables import attempts, deliveries, events

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
        .where(_due, *conditions)
        .order_by(deliveries.c.next_at)
        .limit(bindparam("share", type_=Integer))
        .with_for_update(skip_locked=True)
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


_LEASE_OPEN = _lease()
_LEASE_PROBE = _lease(
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
        deliveries.c.unsure_at,
        deliveries.c.body,
        _before.c.ended_at.label("failed_at"),
        *(
            column
            for column in events.c
            if column.name not in {"evidence", "repeat_key", "counted"}
        ),
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
    """A wish for up to `limit` due deliveries of a lane, as far as its pace allows.

    Nothing is claimed where the lane closed or was changed since it was read. A waiting lane
    gives one delivery, to probe with, and only while no other is under way. `window` is how long
    the destination knows a repeat for one.
    """

    destination_id: str
    changed_at: int
    probe: bool
    limit: int
    render: Callable[[Event], bytes]
    window: int | None = None


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
        return [write.take(connection) for write in writes]

    def take(self, connection: Connection) -> TurnDone:
        """Record, then claim, with every lane that either concerns locked."""
        keys = {one.claimed.destination_id for one in self.ended}
        locked = LockedLanes(connection, keys | {claim.destination_id for claim in self.claims})
        kept = record_attempts(connection, self.ended, locked.lanes)
        claimed = self.claim(connection, locked)
        return TurnDone(kept, claimed, locked.save(), self._waits(locked))

    def claim(self, connection: Connection, locked: LockedLanes) -> list[list[Claimed]]:
        """Lease what is due and note its attempts; what cannot be sent is recorded as such."""
        if not self.claims:
            return []
        under_way = in_flight(connection)
        lease = {"token": self.token, "until": self.now + LEASE, "now": self.now}
        for statement, probe in ((_LEASE_OPEN, False), (_LEASE_PROBE, True)):
            claims = [claim for claim in self.claims if claim.probe is probe]
            wishes = [self._wish(claim, locked, under_way) | lease for claim in claims]
            send_rows(connection, statement, [wish for wish in wishes if wish["share"]])
        send_rows(connection, _START, [lease])
        found = connection.execute(_READ, lease).mappings().all()
        return self._render(connection, found, locked)

    def _wish(
        self, claim: Claim, locked: LockedLanes, under_way: Mapping[str, int]
    ) -> dict[str, Any]:
        key = claim.destination_id
        lane = locked.lanes[key]
        most = allowed(lane, locked.paces[key], under_way.get(key, 0), self.now)
        as_read = locked.changed_at[key] == claim.changed_at and claim.probe is lane.waits
        return {"lane": key, "share": min(claim.limit, most) if as_read else 0}

    def _waits(self, locked: LockedLanes) -> list[int | None]:
        """Say for each claim when its lane's next token comes, if there is none now."""
        keys = [claim.destination_id for claim in self.claims]
        return [next_token_at(locked.lanes[key], locked.paces[key], self.now) for key in keys]

    def _render(
        self, connection: Connection, found: Sequence[RowMapping], locked: LockedLanes
    ) -> list[list[Claimed]]:
        claims = {claim.destination_id: claim for claim in self.claims}
        claimed: dict[str, list[Claimed]] = {key: [] for key in claims}
        for row in found:
            key = row["destination_id"]
            claimed[key].append(_claimed(row, self, claims[key]))
        for key, ones in claimed.items():
            locked.lanes[key] = taken(locked.lanes[key], locked.paces[key], len(ones), self.now)
        everything = [one for lane in claimed.values() for one in lane]
        self._keep(connection, found, everything)
        spoilt = [_ended(one, self.now, claims) for one in everything if one.spoilt]
        record_attempts(connection, spoilt, locked.lanes)
        return list(claimed.values())

    def _keep(
        self, connection: Connection, found: Sequence[RowMapping], claimed: Sequence[Claimed]
    ) -> None:
        """Keep the bodies that were written just now."""
        fresh = {row["delivery_id"] for row in found if row["body"] is None}
        rows = [
            {"of_delivery": one.delivery_id, "new_body": one.body.decode()}
            for one in claimed
            if one.delivery_id in fresh and not one.spoilt
        ]
        send_rows(connection, _KEEP_BODY, rows)


class TurnDone(NamedTuple):
    """For each ended attempt, whether its lease held; for each claim, what it got.

    `changes` are those of lanes; `waits` says for each claim when its lane's next token comes.
    """

    kept: list[bool]
    claimed: list[list[Claimed]]
    changes: list[LaneChange]
    waits: list[int | None]


def _claimed(row: RowMapping, turn: Turn, claim: Claim) -> Claimed:
    kept: str | None = row["body"]
    body, spoilt = b"", None
    try:
        body = claim.render(event_of(row)) if kept is None else kept.encode()
        body.decode()  # what is no text could not be kept
    except Exception as error:  # noqa: BLE001  (one bad event must not stop its lane)
        fault = str(error) if isinstance(error, MappingFailed) else type(error).__name__
        spoilt = Outcome(kind=OutcomeKind.REFUSED, reason="mapping", excerpt=fault)
    if not is_repeat_known(row["unsure_at"], claim.window, turn.now):
        spoilt = Outcome(kind=OutcomeKind.UNKNOWN, reason="unsure")
    return Claimed(
        delivery_id=row["delivery_id"],
        token=turn.token,
        destination_id=row["destination_id"],
        event=row["id"],
        number=row["attempts"],
        generation=row["generation"],
        step=row["step"],
        first_try_at=row["first_try_at"],
        failed_at=row["failed_at"],
        unsure_at=row["unsure_at"],
        body=body,
        spoilt=spoilt,
    )


def _ended(spoilt: Claimed, now: int, claims: Mapping[str, Claim]) -> Ended:
    """Tell of a delivery that could not be sent as an attempt that ended at once."""
    attempt = Try(
        outcome=spoilt.spoilt or Outcome(kind=OutcomeKind.REFUSED, reason="mapping"),
        started_at=now,
        now=now,
        first_try_at=spoilt.first_try_at,
        step=spoilt.step,
        unsure_at=spoilt.unsure_at,
        window=claims[spoilt.destination_id].window,
    )
    return Ended(claimed=spoilt, attempt=attempt)
