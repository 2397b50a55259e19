"""Deliveries under a lease: recorded when their attempt ended, given back, or found expired.

An attempt's row is written when its delivery is claimed, so that a crash leaves its trace: no
end. Whoever lost the lease in the meantime changes nothing any more (fencing).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from msgspec import Struct
from sqlalchemy import (
    Connection,
    RowMapping,
    and_,
    bindparam,
    case,
    delete,
    null,
    select,
    update,
)

from collector.domain.delivery import DeliveryState, Outcome, OutcomeKind
from collector.domain.lane import Lane, Try, next_lane
from collector.domain.schedule import next_delivery
from collector.domain.times import SECOND
from collector.storage.lanes import LANE_COLUMNS, lane_of
from collector.storage.rows import send_rows
from collector.storage.states import LEASED
from collector.storage.tables import attempts, deliveries, destinations

LEASE: Final = 45 * SECOND
"""An attempt's longest time, 15 s, and 30 s to record it: no heartbeat is needed."""


class Claimed(Struct, frozen=True, kw_only=True):
    """A delivery under lease, with what was known of it when it was claimed.

    `spoilt` is its outcome where it could not even be written.
    """

    delivery_id: int
    token: str
    destination_id: str
    event: str
    number: int
    generation: int
    step: int
    first_try_at: int
    failed_at: int | None
    unsure_at: int | None
    body: bytes
    spoilt: Outcome | None = None


class Ended(Struct, frozen=True, kw_only=True):
    """An attempt whose outcome is known."""

    claimed: Claimed
    attempt: Try


_held_leases = (
    select(deliveries.c.id, deliveries.c.lease_token)
    .where(deliveries.c.state == LEASED, deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .with_for_update()
)
_expired = (
    select(
        deliveries.c.id,
        deliveries.c.attempts,
        deliveries.c.step,
        deliveries.c.first_try_at,
        deliveries.c.unsure_at,
        deliveries.c.lease_token,
        deliveries.c.lease_until,
        destinations.c.kind,
        *LANE_COLUMNS,
    )
    .join(destinations, destinations.c.id == deliveries.c.destination_id)
    .where(deliveries.c.state == LEASED, deliveries.c.lease_until <= bindparam("until"))
    .with_for_update(of=deliveries)
)
_OF_DELIVERY = deliveries.c.id == bindparam("of_delivery")
_OF_ATTEMPT = and_(
    attempts.c.delivery_id == bindparam("of_delivery"), attempts.c.number == bindparam("of_number")
)
_UNLEASED = {"lease_token": null(), "lease_until": null()}
_END = (
    update(attempts)
    .where(_OF_ATTEMPT)
    .values(
        ended_at=bindparam("end"),
        outcome=bindparam("kind"),
        reason=bindparam("why"),
        http_status=bindparam("status"),
        latency_ms=bindparam("latency"),
        excerpt=bindparam("answer"),
    )
)
_MOVE = (
    update(deliveries)
    .where(_OF_DELIVERY)
    .values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        step=bindparam("new_step"),
        next_at=bindparam("new_next_at"),
        last_outcome=bindparam("kind"),
        delivered_at=bindparam("delivery_at"),
        unsure_at=bindparam("unsure"),
        **_UNLEASED,
    )
)
_UNCLAIM = (
    update(deliveries)
    .where(_OF_DELIVERY)
    .values(
        state=DeliveryState.READY.value,
        attempts=deliveries.c.attempts - 1,
        first_try_at=case((deliveries.c.attempts == 1, null()), else_=deliveries.c.first_try_at),
        **_UNLEASED,
    )
)
_UNSTART = delete(attempts).where(_OF_ATTEMPT)


def held_leases(connection: Connection, claimed: Collection[Claimed]) -> set[tuple[int, str]]:
    """Say which leases still hold, as `(delivery, token)`."""
    ids = [one.delivery_id for one in claimed]
    rows = connection.execute(_held_leases, {"ids": ids}) if ids else ()
    return {(delivery_id, token) for delivery_id, token in rows}


def record_attempts(
    connection: Connection, ended: Sequence[Ended], lanes: dict[str, Lane]
) -> list[bool]:
    """Write what outcomes do to their attempts and deliveries; move their `lanes`.

    False says of an attempt that its lease was lost: then nothing of it was written.
    """
    held = held_leases(connection, [one.claimed for one in ended])
    kept = [(one.claimed.delivery_id, one.claimed.token) in held for one in ended]
    moves = []
    for one, has_lease in zip(ended, kept, strict=True):
        if has_lease:
            key = one.claimed.destination_id
            lane = lanes[key] = next_lane(lanes[key], one.attempt)
            moves.append(_move(one.claimed.delivery_id, one.claimed.number, one.attempt, lane))
    _write_moves(connection, moves)
    return kept


def _write_moves(connection: Connection, moves: Sequence[dict[str, Any]]) -> None:
    send_rows(connection, _END, moves)
    send_rows(connection, _MOVE, moves)


def _move(delivery_id: int, number: int, attempt: Try, lane: Lane) -> dict[str, Any]:
    outcome, then = attempt.outcome, next_delivery(lane, attempt)
    return {
        "of_delivery": delivery_id,
        "of_number": number,
        "end": attempt.now,
        "kind": outcome.kind.value,
        "why": outcome.reason,
        "status": outcome.http_status,
        "latency": outcome.latency_ms,
        "answer": outcome.excerpt,
        "new_state": then.state.value,
        "new_reason": then.reason,
        "new_step": then.step,
        "new_next_at": then.next_at,
        "unsure": attempt.unsure_since,
        "delivery_at": attempt.now if then.state is DeliveryState.DELIVERED else None,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLease:
    """Give a delivery back that was claimed and never begun: it counts as no attempt."""

    claimed: Claimed

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Undo each claim whose lease still holds."""
        held = held_leases(connection, [write.claimed for write in writes])
        rows = [
            {"of_delivery": write.claimed.delivery_id, "of_number": write.claimed.number}
            for write in writes
            if (write.claimed.delivery_id, write.claimed.token) in held
        ]
        send_rows(connection, _UNSTART, rows)
        send_rows(connection, _UNCLAIM, rows)
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReapLeases:
    """Take back every lease that ended by `until`; answers how many.

    Nobody knows how those attempts went, so their outcome is `unknown` and they have no end. The
    fault was ours: lanes are not blamed. `spared` are tokens of leases whose holder still works
    with them, whatever its clock said; `windows` tells by kind how long repeats are known.
    """

    until: int
    now: int
    jitter: float = 0.5
    spared: Collection[str] = ()
    windows: Mapping[str, int | None] = field(default_factory=dict)

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[int]:
        """Reap for each."""
        return [write.reap(connection) for write in writes]

    def reap(self, connection: Connection) -> int:
        """Put the deliveries back on their schedule."""
        found = connection.execute(_expired, {"until": self.until}).mappings()
        rows = [row for row in found if row["lease_token"] not in self.spared]
        _write_moves(connection, [self._move(row) for row in rows])
        return len(rows)

    def _move(self, row: RowMapping) -> dict[str, Any]:
        attempt = Try(
            outcome=Outcome(kind=OutcomeKind.UNKNOWN, reason="interrupted"),
            started_at=row["lease_until"] - LEASE,
            now=self.now,
            first_try_at=row["first_try_at"],
            step=row["step"],
            jitter=self.jitter,
            unsure_at=row["unsure_at"],
            window=self.windows.get(row["kind"]),
        )
        return _move(row["id"], row["attempts"], attempt, lane_of(row)) | {"end": None}
