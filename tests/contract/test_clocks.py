"""Clocks that jump while deliveries wait, are under way, or are shared by machines that disagree."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import pytest

from collector.domain.lane import Lane
from collector.domain.times import DAY, HOUR, MINUTE, SECOND, parse_time
from collector.storage.clock import DatabaseClock
from tests.outbox import START, Outbox
from tests.sink import Reply, Sink
from tests.workers import working

WITHIN_S = 30
EVENTS = 4
"""Fewer than open a breaker, so that rows alone are looked at."""


async def add_proven(outbox: Outbox, sink: Sink) -> str:
    key = await outbox.add_destination(url=sink.url)
    await outbox.set_lane(key, Lane(first_success_at=START, last_success_at=START))
    return key


async def recorded(outbox: Outbox, attempts: int) -> None:
    """Wait until so many attempts have ended."""
    async with asyncio.timeout(WITHIN_S):
        while sum(kind is not None for kind, _ in await outbox.outcomes()) < attempts:
            await asyncio.sleep(0)


FORWARD = {
    "an hour": START + HOUR,
    "a day": START + DAY,
    "a month": START + 30 * DAY,
    "past 2038": parse_time("2038-01-19T03:14:08Z"),
}


@pytest.mark.parametrize("then", FORWARD.values(), ids=FORWARD)
async def test_a_clock_that_jumps_forward_expires_nothing_and_tries_each_once(
    outbox: Outbox, then: int
) -> None:
    async with Sink(otherwise=Reply(503)) as sink, working(outbox) as worker:
        await add_proven(outbox, sink)
        await outbox.add_events(EVENTS)
        worker.wake()
        await recorded(outbox, EVENTS)
        outbox.clock.now = then
        worker.wake()
        await recorded(outbox, 2 * EVENTS)
        assert await outbox.states() == ["ready"] * EVENTS
        assert {row["step"] for row in await outbox.rows()} == {2}

        sink.otherwise = Reply()
        outbox.clock.now = then + 2 * MINUTE
        worker.wake()
        await recorded(outbox, 3 * EVENTS)
    assert await outbox.states() == ["delivered"] * EVENTS


async def test_a_clock_that_is_set_back_delays_no_new_event_and_loses_no_old_one(
    outbox: Outbox,
) -> None:
    async with Sink(otherwise=Reply(503)) as sink, working(outbox) as worker:
        await add_proven(outbox, sink)
        await outbox.add_events(2)
        worker.wake()
        await recorded(outbox, 2)
        sink.otherwise = Reply()
        outbox.clock.now -= HOUR
        new = await outbox.add_event()
        worker.wake()
        await recorded(outbox, 3)
        assert sink.received[-1].headers["webhook-id"] == new.id
        assert await outbox.states() == ["ready", "ready", "delivered"]
        outbox.clock.now += HOUR + MINUTE
        worker.wake()
        await recorded(outbox, 5)
    assert await outbox.states() == ["delivered"] * 3


@pytest.mark.parametrize("step", [HOUR, -HOUR, DAY], ids=["hour on", "hour back", "day on"])
async def test_a_clock_set_between_a_claim_and_its_end_sends_again_at_most_what_was_under_way(
    outbox: Outbox, step: int
) -> None:
    may_answer = asyncio.Event()
    async with (
        Sink(otherwise=Reply(until=may_answer)) as sink,
        working(outbox) as worker,
        asyncio.timeout(WITHIN_S),
    ):
        await add_proven(outbox, sink)
        await outbox.add_events(EVENTS)
        worker.wake()
        await sink.wait_for(EVENTS)
        outbox.clock.now += step
        await worker.tend()
        may_answer.set()
        while set(await outbox.states()) != {"delivered"}:
            outbox.clock.now += MINUTE
            worker.wake()
            await asyncio.sleep(0.01)
    times = Counter(received.headers["webhook-id"] for received in sink.received)
    assert len(times) == EVENTS
    assert max(times.values()) <= 2
    assert "expired" not in await outbox.states()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("ahead_s", [90, -90])
async def test_two_machines_whose_clocks_disagree_take_nothing_from_each_other(
    outbox: Outbox, ahead_s: int
) -> None:
    """One holds leases while the other, 90 seconds off, looks for expired ones."""

    def steady() -> int:
        return time.monotonic_ns() // 1000

    one = DatabaseClock(outbox.store, steady)
    other = DatabaseClock(outbox.store, lambda: steady() + ahead_s * SECOND)
    await one.look()
    await other.look()
    may_answer = asyncio.Event()
    async with Sink(otherwise=Reply(until=may_answer)) as sink:
        outbox.clock.now = one()
        await add_proven(outbox, sink)
        async with (
            working(outbox, clock=one) as first,
            working(outbox, clock=other, seed=2) as second,
        ):
            await outbox.add_events(EVENTS)
            first.wake()
            await sink.wait_for(EVENTS)
            await second.tend()
            await first.tend()
            assert set(await outbox.states()) == {"leased"}
            may_answer.set()
            await recorded(outbox, EVENTS)
    assert await outbox.states() == ["delivered"] * EVENTS
    assert len(sink.received) == EVENTS
