from __future__ import annotations

import pytest
from msgspec.structs import replace

from collector.domain.delivery import DeliveryState
from collector.domain.lane import (
    BREAKER_FAILURES,
    BREAKER_FIRST,
    BREAKER_LONGEST,
    BREAKER_RECENT,
    DISABLE_AFTER,
    PROBE_EVERY,
    RAMP_DONE,
    REFUSALS,
    WARN_AFTER,
    Lane,
    next_lane,
)
from collector.domain.schedule import next_delivery
from collector.domain.times import DAY, HOUR, MINUTE, SECOND
from tests.unit.domain.tries import EARLIER, HELD, NEW, NOW, PROVEN, attempt


@pytest.mark.parametrize("reason", ["auth", "missing", "redirect", "blocked"])
@pytest.mark.parametrize("lane", [NEW, PROVEN], ids=["new", "proven"])
def test_a_broken_destination_holds_its_lane_at_once_and_probes_it(
    reason: str, lane: Lane
) -> None:
    after = next_lane(lane, attempt(reason))
    assert (after.state, after.reason, after.held_at) == ("held", reason, NOW)
    assert after.resume_at == NOW + PROBE_EVERY


def test_a_destination_that_is_gone_is_held_until_a_person_acts() -> None:
    after = next_lane(PROVEN, attempt("gone"))
    assert (after.state, after.reason, after.resume_at) == ("held", "gone", None)


def test_the_first_refusal_of_a_destination_that_never_delivered_holds_the_lane_and_the_row() -> (
    None
):
    told = attempt("rejected")
    lane = next_lane(NEW, told)
    assert (lane.state, lane.reason, lane.resume_at) == ("held", "first_refused", None)
    assert next_delivery(lane, told)[:3] == (DeliveryState.READY, "rejected", 0)


def test_a_refusal_by_a_destination_that_works_is_the_rows_own() -> None:
    told = attempt("rejected")
    lane = next_lane(PROVEN, told)
    assert (lane.state, lane.refusals) == ("active", 1)
    assert next_delivery(lane, told)[:2] == (DeliveryState.REFUSED, "rejected")


def test_five_refusals_in_a_row_hold_the_lane_and_spare_the_fifth_row() -> None:
    lane, told = PROVEN, attempt("rejected")
    for _ in range(REFUSALS):
        lane = next_lane(lane, told)
    assert (lane.state, lane.reason, lane.resume_at) == ("held", "mapping_drift", None)
    assert next_delivery(lane, told).state is DeliveryState.READY


@pytest.mark.parametrize("reason", ["auth", "blocked", "throttled"])
def test_what_stops_a_lane_costs_a_row_none_of_its_schedule(reason: str) -> None:
    told = attempt(reason, step=3)
    then = next_delivery(next_lane(PROVEN, told), told)
    assert then == (DeliveryState.READY, reason, 3, NOW)


def test_a_throttled_lane_waits_as_long_as_it_was_told() -> None:
    lane = next_lane(PROVEN, attempt("throttled", retry_after_s=120.0))
    assert (lane.state, lane.reason, lane.resume_at) == ("active", "throttled", NOW + 120 * SECOND)


