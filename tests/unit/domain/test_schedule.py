from __future__ import annotations

import pytest

from collector.domain.delivery import DeliveryState
from collector.domain.lane import Lane, next_lane
from collector.domain.retry import SCHEDULE_S
from collector.domain.schedule import is_repeat_known, next_delivery
from collector.domain.times import DAY, HOUR, SECOND
from tests.unit.domain.tries import EARLIER, HELD, NEW, NOW, PROVEN, attempt


def test_a_failed_delivery_follows_the_schedule() -> None:
    told = attempt("timeout", step=1)
    then = next_delivery(PROVEN, told)
    assert then == (DeliveryState.READY, "timeout", 2, NOW + 60 * SECOND)


@pytest.mark.parametrize(
    ("last_success_at", "expected"),
    [
        (NOW, DeliveryState.EXPIRED),
        (EARLIER - 1, DeliveryState.READY),
        (None, DeliveryState.READY),
    ],
    ids=["the lane works", "nothing has arrived since", "nothing ever arrived"],
)
def test_a_delivery_expires_only_when_others_get_through(
    last_success_at: int | None, expected: DeliveryState
) -> None:
    lane = Lane(first_success_at=last_success_at, last_success_at=last_success_at)
    told = attempt("server_error", step=len(SCHEDULE_S), first_try_at=EARLIER)
    assert next_delivery(lane, told).state is expected


def test_a_success_delivers() -> None:
    assert next_delivery(PROVEN, attempt("ok")) == (DeliveryState.DELIVERED, None, 0, NOW)


@pytest.mark.parametrize("lane", [NEW, PROVEN, HELD], ids=["new", "proven", "held"])
def test_a_mapping_that_fails_is_the_rows_own_and_tells_nothing_of_the_lane(lane: Lane) -> None:
    told = attempt("mapping")
    assert next_lane(lane, told) == lane
    assert next_delivery(lane, told)[:2] == (DeliveryState.REFUSED, "mapping")


def test_what_may_have_arrived_waits_for_a_person_once_a_repeat_would_count_twice() -> None:
    told = attempt("timeout", step=8, window=HOUR)
    assert next_delivery(PROVEN, told)[:2] == (DeliveryState.HELD, "unknown")
    assert next_delivery(PROVEN, attempt("timeout", window=HOUR)).state is DeliveryState.READY


def test_an_earlier_attempt_that_may_have_arrived_counts_for_later_failures() -> None:
    told = attempt("server_error", window=HOUR, unsure_at=NOW - HOUR)
    assert next_delivery(PROVEN, told)[:2] == (DeliveryState.HELD, "unknown")
    sure = attempt("server_error", step=8, window=HOUR)
    assert next_delivery(PROVEN, sure).state is DeliveryState.READY


def test_without_a_window_what_may_have_arrived_is_always_tried_again() -> None:
    told = attempt("timeout", step=8, unsure_at=NOW - 3 * DAY)
    assert next_delivery(PROVEN, told).state is DeliveryState.READY


@pytest.mark.parametrize(
    ("unsure_at", "window", "known"),
    [(None, HOUR, True), (NOW, None, True), (NOW, HOUR, True), (NOW - 1, HOUR, False)],
)
def test_a_window_counts_from_the_first_attempt_that_may_have_arrived(
    unsure_at: int | None, window: int | None, *, known: bool
) -> None:
    assert is_repeat_known(unsure_at, window, NOW + HOUR) is known
