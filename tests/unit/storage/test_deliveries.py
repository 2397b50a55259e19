from __future__ import annotations

from typing import Any

import pytest

from collector.domain.errors import InputError, UnknownDelivery
from collector.domain.lane import Lane
from collector.domain.times import HOUR, MINUTE
from collector.storage.captures import ChangeCapture
from collector.storage.claims import Claim, Turn
from collector.storage.deliveries import (
    RATE_CLEAR,
    DeliveryFilter,
    ReleaseRated,
    RetryDeliveries,
    newest_deliveries,
)
from collector.storage.tables import deliveries
from tests.outbox import SOURCE_ID, START, Outbox
from tests.rows import SetColumns


@pytest.fixture
async def key(outbox: Outbox) -> str:
    return await outbox.add_destination(url="https://hooks.example.com/in")


async def listed(outbox: Outbox, limit: int = 50, **wanted: Any) -> list[dict[str, Any]]:
    return await outbox.store.read(newest_deliveries, DeliveryFilter(**wanted), limit)


async def put(outbox: Outbox, delivery_id: int, **columns: Any) -> None:
    await outbox.store.write(SetColumns(deliveries, delivery_id, columns))


async def test_deliveries_are_listed_newest_first_with_their_event_and_destination(
    outbox: Outbox, key: str
) -> None:
    first, second = await outbox.add_events(2)
    rows = await listed(outbox)
    assert [row["event"] for row in rows] == [second.id, first.id]
    assert rows[0]["event_id"] == second.event_id
    assert (rows[0]["destination"], rows[0]["destination_id"]) == ("webhook", key)
    assert (rows[0]["source_id"], rows[0]["state"], rows[0]["attempts"]) == (SOURCE_ID, "ready", 0)
    assert len(await listed(outbox, limit=1)) == 1


@pytest.mark.parametrize(
    ("lane", "state", "reason"),
    [
        (Lane(), "ready", None),
        (Lane(state="paused"), "held", "paused"),
        (Lane(state="held", reason="auth"), "held", "auth"),
        (Lane(reason="throttled", resume_at=START + HOUR), "ready", None),
    ],
)
async def test_what_waits_for_its_lane_is_shown_as_held_for_the_lanes_reason(
    outbox: Outbox, key: str, lane: Lane, state: str, reason: str | None
) -> None:
    await outbox.add_event()
    await outbox.set_lane(key, lane)
    [row] = await listed(outbox)
    assert (row["state"], row["reason"]) == (state, reason)
    assert len(await listed(outbox, states=("held",))) == (state == "held")
    assert len(await listed(outbox, states=("ready",))) == (state == "ready")
    assert await outbox.states() == ["ready"]


async def test_a_mark_is_shown_before_a_lanes_reason(outbox: Outbox, key: str) -> None:
    await outbox.add_event(reason="spam")
    await outbox.set_lane(key, Lane(state="paused"))
    assert [row["reason"] for row in await listed(outbox)] == ["spam"]


async def test_a_listing_can_be_narrowed(outbox: Outbox, key: str) -> None:
    await outbox.add_destination(url="https://other.example.com/in")
    await outbox.add_event()
    assert [row["destination_id"] for row in await listed(outbox, destination_id=key)] == [key]
    assert len(await listed(outbox, since=START)) == 2
    assert await listed(outbox, since=START + 1) == []
    assert [row["id"] for row in await listed(outbox, delivery_id=2)] == [2]


@pytest.mark.parametrize("state", ["held", "refused", "expired", "ready"])
async def test_a_named_delivery_is_due_at_once_on_a_fresh_schedule(
    outbox: Outbox, key: str, state: str
) -> None:
    await outbox.add_event(reason="spam")
    await put(outbox, 1, state=state, step=7, next_at=START + HOUR)
    wanted = DeliveryFilter(delivery_id=1)
    assert await outbox.store.write(RetryDeliveries(wanted=wanted, now=START + MINUTE)) == 1
    [row] = await outbox.rows()
    assert (row["state"], row["reason"], row["step"]) == ("ready", None, 0)
    assert (row["next_at"], row["generation"]) == (START + MINUTE, 2)


@pytest.mark.parametrize("state", ["leased", "delivered", "cancelled"])
async def test_there_is_nothing_to_retry_about_other_states(
    outbox: Outbox, key: str, state: str
) -> None:
    await outbox.add_event()
    await put(outbox, 1, state=state)
    with pytest.raises(InputError, match=f"1 is {state}"):
        await outbox.store.write(RetryDeliveries(wanted=DeliveryFilter(delivery_id=1), now=START))
    assert await outbox.states() == [state]