def test_a_throttled_lane_that_was_told_no_time_waits_by_the_schedule() -> None:
    lane, waits = PROVEN, []
    for _ in range(3):
        started_at = lane.resume_at or NOW
        lane = next_lane(lane, attempt("throttled", started_at=started_at, now=started_at))
        waits.append(((lane.resume_at or 0) - started_at) // SECOND)
    assert waits == [10, 60, 300]


def test_a_later_throttle_only_lengthens_the_wait() -> None:
    lane = next_lane(PROVEN, attempt("throttled", retry_after_s=120.0))
    late = {"started_at": NOW - SECOND}
    assert next_lane(lane, attempt("throttled", retry_after_s=5.0, **late)) == lane
    longer = next_lane(lane, attempt("throttled", retry_after_s=600.0, **late))
    assert longer.resume_at == NOW + 600 * SECOND


@pytest.mark.parametrize("reason", ["server_error", "timeout"])
def test_failures_of_different_deliveries_open_the_breaker(reason: str) -> None:
    lane = PROVEN
    for _ in range(BREAKER_FAILURES - 1):
        lane = next_lane(lane, attempt(reason))
        assert lane.resume_at is None
    lane = next_lane(lane, attempt(reason))
    assert (lane.state, lane.reason, lane.resume_at) == ("active", reason, NOW + BREAKER_FIRST)


def test_failures_of_one_delivery_do_not_open_the_breaker() -> None:
    lane = next_lane(PROVEN, attempt("timeout"))
    for _ in range(BREAKER_FAILURES):
        lane = next_lane(lane, attempt("timeout", failed_at=NOW - MINUTE))
    assert (lane.failures, lane.resume_at) == (1, None)


def test_a_delivery_that_failed_before_the_last_success_counts_again() -> None:
    lane = Lane(first_success_at=EARLIER, last_success_at=NOW - SECOND)
    assert next_lane(lane, attempt("timeout", failed_at=NOW - MINUTE)).failures == 1


def test_each_failed_probe_doubles_the_breakers_wait_up_to_its_longest() -> None:
    lane = Lane(failures=BREAKER_FAILURES, resume_at=NOW)
    waits = []
    for _ in range(8):
        at = lane.resume_at or 0
        lane = next_lane(lane, attempt("server_error", started_at=at, now=at, failed_at=at - 1))
        waits.append((lane.resume_at or 0) - at)
    assert waits[:4] == [BREAKER_FIRST * 2**power for power in (1, 2, 3, 4)]
    assert waits[5:] == [BREAKER_LONGEST] * 3


def test_failures_that_began_before_the_breaker_opened_do_not_lengthen_its_wait() -> None:
    lane = Lane(failures=BREAKER_FAILURES, resume_at=NOW + BREAKER_FIRST)
    assert next_lane(lane, attempt("timeout")) == lane


def test_a_successful_probe_opens_the_lane() -> None:
    lane = Lane(failures=7, refusals=2, reason="timeout", resume_at=NOW - SECOND)
    assert next_lane(lane, attempt("ok")) == Lane(
        first_success_at=NOW, last_success_at=NOW, ramp=1
    )


def test_a_successful_probe_ends_a_hold() -> None:
    assert next_lane(HELD, attempt("ok")) == Lane(
        first_success_at=NOW, last_success_at=NOW, ramp=1
    )


@pytest.mark.parametrize(
    "lane",
    [
        Lane(reason="throttled", resume_at=NOW + MINUTE),
        Lane(state="held", reason="auth", held_at=NOW, resume_at=NOW + PROBE_EVERY),
    ],
    ids=["throttled", "held"],
)
def test_a_success_that_began_before_the_wait_does_not_end_it(lane: Lane) -> None:
    after = next_lane(lane, attempt("ok", started_at=NOW - SECOND))
    assert (after.state, after.reason, after.resume_at) == (
        lane.state,
        lane.reason,
        lane.resume_at,
    )
    assert after.last_success_at == NOW


@pytest.mark.parametrize("reason", ["server_error", "throttled", "auth", "rejected"])
def test_what_began_before_a_hold_does_not_change_it(reason: str) -> None:
    gone = Lane(state="held", reason="gone", held_at=NOW, first_success_at=EARLIER)
    assert next_lane(gone, attempt(reason, started_at=NOW - SECOND)) == gone


@pytest.mark.parametrize("reason", ["server_error", "timeout", "auth"])
def test_a_failed_probe_of_a_held_lane_is_tried_again_later(reason: str) -> None:
    after = next_lane(HELD, attempt(reason))
    assert (after.state, after.held_at) == ("held", HELD.held_at)
    assert after.resume_at == NOW + PROBE_EVERY


def test_a_probe_that_is_refused_shows_that_the_lane_works_again() -> None:
    proven = Lane(
        state="held", reason="auth", held_at=EARLIER, resume_at=NOW, first_success_at=EARLIER
    )
    told = attempt("rejected")
    lane = next_lane(proven, told)
    assert (lane.state, lane.resume_at) == ("active", NOW)
    assert next_delivery(lane, told).state is DeliveryState.REFUSED


@pytest.mark.parametrize("reason", ["auth", "server_error", "rejected", "ok"])
def test_a_lane_that_a_person_paused_stays_paused(reason: str) -> None:
    paused = Lane(state="paused", held_at=NOW, first_success_at=EARLIER, last_success_at=EARLIER)
    assert next_lane(paused, attempt(reason)).state == "paused"


def test_a_refusal_by_a_paused_destination_that_never_delivered_spares_the_row() -> None:
    told = attempt("rejected")
    assert next_delivery(next_lane(Lane(state="paused"), told), told).state is DeliveryState.READY


def test_a_busy_lane_is_not_written_for_each_success() -> None:
    lane = next_lane(NEW, attempt("ok"))
    assert next_lane(lane, attempt("ok", now=NOW + SECOND - 1)) is lane
    assert next_lane(lane, attempt("ok", now=NOW + SECOND)).last_success_at == NOW + SECOND


def play(lane: Lane, *reasons: str, **told: object) -> Lane:
    for reason in reasons:
        lane = next_lane(lane, attempt(reason, **told))
    return lane


def test_half_of_the_last_outcomes_failing_opens_the_breaker() -> None:
    lane = play(PROVEN, *["ok", "timeout"] * (BREAKER_RECENT // 2 - 1))
    assert lane.resume_at is None
    lane = play(lane, "ok", "timeout")
    assert (lane.reason, lane.resume_at) == ("timeout", NOW + BREAKER_FIRST)


def test_fewer_than_half_failing_leave_the_lane_open() -> None:
    assert play(PROVEN, *["ok", "ok", "timeout"] * BREAKER_RECENT).resume_at is None


def test_a_poison_row_that_fails_between_successes_does_not_open_the_breaker() -> None:
    lane = PROVEN
    for _ in range(BREAKER_RECENT):
        lane = play(play(lane, "ok"), "timeout", step=3, failed_at=NOW - MINUTE)
    assert lane.resume_at is None


def test_after_a_breaker_that_half_of_all_opened_each_failed_probe_doubles_the_wait() -> None:
    lane = play(PROVEN, *["ok", "timeout"] * (BREAKER_RECENT // 2))
    at = lane.resume_at or 0
    lane = next_lane(lane, attempt("timeout", started_at=at, now=at))
    assert lane.resume_at == at + 2 * BREAKER_FIRST


def test_a_lane_that_recovered_gets_its_slots_back_one_for_each_success() -> None:
    lane = next_lane(Lane(failures=7, resume_at=NOW - SECOND), attempt("ok"))
    slots = [lane.ramp]
    for _ in range(RAMP_DONE):
        lane = play(lane, "ok")
        slots.append(lane.ramp)
    assert slots == [*range(1, RAMP_DONE + 1), None]


def test_a_failure_while_slots_come_back_begins_again_with_one() -> None:
    assert play(replace(PROVEN, ramp=9), "timeout").ramp == 1


def test_nothing_but_failure_is_warned_of_once_at_each_age() -> None:
    lane, warned = PROVEN, []
    for age in (0, HOUR - 1, HOUR, 2 * HOUR, DAY, 2 * DAY, 3 * DAY, 4 * DAY):
        lane = play(lane, "server_error", started_at=NOW + age, now=NOW + age)
        warned.append(lane.warned)
    assert warned == [0, 0, 1, 1, 2, 2, 3, 3]
    assert lane.failing_since == NOW
    assert lane.warning == f"failing for over {WARN_AFTER[-1] // HOUR} h"
    late = {"started_at": NOW + 4 * DAY, "now": NOW + 4 * DAY}
    lane = replace(lane, resume_at=None)
    assert play(lane, "ok", **late).failing_since is None
    assert play(lane, "ok", **late).warning is None


def test_what_nobody_saw_fail_is_no_failure_so_that_a_clock_that_jumps_gives_nothing_up() -> None:
    lane = PROVEN
    for at in (NOW, NOW + HOUR, NOW + 30 * DAY, NOW + 30 * DAY + MINUTE):
        lane = play(lane, *["server_error"] * 9, started_at=at, now=at)
    assert not lane.is_disabled
    assert (lane.warned, lane.failing_since) == (1, NOW + 30 * DAY - HOUR)


@pytest.mark.parametrize("reason", ["server_error", "auth", "throttled"])
def test_five_days_of_nothing_but_failure_give_the_destination_up(reason: str) -> None:
    lane, at = PROVEN, NOW
    while at - NOW < DISABLE_AFTER:
        lane = next_lane(lane, attempt(reason, started_at=at, now=at))
        assert not lane.is_disabled
        at = max(at + MINUTE, lane.resume_at or 0)
    lane = next_lane(lane, attempt(reason, started_at=at, now=at))
    assert (lane.state, lane.reason, lane.resume_at) == ("held", "failing", None)
    assert (lane.is_disabled, lane.warning) == (True, "disabled")


def test_one_poison_row_never_gives_a_destination_up() -> None:
    lane = play(PROVEN, "timeout")
    for day in range(1, 20):
        at = {"started_at": NOW + day * DAY, "now": NOW + day * DAY}
        lane = play(lane, "timeout", step=day, failed_at=NOW, **at)
    assert not lane.is_disabled


def test_a_429_halves_what_was_sent_of_late_once_and_successes_win_it_back() -> None:
    lane = play(PROVEN, "throttled", "throttled", http_status=429, spacing=100_000)
    assert lane.learnt_spacing == 200_000
    at = lane.resume_at or 0
    again = {"started_at": at, "now": at, "http_status": 429, "spacing": 50_000}
    assert play(lane, "throttled", **again).learnt_spacing == 400_000
    spacings: list[int | None] = [lane.learnt_spacing]
    while spacings[-1]:
        at += SECOND
        lane = play(lane, "ok", "ok", started_at=at, now=at)
        spacings.append(lane.learnt_spacing)
    assert 300 < len(spacings) < 500


def test_a_busy_server_teaches_no_rate() -> None:
    lane = play(PROVEN, "throttled", http_status=503, spacing=100_000)
    assert lane.learnt_spacing is None


def test_an_open_lane_says_why_its_newest_try_failed_until_one_arrives() -> None:
    lane = next_lane(next_lane(PROVEN, attempt("timeout")), attempt("server_error"))
    assert (lane.state, lane.reason, lane.failed_at) == ("active", "server_error", NOW)
    assert next_lane(lane, attempt("rejected")).reason == "rejected"
    assert next_lane(lane, attempt("mapping")).reason == "server_error"
    assert next_lane(lane, attempt("ok")).reason is None


@pytest.mark.parametrize(
    "lane",
    [
        Lane(reason="throttled", resume_at=NOW + MINUTE, first_success_at=EARLIER),
        Lane(state="paused", first_success_at=EARLIER),
        HELD,
    ],
    ids=["waits", "paused", "held"],
)
def test_a_try_that_fails_late_does_not_change_why_a_lane_is_closed(lane: Lane) -> None:
    late = attempt("rejected", started_at=NOW - MINUTE)
    assert next_lane(lane, late).reason == lane.reason


def test_a_destination_that_failed_twice_and_never_worked_is_not_called_active() -> None:
    first = next_lane(NEW, attempt("timeout"))
    assert (first.standing, first.failures) == ("active", 1)
    assert next_lane(first, attempt("timeout")).standing == "unproven"
    again = next_lane(first, attempt("timeout", now=NOW + MINUTE, failed_at=NOW))
    assert (again.standing, again.state, again.failures) == ("unproven", "active", 1)
    assert next_lane(again, attempt("ok")).standing == "active"
    assert replace(again, first_success_at=EARLIER).standing == "active"
    assert next_lane(again, attempt("auth")).standing == "held"
    assert replace(again, state="paused").standing == "paused"
