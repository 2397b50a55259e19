"""A lane is one destination's queue: what an outcome does to its delivery and to the lane.

A lane that is `active` without `resume_at` is open. With `resume_at` it waits until then, and
from then on lets one delivery at a time try; the first success opens it. A `held` lane without
`resume_at` waits for a person.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from collector.domain.delivery import DeliveryState, Outcome, OutcomeKind
from collector.domain.retry import is_over, wait_s
from collector.domain.times import MINUTE, SECOND

BREAKER_FAILURES: Final = 5
"""So many different deliveries that failed, with no success between, make a lane wait."""
BREAKER_FIRST: Final = 30 * SECOND
BREAKER_LONGEST: Final = 15 * MINUTE
PROBE_EVERY: Final = 15 * MINUTE
"""How often a held lane tries whether it works again."""
REFUSALS: Final = 5
"""So many deliveries refused in a row mean that the mapping no longer fits: the lane is held."""
UNPROBED: Final = frozenset({"gone", "first_refused", "mapping_drift"})
"""Reasons of a hold that only a person ends: time alone does not change the answer."""


UNSENT: Final = frozenset({"mapping"})
"""Reasons of a refusal that is our own: nothing was sent, so it tells nothing of the lane."""


class Lane(Struct, frozen=True, kw_only=True):
    """How a lane stands. `failures` and `refusals` count since the last success.

    `last_success_at` is exact to a second, so that a busy lane is not written for each delivery.
    """

    state: str = "active"
    reason: str | None = None
    held_at: int | None = None
    resume_at: int | None = None
    failures: int = 0
    refusals: int = 0
    first_success_at: int | None = None
    last_success_at: int | None = None


class Try(Struct, frozen=True, kw_only=True):
    """One attempt that ended `now`; `step` and `failed_at` tell of the failures before it."""

    outcome: Outcome
    started_at: int
    now: int
    first_try_at: int
    step: int = 0
    failed_at: int | None = None
    jitter: float = 0.5

    def probes(self, lane: Lane) -> bool:
        """Whether this attempt was made to try whether a waiting lane works again."""
        return lane.resume_at is not None and self.started_at >= lane.resume_at


class Next(NamedTuple):
    """Where a delivery goes from here."""

    state: DeliveryState
    reason: str | None
    step: int
    next_at: int


def next_lane(lane: Lane, attempt: Try) -> Lane:
    """Say how the lane stands after an attempt."""
    outcome = attempt.outcome
    if outcome.kind is OutcomeKind.OK:
        return succeeded(lane, attempt.started_at, attempt.now)
    if outcome.reason in UNSENT:
        return lane
    if lane.state == "held" and not attempt.probes(lane):
        return lane  # it began before the hold: nothing new
    match outcome.kind:
        case OutcomeKind.AUTH | OutcomeKind.BLOCKED:
            return _held(lane, outcome.reason, attempt.now)
        case OutcomeKind.REFUSED:
            return _refused(lane, attempt)
        case OutcomeKind.THROTTLED:
            return _throttled(lane, attempt)
    return _failed(lane, attempt)


def succeeded(lane: Lane, started_at: int, now: int) -> Lane:
    """Say how a lane stands after a success; one that began before a hold or wait ends neither."""
    if _is_fine(lane) and 0 <= now - (lane.last_success_at or 0) < SECOND:
        return lane
    if lane.state == "held" and started_at >= (lane.held_at or 0):
        lane = replace(lane, state="active", held_at=None, resume_at=None)
    elif lane.resume_at is not None and started_at >= lane.resume_at:
        lane = replace(lane, resume_at=None)
    waits = lane.state == "held" or lane.resume_at is not None
    return replace(
        lane,
        reason=lane.reason if waits else None,
        failures=0,
        refusals=0,
        first_success_at=lane.first_success_at or now,
        last_success_at=now,
    )


def _is_fine(lane: Lane) -> bool:
    return lane.state == "active" and lane.resume_at is None and not lane.failures + lane.refusals


def _held(lane: Lane, reason: str, now: int) -> Lane:
    if lane.state == "paused":
        return lane
    resume_at = None if reason in UNPROBED else now + PROBE_EVERY
    return replace(
        lane, state="held", reason=reason, held_at=lane.held_at or now, resume_at=resume_at
    )


def _refused(lane: Lane, attempt: Try) -> Lane:
    """Count a refusal; one that answers a held lane's probe shows that the lane works again."""
    if lane.first_success_at is None:
        return _held(lane, "first_refused", attempt.now)
    if lane.state == "held":
        lane = replace(lane, state="active", held_at=None)
    lane = replace(lane, refusals=lane.refusals + 1)
    return _held(lane, "mapping_drift", attempt.now) if lane.refusals >= REFUSALS else lane


def _throttled(lane: Lane, attempt: Try) -> Lane:
    if lane.resume_at is None or attempt.probes(lane):
        lane = replace(lane, failures=lane.failures + 1)
    asked_s = attempt.outcome.retry_after_s
    pause_s = wait_s(lane.failures or 1, attempt.jitter) if asked_s is None else asked_s
    resume_at = max(lane.resume_at or 0, attempt.now + round(pause_s * SECOND))
    reason = lane.reason if lane.state == "held" else attempt.outcome.reason
    return replace(lane, resume_at=resume_at, reason=reason)


def _failed(lane: Lane, attempt: Try) -> Lane:
    probes = attempt.probes(lane)
    if lane.resume_at is not None and not probes:
        return lane  # it began before the lane was told to wait: nothing new
    if lane.state == "held":
        return replace(lane, resume_at=attempt.now + PROBE_EVERY)
    failed_before = (attempt.failed_at or 0) > (lane.last_success_at or 0)
    failures = lane.failures + (probes or not failed_before)
    if failures < BREAKER_FAILURES:
        return replace(lane, failures=failures)
    pause = min(BREAKER_FIRST << min(failures - BREAKER_FAILURES, 8), BREAKER_LONGEST)
    reason = attempt.outcome.reason
    return replace(lane, failures=failures, resume_at=attempt.now + pause, reason=reason)


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
    """Follow the schedule; nothing expires while its lane has had no success to compare with."""
    step = attempt.step + 1
    works = (lane.last_success_at or 0) > attempt.first_try_at
    state = DeliveryState.EXPIRED if is_over(step) and works else DeliveryState.READY
    next_at = attempt.now + round(wait_s(step, attempt.jitter) * SECOND)
    return Next(state, attempt.outcome.reason, step, next_at)
