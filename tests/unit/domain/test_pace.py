from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain.errors import InputError
from collector.domain.lane import Lane
from collector.domain.pace import (
    LANE_SLOTS,
    Pace,
    allowed,
    next_token_at,
    parse_rate,
    render_rate,
    slots_of,
    taken,
)
from collector.domain.times import HOUR, MINUTE, SECOND, parse_time

NOW = parse_time("2026-11-24T02:15:00Z")
FIVE_A_SECOND = Pace(max_in_flight=100, spacing=SECOND // 5, burst=3)


@pytest.mark.parametrize(
    ("lane", "pace", "slots"),
    [
        (Lane(), Pace(), LANE_SLOTS),
        (Lane(), Pace(max_in_flight=2), 2),
        (Lane(ramp=1), Pace(), 1),
        (Lane(ramp=3), Pace(max_in_flight=2), 2),
        (Lane(resume_at=NOW), Pace(), 1),
    ],
)
def test_slots_are_what_a_person_said_or_what_a_lane_has_got_back(
    lane: Lane, pace: Pace, slots: int
) -> None:
    assert slots_of(lane, pace) == slots


def test_what_others_have_under_way_takes_slots() -> None:
    assert allowed(Lane(), Pace(max_in_flight=3), 2, NOW) == 1
    assert allowed(Lane(), Pace(max_in_flight=3), 5, NOW) == 0


@pytest.mark.parametrize(
    "lane", [Lane(state="paused"), Lane(state="held"), Lane(resume_at=NOW + 1)]
)
def test_a_closed_lane_allows_nothing(lane: Lane) -> None:
    assert allowed(lane, Pace(), 0, NOW) == 0


def test_after_a_rest_a_burst_may_go_and_then_one_at_each_spacing() -> None:
    lane = Lane()
    assert allowed(lane, FIVE_A_SECOND, 0, NOW) == 3
    lane = taken(lane, FIVE_A_SECOND, 3, NOW)
    assert allowed(lane, FIVE_A_SECOND, 0, NOW) == 0
    assert next_token_at(lane, FIVE_A_SECOND, NOW) == NOW + SECOND // 5
    assert allowed(lane, FIVE_A_SECOND, 0, NOW + SECOND // 5 - 1) == 0
    assert allowed(lane, FIVE_A_SECOND, 0, NOW + SECOND // 5) == 1
    assert allowed(lane, FIVE_A_SECOND, 0, NOW + 60 * SECOND) == 3


def test_a_burst_is_a_second_unless_said_and_one_at_least() -> None:
    assert allowed(Lane(), Pace(max_in_flight=99, spacing=SECOND // 20), 0, NOW) == 20
    assert allowed(Lane(), Pace(spacing=60 * SECOND), 0, NOW) == 1


def test_the_wider_of_the_set_and_the_learnt_spacing_holds() -> None:
    lane = Lane(learnt_spacing=SECOND)
    assert allowed(lane, Pace(spacing=SECOND // 5), 0, NOW) == 1
    assert next_token_at(Lane(), Pace(), NOW) is None


@given(st.lists(st.integers(-SECOND, 2 * SECOND), max_size=60))
def test_never_more_than_rate_and_burst_goes(
    steps: list[int],
) -> None:
    """Two processes may ask with clocks a little apart: time may step back."""
    lane, sent = Lane(), 0
    at = earliest = latest = NOW
    for passed in steps:
        at += passed
        earliest, latest = min(earliest, at), max(latest, at)
        count = allowed(lane, FIVE_A_SECOND, 0, at)
        lane, sent = taken(lane, FIVE_A_SECOND, count, at), sent + count
    assert sent <= 3 + (latest - earliest) * 5 / SECOND


@pytest.mark.parametrize(
    ("spacing", "text"),
    [
        (None, None),
        (SECOND // 5, "5/s"),
        (2 * SECOND, "30/m"),
        (MINUTE, "1/m"),
        (HOUR // 50, "50/h"),
    ],
)
def test_a_rate_is_written_in_the_unit_it_is_thought_in(
    spacing: int | None, text: str | None
) -> None:
    assert render_rate(spacing) == text
    assert parse_rate(text or "none") == spacing


@pytest.mark.parametrize("text", ["", "5", "0/s", "5/d", "five/s"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="5/s"):
        parse_rate(text)
