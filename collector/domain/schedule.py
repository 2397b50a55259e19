"""Where a delivery goes after an attempt: done, given up, or on its schedule."""

from __future__ import annotations

from typing import NamedTuple

from collector.domain.delivery import DeliveryState, OutcomeKind
from collector.domain.lane import UNSENT, Lane, Try
from collector.domain.retry import is_over, wait_s
from collector.domain.times import SECOND


class Next(NamedTuple):
    """Where a delivery goes from here."""

    state: DeliveryState
    reason: str | None
    step: int
    next_at: int


def next_delivery(lane: Lane, attempt: Try) -> Next:
    """Say where the delivery goes; `lane` is how its lane stands after the attempt."""
    outcome, step = attempt.outcome, attempt.step
    match outcome.kind:
        case OutcomeKind.OK:
            return Next(DeliveryState.DELIVERED, None, step, attempt.now)
        case OutcomeKind.RETRYABLE | OutcomeKind.UNKNOWN:
            return _later(lane, attempt)
        case OutcomeKind.REFUSED if outcome.reason in UNSENT or _stands(lane):
            state = DeliveryState.REFUSED
        case _:  # the lane waits, and the delivery with it
            state = DeliveryState.READY
    return Next(state, outcome.reason, step, attempt.now)


def _stands(lane: Lane) -> bool:
    return lane.state != "held" and lane.first_success_at is not None


def _later(lane: Lane, attempt: Try) -> Next:
    """Follow the schedule; nothing expires while its lane has had no success to compare with.

    What may have arrived is not sent again once the destination would take it for something new:
    it waits for a person.
    """
    step = attempt.step + 1
    works = (lane.last_success_at or 0) > attempt.first_try_at
    state = DeliveryState.EXPIRED if is_over(step) and works else DeliveryState.READY
    next_at = attempt.now + round(wait_s(step, attempt.jitter) * SECOND)
    if not is_repeat_known(attempt.unsure_since, attempt.window, next_at):
        return Next(DeliveryState.HELD, "unknown", step, next_at)
    return Next(state, attempt.outcome.reason, step, next_at)


def is_repeat_known(unsure_at: int | None, window: int | None, at: int) -> bool:
    """Whether sending it `at` that time cannot make the destination count it twice.

    `window` None says that the destination always knows a repeat, or that its duplicates are
    better than a loss.
    """
    return unsure_at is None or window is None or at <= unsure_at + window
