"""Deliveries as people see and move them: listed, retried, let go when a rate limit clears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    bindparam,
    exists,
    null,
    select,
    update,
)

from collector.domain.delivery import DeliveryState
from collector.domain.errors import InputError, UnknownDelivery
from collector.domain.event import WITHHOLDING_MARKS, withheld_reason
from collector.domain.times import MINUTE
from collector.storage.rows import send_rows
from collector.storage.states import HELD, listed, shown_state
from collector.storage.tables import attempts, captures, deliveries, destinations, events

RATE_CLEAR: Final = 10 * MINUTE
"""How long an address must have been under its limit before what was marked `rate` goes."""

RELEASE_LIMIT: Final = 500
BY_MARK: Final = (*WITHHOLDING_MARKS, "paused")
"""Reasons that the event's mark or its capture's pause decides, not the lane."""

RETRYABLE_STATES: Final = (DeliveryState.HELD, DeliveryState.REFUSED, DeliveryState.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """Which deliveries a listing or a retry means; `since` is a time of their making."""

    delivery_id: int | None = None
    states: tuple[str, ...] = ()
    destination_id: str | None = None
    since: int | None = None

    def conditions(self, state: ColumnElement[str]) -> list[ColumnElement[bool]]:
        """Say it in SQL; `state` is what the filter compares its states with."""
        found = []
        if self.delivery_id is not None:
            found.append(deliveries.c.id == self.delivery_id)
        if self.states:
            found.append(state.in_(self.states))
        if self.destination_id is not None:
            found.append(deliveries.c.destination_id == self.destination_id)
        if self.since is not None:
            found.append(deliveries.c.created_at >= self.since)
        return found


_LISTED = listed(
    events.c.event_id, deliveries.c.generation, deliveries.c.delivered_at, attempts.c.excerpt
)


def newest_deliveries(
    connection: Connection, wanted: DeliveryFilter, limit: int
) -> list[dict[str, Any]]:
    """Read deliveries as they are shown, newest first, each with its last attempt's answer."""
    statement = _LISTED.where(*wanted.conditions(shown_state)).order_by(deliveries.c.id.desc())
    return [dict(row) for row in connection.execute(statement.limit(limit)).mappings()]


_has_somewhere = exists().where(
    destinations.c.id == deliveries.c.destination_id, destinations.c.deleted_at.is_(None)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryDeliveries:
    """Make deliveries due now, on a fresh schedule; answers how many.

    One that is named goes whatever withholds it; of many only those that no mark or pause
    withholds. Each begins a new generation: its body is written anew from the event, by the
    settings and the mapping of then.
    """

    is_long: ClassVar[bool] = True

    wanted: DeliveryFilter
    now: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[int]:
        """Retry for each. Raises UnknownDelivery, InputError."""
        return [write.retry(connection) for write in writes]

    def retry(self, connection: Connection) -> int:
        """Move the rows; the lane decides when they go."""
        again = {"generation": deliveries.c.generation + 1, "body": null(), "unsure_at": null()}
        moved = connection.execute(
            update(deliveries)
            .where(*self.wanted.conditions(deliveries.c.state), self._movable(), _has_somewhere)
            .values(state="ready", reason=None, step=0, next_at=self.now, **again)
        )
        if moved.rowcount == 0 and self.wanted.delivery_id is not None:
            self._explain(connection, self.wanted.delivery_id)
        return moved.rowcount

    def _movable(self) -> ColumnElement[bool]:
        state, reason = deliveries.c.state, deliveries.c.reason
        if self.wanted.delivery_id is not None:
            return state.in_([*RETRYABLE_STATES, DeliveryState.READY])
        return state.in_(RETRYABLE_STATES) & (reason.is_(None) | reason.not_in(BY_MARK))

    @staticmethod
    def _explain(connection: Connection, delivery_id: int) -> None:
        state, has_somewhere = connection.execute(
            select(deliveries.c.state, _has_somewhere).where(deliveries.c.id == delivery_id)
        ).first() or (None, False)
        if state is None:
            raise UnknownDelivery(f"there is no delivery {delivery_id}")
        if not has_somewhere:
            raise InputError(f"delivery {delivery_id}: its destination was deleted")
        raise InputError(f"delivery {delivery_id} is {state}: there is nothing to retry")


_still_over = select(events.c.rate_key).where(
    events.c.received_at > bindparam("over_since"), events.c.rate_key.is_not(None)
)
_CLEARED = (
    select(deliveries.c.id, events.c.marks, captures.c.state.label("capture_state"))
    .join(events, events.c.id == deliveries.c.event)
    .join(captures, captures.c.source_id == events.c.source_id)
    .where(
        deliveries.c.state == HELD,
        deliveries.c.reason == "rate",
        events.c.rate_key.not_in(_still_over),
    )
    .limit(RELEASE_LIMIT)
)
_LET_GO = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("of_delivery"))
    .values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        next_at=bindparam("now"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRated:
    """Let go what was held for its sender's rate, once the sender has calmed down.

    What another mark or a paused capture withholds as well stays held, for that. Answers how many
    rows were moved, at most `RELEASE_LIMIT`.
    """

    now: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[int]:
        """Release for each."""
        return [write.release(connection) for write in writes]

    def release(self, connection: Connection) -> int:
        """Move the rows whose address is clear."""
        found = connection.execute(_CLEARED, {"over_since": self.now - RATE_CLEAR}).mappings()
        rows = [self._let_go(row) for row in found]
        send_rows(connection, _LET_GO, rows)
        return len(rows)

    def _let_go(self, row: RowMapping) -> dict[str, Any]:
        marks = msgspec.json.decode(row["marks"], type=dict[str, str])
        marks.pop("rate", None)
        reason = withheld_reason(marks, capture_paused=row["capture_state"] == "paused")
        return {
            "of_delivery": row["id"],
            "new_state": "held" if reason else "ready",
            "new_reason": reason,
            "now": self.now,
        }
