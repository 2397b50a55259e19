"""A lane is one destination's queue: what an outcome does to it.

A lane that is `active` without `resume_at` is open. With `resume_at` it waits until then, and
from then on lets one delivery at a time try; the first success opens it. A `held` lane without
`resume_at` waits for a person.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from collector.domain.delivery import Outcome, OutcomeKind
from collector.domain.retry import wait_s
from collector.domain.times import DAY, HOUR, MINUTE, SECOND

BREAKER_FAILURES: Final = 5
"""So many different deliveries that failed, with no success between, make a lane wait."""
BREAKER_RECENT: Final = 20
"""Of so many last outcomes (of a delivery only its first failure counts) half may not fail."""
BREAKER_FIRST: Final = 30 * SECOND
BREAKER_LONGEST: Final = 15 * MINUTE
PROBE_EVERY: Final = 15 * MINUTE
"""How often a held lane tries whether it works again."""
REFUSALS: Final = 5
"""So many deliveries refused in a row mean that the mapping no longer fits: the lane is held."""
DISABLED: Final = frozenset({"gone", "failing"})
"""Reasons of a hold that gives the destination up: what it is owed is kept, for a person."""
UNPROBED: Final = DISABLED | {"first_refused", "mapping_drift"}
"""Reasons of a hold that only a person ends: time alone does not change the answer."""
WARN_AFTER: Final = (HOUR, DAY, 3 * DAY)
DISABLE_AFTER: Final = 5 * DAY
"""How long nothing but failure is warned of, and when the destination is given up."""
UNSEEN_AFTER: Final = DAY
"""What lies further apart was not failing all the time: nothing was sent, or a clock jumped."""
RAMP_DONE: Final = 64
"""From so many slots on, a lane that recovered goes as it went before."""
LEARNT_TIMES: Final = 2
LEARNT_LEAST: Final = SECOND // 200
"""After a 429 deliveries go twice as far apart as they went; with each second that has a success
a hundredth closer, until that is no limit any more."""

UNSENT: Final = frozenset({"mapping", "unsure"})
"""Reasons of an outcome that is our own: nothing was sent, so it tells nothing of the lane."""

_RECENT: Final = (1 << BREAKER_RECENT) - 1
_TOO_MANY: Final = 429


class Lane(Struct, frozen=True, kw_only=True):
    """How a lane stands. `failures` and `refusals` count since the last success.

    `reason` is why it is held or waits; of an open one, why the newest try failed.
    `recent` holds the last outcomes as bits, 1 for a failure. `ramp` is how many slots a lane has
    got back since it recovered. `failing_since` tells since when nothing worked, `failed_at` when
    that was last seen, `warned` how many warnings it gave. `learnt_spacing` is what a 429 taught,
    and `empty_at` when its bucket of tokens was empty (`domain/pace.py`). `last_success_at` is
    exact to a second, so that a busy lane is not written for each delivery.
    """

    state: str = "active"
    reason: str | None = None
    held_at: int | None = None
    resume_at: int | None = None
    failures: int = 0
    refusals: int = 0
    first_success_at: int | None = None
    last_success_at: int | None = None
    recent: int = 0
    ramp: int | None = None
    failing_since: int | None = None
    failed_at: int | None = None
    warned: int = 0
    learnt_spacing: int | None = None
    empty_at: int | None = None

    @property
    def waits(self) -> bool:
        """Whether it is closed to all but one that tries it."""
        return self.state == "held" or self.resume_at is not None

    def is_open(self, now: int) -> bool:
        """Whether anything may be sent now."""
        if self.resume_at is None:
            return self.state == "active"
        return self.state != "paused" and self.resume_at <= now

    @property
    def standing(self) -> str:
        """The state as people are told it: `unproven` is one that only ever failed, and twice."""
        again = self.failures > 1 or (self.failed_at or 0) > (self.failing_since or 0)
        only_fails = self.first_success_at is None and again
        return "unproven" if self.state == "active" and only_fails else self.state

    @property
    def warning(self) -> str | None:
        """What a person should know of it now: how long nothing has worked."""
        if self.is_disabled:
            return "disabled"
        hours = [after // HOUR for after in WARN_AFTER[: self.warned]]
        return f"failing for over {hours[-1]} h" if hours else None

    @property
    def is_disabled(self) -> bool:
        """Whether it was given up until a person resumes it."""
        return self.state == "held" and self.reason in DISABLED


class Try(Struct, frozen=True, kw_only=True):
    """One attempt that ended `now`; `step` and `failed_at` tell of the failures before it.

    `spacing` is how far apart deliveries went of late. `unsure_at` is when the first attempt began
    that may have arrived unnoticed; `window` is how long the destination knows a repeat for one.
    """

    outcome: Outcome
    started_at: int
    now: int
    first_try_at: int
    step: int = 0
    failed_at: int | None = None
    jitter: float = 0.5
    spacing: int | None = None
    unsure_at: int | None = None
    window: int | None = None

    @property
    def unsure_since(self) -> int | None:
        """The new `unsure_at`."""
        unsure = self.outcome.kind is OutcomeKind.UNKNOWN and self.outcome.reason not in UNSENT
        return self.unsure_at or (self.started_at if unsure else None)

    def probes(self, lane: Lane) -> bool:
        """Whether this attempt was made to try whether a waiting lane works again."""
        return lane.resume_at is not None and self.started_at >= lane.resume_at


def next_lane(lane: Lane, attempt: Try) -> Lane:
    """Say how the lane stands after an attempt."""
    outcome = attempt.outcome
    if outcome.kind is OutcomeKind.OK:
        return succeeded(lane, attempt.started_at, attempt.now)
    if outcome.reason in UNSENT:
        return lane
    after = _disappointed(lane, attempt)
    return lane if after is lane else _fails_on(after, attempt)


def _fails_on(lane: Lane, attempt: Try) -> Lane:
    """Note why, and how long nothing has worked; give up what shows no sign of life."""
    now, since = attempt.now, lane.failing_since or attempt.now
    unseen = now - (lane.failed_at or now)
    since += unseen if unseen > UNSEEN_AFTER else 0
    warned = max(lane.warned, sum(now - since >= after for after in WARN_AFTER))
    is_open = lane.state == "active" and not lane.waits
    reason = attempt.outcome.reason if is_open else lane.reason
    lane = replace(lane, reason=reason, failing_since=since, failed_at=now, warned=warned)
    hopeless = now - since >= DISABLE_AFTER and lane.failures >= BREAKER_FAILURES
    return _held(lane, "failing", now) if hopeless and not lane.is_disabled else lane


def _disappointed(lane: Lane, attempt: Try) -> Lane:
    outcome = attempt.outcome
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
    recent, ramp = lane.recent << 1 & _RECENT, _wider(lane.ramp)
    if lane.state == "held" and started_at >= (lane.held_at or 0):
        lane, recent, ramp = replace(lane, state="active", held_at=None, resume_at=None), 0, 1
    elif lane.resume_at is not None and started_at >= lane.resume_at:
        lane, recent, ramp = replace(lane, resume_at=None), 0, 1
    return replace(
        lane,
        reason=lane.reason if lane.waits else None,
        failures=0,
        refusals=0,
        recent=recent,
        ramp=ramp,
        failing_since=None,
        failed_at=None,
        warned=0,
        learnt_spacing=_closer(lane, now),
        first_success_at=lane.first_success_at or now,
        last_success_at=now,
    )


def _is_fine(lane: Lane) -> bool:
    troubled = lane.failing_since or lane.failures or lane.refusals or lane.recent or lane.ramp
    return lane.state == "active" and lane.resume_at is None and not troubled


def _wider(ramp: int | None) -> int | None:
    """One slot more for each success: with all slots in use, twice as many in each round."""
    return None if ramp is None or ramp >= RAMP_DONE else ramp + 1


def _closer(lane: Lane, now: int) -> int | None:
    spacing = lane.learnt_spacing
    if spacing is None or now - (lane.last_success_at or 0) < SECOND:
        return spacing
    return spacing * 99 // 100 if spacing > LEARNT_LEAST else None


def _held(lane: Lane, reason: str, now: int) -> Lane:
    if lane.state == "paused":
        return lane
    resume_at = None if reason in UNPROBED else now + PROBE_EVERY
    return replace(
        lane,
        state="held",
        reason=reason,
        held_at=lane.held_at or now,
        resume_at=resume_at,
        failures=lane.failures + 1,
    )


def _refused(lane: Lane, attempt: Try) -> Lane:
    """Count a refusal; one that answers a held lane's probe shows that the lane works again."""
    if lane.first_success_at is None:
        return _held(lane, "first_refused", attempt.now)
    if lane.state == "held":
        lane = replace(lane, state="active", held_at=None, failures=0)
    lane = replace(lane, refusals=lane.refusals + 1)
    return _held(lane, "mapping_drift", attempt.now) if lane.refusals >= REFUSALS else lane