async def test_an_unknown_delivery_is_an_error(outbox: Outbox) -> None:
    with pytest.raises(UnknownDelivery, match="99"):
        await outbox.store.write(RetryDeliveries(wanted=DeliveryFilter(delivery_id=99), now=START))


async def test_many_are_retried_but_not_what_a_mark_or_a_paused_capture_withholds(
    outbox: Outbox, key: str
) -> None:
    await outbox.add_events(4)
    for delivery_id, state in ((1, "refused"), (2, "expired"), (3, "delivered")):
        await put(outbox, delivery_id, state=state, reason="rejected")
    await put(outbox, 4, state="held", reason="window")
    for reason in ("spam", "test", "rate", "origin", "paused", "incomplete"):
        await outbox.add_event(reason=reason)
    retry = RetryDeliveries(wanted=DeliveryFilter(destination_id=key), now=START)
    assert await outbox.store.write(retry) == 3
    assert await outbox.states() == ["ready", "ready", "delivered", "ready"] + ["held"] * 5 + [
        "refused"
    ]
    assert await outbox.store.write(retry) == 0


async def test_a_retry_can_be_narrowed_by_state_and_time(outbox: Outbox, key: str) -> None:
    await outbox.add_event()
    await outbox.add_event(received_at=START + HOUR)
    for delivery_id in (1, 2):
        await put(outbox, delivery_id, state="refused")
    for wanted, count in (
        (DeliveryFilter(states=("expired",)), 0),
        (DeliveryFilter(states=("refused",), since=START + 1), 1),
    ):
        assert await outbox.store.write(RetryDeliveries(wanted=wanted, now=START)) == count
    assert await outbox.states() == ["refused", "ready"]


async def test_a_retry_begins_a_generation_with_a_new_body(outbox: Outbox, key: str) -> None:
    await outbox.add_event()
    await put(outbox, 1, state="refused", body="old")
    wanted = DeliveryFilter(delivery_id=1)
    await outbox.store.write(RetryDeliveries(wanted=wanted, now=START))
    claim = Claim(
        destination_id=key, changed_at=START, probe=False, limit=1, render=lambda _: b"new"
    )
    done = await outbox.store.write(Turn(token="t1", now=START, claims=[claim]))
    assert [(one.body, one.generation) for one in done.claimed[0]] == [(b"new", 2)]


async def test_what_a_rate_limit_withheld_goes_once_its_address_has_been_quiet(
    outbox: Outbox, key: str
) -> None:
    marks = {"rate": "over the rate limit"}
    await outbox.add_event(reason="rate", rate_key="loud", marks=marks)
    await outbox.add_event(reason="rate", rate_key="quiet", marks=marks)
    later = START + MINUTE
    await outbox.add_event(reason="rate", rate_key="loud", marks=marks, received_at=later)

    assert await outbox.store.write(ReleaseRated(now=START + RATE_CLEAR - 1)) == 0
    assert await outbox.store.write(ReleaseRated(now=START + RATE_CLEAR)) == 1
    assert await outbox.states() == ["held", "ready", "held"]
    assert await outbox.store.write(ReleaseRated(now=later + RATE_CLEAR)) == 2
    assert {row["next_at"] for row in await outbox.rows()} == {
        START + RATE_CLEAR,
        later + RATE_CLEAR,
    }


async def test_what_something_else_withholds_as_well_stays_held_for_that(
    outbox: Outbox, key: str
) -> None:
    marks = {"rate": "over the rate limit", "origin": "https://other.example"}
    await outbox.add_event(reason="rate", rate_key="a", marks=marks)
    await outbox.store.write(ReleaseRated(now=START + RATE_CLEAR))
    assert [(row["state"], row["reason"]) for row in await outbox.rows()] == [("held", "origin")]

    await outbox.store.write(
        ChangeCapture(source_id=SOURCE_ID, changes={"state": "paused"}, now=1)
    )
    await outbox.add_event(reason="rate", rate_key="b", marks={"rate": "over the rate limit"})
    await outbox.store.write(ReleaseRated(now=START + RATE_CLEAR))
    assert [row["reason"] for row in await outbox.rows()] == ["origin", "paused"]
