from __future__ import annotations

import pytest

from collector.delivery.lanes import ALL_SLOTS, FIRST_SLOTS, Lanes
from collector.destinations import find_kind
from collector.destinations.kind import Destination
from collector.domain.lane import Lane
from collector.domain.pace import LANE_SLOTS
from collector.storage.destinations import StoredDestination


def stored(key: str, lane: Lane | None = None, changed_at: int = 1) -> StoredDestination:
    return StoredDestination(
        id=key,
        kind="webhook",
        name=key,
        config={},
        secrets="",
        lane=lane or Lane(),
        created_at=1,
        changed_at=changed_at,
    )


def opened(key: str) -> Destination:
    return Destination(id=key, kind=find_kind("webhook"), settings={}, secrets=[])


@pytest.fixture
def lanes() -> Lanes:
    return Lanes()


def call(lanes: Lanes, *keys: str, lane: Lane | None = None) -> None:
    for key in keys:
        if not lanes.is_known(stored(key)):
            lanes.open(stored(key), opened(key))
        lanes.call(stored(key, lane))


def shares(lanes: Lanes) -> dict[str, int]:
    return {lane.destination.id: share for lane, share in lanes.turns()}


def begin(lanes: Lanes) -> None:
    for lane, share in lanes.turns():
        lane.under_way += share


def test_a_lane_gets_its_slots_and_no_more(lanes: Lanes) -> None:
    call(lanes, "a")
    assert shares(lanes) == {"a": LANE_SLOTS}
    begin(lanes)
    assert shares(lanes) == {}


def test_a_waiting_lane_gets_one(lanes: Lanes) -> None:
    call(lanes, "a", lane=Lane(resume_at=1))
    assert shares(lanes) == {"a": 1}
    begin(lanes)
    assert shares(lanes) == {}


def test_a_lane_that_is_owed_nothing_gets_nothing(lanes: Lanes) -> None:
    call(lanes, "a", "b")
    lanes.rest()
    call(lanes, "b")
    assert set(shares(lanes)) == {"b"}


def test_the_slots_of_all_are_shared_evenly(lanes: Lanes) -> None:
    call(lanes, *map(str, range(20)))
    found = shares(lanes)
    assert sum(found.values()) == ALL_SLOTS - FIRST_SLOTS
    assert max(found.values()) - min(found.values()) == 1


def test_who_had_a_turn_comes_last_the_next_time(lanes: Lanes) -> None:
    keys = [f"{number:03}" for number in range(ALL_SLOTS + 1)]
    call(lanes, *keys)
    assert list(shares(lanes)) == keys[:-1]
    assert next(iter(shares(lanes))) == keys[-1]


def test_a_slot_that_is_free_again_goes_to_who_holds_the_fewest(lanes: Lanes) -> None:
    call(lanes, *map(str, range(24)))
    turns = lanes.turns()
    for lane, share in turns:
        lane.under_way = share
    assert {share for _, share in turns} == {2}
    turns[-1][0].under_way -= 1
    assert shares(lanes) == {"23": 1}


def test_lanes_that_have_much_under_way_leave_the_last_slots_to_those_with_nothing(
    lanes: Lanes,
) -> None:
    hanging = [f"hangs {number}" for number in range(10)]
    call(lanes, *hanging)
    begin(lanes)
    call(lanes, *hanging)
    assert lanes.under_way == ALL_SLOTS - FIRST_SLOTS
    assert shares(lanes) == {}
    call(lanes, "late")
    assert shares(lanes) == {"late": 1}


def test_a_full_house_gives_nothing(lanes: Lanes) -> None:
    call(lanes, *map(str, range(ALL_SLOTS)))
    begin(lanes)
    assert lanes.under_way == ALL_SLOTS
    call(lanes, "late")
    assert shares(lanes) == {}


def test_a_changed_destination_is_opened_anew_and_keeps_what_is_under_way(lanes: Lanes) -> None:
    call(lanes, "a")
    [(lane, _)] = lanes.turns()
    lane.under_way = LANE_SLOTS
    changed = stored("a", changed_at=2)
    assert not lanes.is_known(changed)
    lanes.open(changed, opened("a"))
    assert lanes.is_known(changed)
    assert lanes.under_way == LANE_SLOTS
    lane.under_way -= 1
    assert shares(lanes) == {"a": 1}