def _throttled(lane: Lane, attempt: Try) -> Lane:
    if lane.resume_at is None or attempt.probes(lane):
        lane = replace(lane, failures=lane.failures + 1, learnt_spacing=_learnt(lane, attempt))
    asked_s = attempt.outcome.retry_after_s
    pause_s = wait_s(lane.failures or 1, attempt.jitter) if asked_s is None else asked_s
    resume_at = max(lane.resume_at or 0, attempt.now + round(pause_s * SECOND))
    reason = lane.reason if lane.state == "held" else attempt.outcome.reason
    return replace(lane, resume_at=resume_at, reason=reason)


def _learnt(lane: Lane, attempt: Try) -> int | None:
    if attempt.outcome.http_status != _TOO_MANY or attempt.spacing is None:
        return lane.learnt_spacing
    return LEARNT_TIMES * max(attempt.spacing, lane.learnt_spacing or 0)


def _failed(lane: Lane, attempt: Try) -> Lane:
    probes = attempt.probes(lane)
    if lane.resume_at is not None and not probes:
        return lane  # it began before the lane was told to wait: nothing new
    if lane.state == "held":
        resume_at = attempt.now + PROBE_EVERY
        return replace(lane, resume_at=resume_at, failures=lane.failures + 1)
    failed_before = (attempt.failed_at or 0) > (lane.last_success_at or 0)
    failures = lane.failures + (probes or not failed_before)
    recent = lane.recent if attempt.step else (lane.recent << 1 | 1) & _RECENT
    if failures < BREAKER_FAILURES and recent.bit_count() * 2 < BREAKER_RECENT:
        ramp = None if lane.ramp is None else 1
        return replace(lane, failures=failures, recent=recent, ramp=ramp)
    failures = max(failures, BREAKER_FAILURES)
    pause = min(BREAKER_FIRST << min(failures - BREAKER_FAILURES, 8), BREAKER_LONGEST)
    return replace(
        lane,
        failures=failures,
        recent=0,
        resume_at=attempt.now + pause,
        reason=attempt.outcome.reason,
    )
