"""Deliveries under a lease: recorded when their attempt ended, given back, or found expired.

An attempt's row is written when its delivery is claimed, so that a crash leaves its trace: no
end. Whoever lost the lease in the meantime changes nothing any more (fencing).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

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
from collector.domain.lane import Next, Try, next_delivery, next_lane
from collector.domain.times import SECOND
from collector.storage.destinations import LANE_COLUMNS, lane_of, save_lanes
from collector.storage.rows import send_rows
from collector.storage.states import LEASED
from collector.storage.tables import attempts, deliveries, destinations

LEASE: Final = 45 * SECOND
"""An attempt's longest time, 15 s, and 30 s to record it: no heartbeat is needed."""

_before = attempts.alias("before")
_leased = (
    select(
        deliveries.c.id.label("delivery_id"),
        deliveries.c.lease_token,
        deliveries.c.destination_id,
        deliveries.c.attempts,
        deliveries.c.step,
        deliveries.c.first_try_at,
        _before.c.ended_at.label("failed_at"),
        *LANE_COLUMNS,
    )
    .join(destinations, destinations.c.id == deliveries.c.destination_id)
    .outerjoin(
        _before,
        and_(
            _before.c.delivery_id == deliveries.c.id,
            _before.c.number == deliveries.c.attempts - 1,
            _before.c.outcome.in_([OutcomeKind.RETRYABLE, OutcomeKind.UNKNOWN]),
        ),
    )
    .where(deliveries.c.state == LEASED)
    .with_for_update(of=[deliveries, destinations])
)
_LEASED_NOW = _leased.where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
_LEASED_UNTIL = _leased.where(deliveries.c.lease_until <= bindparam("until"))

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to record one attempt of a delivery, until it expires."""

    delivery_id: int
    token: str


def _held(connection: Connection, leases: Sequence[Lease]) -> dict[Lease, RowMapping]:
    """Read the rows whose leases still hold."""
    if not leases:
        return {}
    ids = [lease.delivery_id for lease in leases]
    return {
        Lease(delivery_id=row["delivery_id"], token=row["lease_token"]): row
        for row in connection.execute(_LEASED_NOW, {"ids": ids}).mappings()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAttempt:
    """Record an attempt's outcome under its lease; False says that the lease was lost."""

    lease: Lease
    outcome: Outcome
    started_at: int
    now: int
    jitter: float = 0.5

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[bool]:
        """Move each delivery on, and its lane with it."""
        held = _held(connection, [write.lease for write in writes])
        kept = [write for write in writes if write.lease in held]
        _settle(connection, [(held[write.lease], write.told(held[write.lease])) for write in kept])
        return [write.lease in held for write in writes]

    def told(self, row: RowMapping) -> Try:
        """Tell the attempt together with what came before it."""
        return Try(
            outcome=self.outcome,
            started_at=self.started_at,
            now=self.now,
            first_try_at=row["first_try_at"],
            step=row["step"],
            failed_at=row["failed_at"],
            jitter=self.jitter,
        )


def _settle(connection: Connection, ended: Sequence[tuple[RowMapping, Try]]) -> None:
    """Write what outcomes do to their attempts, deliveries and lanes."""
    before = {row["destination_id"]: lane_of(row) for row, _ in ended}
    lanes = dict(before)
    moves = []
    for row, attempt in ended:
        key = row["destination_id"]
        lanes[key] = next_lane(lanes[key], attempt)
        moves.append(_move(row, attempt, next_delivery(lanes[key], attempt)))
    _write_moves(connection, moves)
    save_lanes(connection, before, lanes)


def _write_moves(connection: Connection, moves: Sequence[dict[str, Any]]) -> None:
    send_rows(connection, _END, moves)
    send_rows(connection, _MOVE, moves)


def _move(row: RowMapping, attempt: Try, then: Next) -> dict[str, Any]:
    outcome = attempt.outcome
    return {
        "of_delivery": row["delivery_id"],
        "of_number": row["attempts"],
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
        "delivery_at": attempt.now if then.state is DeliveryState.DELIVERED else None,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLease:
    """Give a delivery back that was claimed and never begun: it counts as no attempt."""

    lease: Lease

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[bool]:
        """Undo each claim; False says that the lease was lost."""
        held = _held(connection, [write.lease for write in writes])
        rows = [
            {"of_delivery": row["delivery_id"], "of_number": row["attempts"]}
            for row in held.values()
        ]
        send_rows(connection, _UNSTART, rows)
        send_rows(connection, _UNCLAIM, rows)
        return [write.lease in held for write in writes]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReapLeases:
    """Take back every lease that ended by `until`; answers how many.

    Nobody knows how those attempts went, so their outcome is `unknown` and they have no end. The
    fault was ours: lanes are not blamed.
    """

    until: int
    now: int
    jitter: float = 0.5

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[int]:
        """Reap for each."""
        return [write.reap(connection) for write in writes]

    def reap(self, connection: Connection) -> int:
        """Put the deliveries back on their schedule."""
        rows = connection.execute(_LEASED_UNTIL, {"until": self.until}).mappings().all()
        _write_moves(connection, [self._move(row) | {"end": None} for row in rows])
        return len(rows)

    def _move(self, row: RowMapping) -> dict[str, Any]:
        attempt = Try(
            outcome=Outcome(kind=OutcomeKind.UNKNOWN, reason="interrupted"),
            started_at=self.now,
            now=self.now,
            first_try_at=row["first_try_at"],
            step=row["step"],
            jitter=self.jitter,
        )
        return _move(row, attempt, next_delivery(lane_of(row), attempt))
