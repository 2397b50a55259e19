"""Paces, holds and people's decisions while workers run, against a real server that answers."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from collector.delivery.sender import Sender
from collector.delivery.worker import Worker
from collector.domain.errors import InputError
from collector.domain.lane import BREAKER_FAILURES, PROBE_EVERY, Lane
from collector.domain.pace import Pace
from collector.domain.times import DAY, HOUR, MINUTE, SECOND
from collector.storage.deliveries import DeliveryFilter, RetryDeliveries
from collector.storage.destinations import ChangeLane, SetPace
from collector.storage.leases import LEASE
from collector.storage.store import open_store
from collector.storage.tables import attempts
from tests.outbox import START, Outbox
from tests.sink import Reply, Sink
from tests.workers import working

LOOKS = 5
PROVEN = Lane(first_success_at=START, last_success_at=START)


async def add(outbox: Outbox, sink: Sink, lane: Lane = PROVEN, **pace: int) -> str:
    key = await outbox.add_destination(url=sink.url)
    await outbox.set_lane(key, lane)
    await outbox.store.write(SetPace(destination_id=key, pace=Pace(**pace)))
    return key


async def settle(outbox: Outbox, worker: Worker) -> None:
    """Let a worker look until nothing changes any more."""
    before, alike = None, 0
    while alike < LOOKS:
        worker.wake()
        await asyncio.sleep(0.03)
        seen = await outbox.rows()
        before, alike = seen, alike + 1 if seen == before else 0


async def test_a_rate_holds_for_several_workers_together(
    outbox: Outbox, sender: Sender, database_url: str
) -> None:
    other = await open_store(database_url)
    twin = Outbox(other, clock=outbox.clock, registry=outbox.registry)
    async with Sink() as sink:
        await add(outbox, sink, spacing=SECOND // 5, burst=3)
        await outbox.add_events(20)
        async with working(outbox, sender) as one, working(twin, sender, seed=2) as two:
            for second in range(3):
                outbox.clock.now = START + second * SECOND
                await settle(outbox, one)
                await settle(outbox, two)
                assert len(sink.received) == min(3 + 3 * second, 3 + 5 * second)
    await other.close()


async def test_no_more_is_under_way_than_a_person_said(outbox: Outbox, sender: Sender) -> None:
    hang = asyncio.Event()
    async with Sink(otherwise=Reply(until=hang)) as sink:
        await add(outbox, sink, max_in_flight=2)
        await outbox.add_events(5)
        async with working(outbox, sender) as worker:
            await sink.wait_for(2)
            await settle(outbox, worker)
            assert len(sink.received) == 2
            hang.set()
            await sink.wait_for(5)


async def test_after_a_breaker_one_goes_then_ever_more_and_nothing_is_lost(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink(*[Reply(500)] * BREAKER_FAILURES) as sink:
        key = await add(outbox, sink, max_in_flight=BREAKER_FAILURES)
        await outbox.add_events(40)
        with capture_logs() as logs:
            async with working(outbox, sender) as worker:
                await sink.wait_for(BREAKER_FAILURES)
                await settle(outbox, worker)
                assert len(sink.received) == BREAKER_FAILURES
                outbox.clock.now += 15 * MINUTE
                await sink.wait_for(40 + BREAKER_FAILURES)
        assert await outbox.states() == ["delivered"] * 40
        told = [one["event"] for one in logs if one["event"].startswith("destination")]
        assert told == ["destination waits", "destination works again"]
        assert (await outbox.lane(key)).reason is None


async def test_a_429_teaches_a_rate(outbox: Outbox, sender: Sender) -> None:
    async with Sink(Reply(), Reply(), Reply(429, {"Retry-After": "1"})) as sink:
        key = await add(outbox, sink, max_in_flight=1)
        await outbox.add_events(3)
        async with working(outbox, sender) as worker:
            await sink.wait_for(3)
            await settle(outbox, worker)
        lane = await outbox.lane(key)
        assert lane.learnt_spacing
        assert lane.resume_at == START + SECOND


async def test_days_of_nothing_but_failure_are_warned_of_and_then_it_is_held_for_a_person(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink(otherwise=Reply(401)) as sink:
        key = await add(outbox, sink)
        await outbox.add_event()
        with capture_logs() as logs:
            for age in (0, HOUR, *(days * DAY for days in range(1, 6))):
                outbox.clock.now = START + age + PROBE_EVERY
                async with working(outbox, sender):
                    await sink.wait_for(len(sink.received) + 1)
        told = [one["event"] for one in logs if one["event"].startswith("destination")]
        assert told == [
            "destination waits",
            *["destination fails for long"] * 3,
            "destination disabled",
        ]
        sent = len(sink.received)
        outbox.clock.now += 9 * DAY
        async with working(outbox, sender) as worker:
            await settle(outbox, worker)
        assert len(sink.received) == sent
        assert await outbox.states() == ["ready"]

        sink.otherwise = Reply()
        resume = ChangeLane(destination_id=key, state="active", now=outbox.clock.now)
        await outbox.store.write(resume)
        async with working(outbox, sender):
            await sink.wait_for(sent + 1)
    assert await outbox.states() == ["delivered"]


async def test_what_is_paused_while_it_is_sent_is_recorded_and_nothing_more_goes(
    outbox: Outbox, sender: Sender
) -> None:
    hang = asyncio.Event()
    async with Sink(Reply(until=hang)) as sink:
        key = await add(outbox, sink, max_in_flight=1)
        await outbox.add_events(2)
        async with working(outbox, sender) as worker:
            await sink.wait_for(1)
            pause = ChangeLane(destination_id=key, state="paused", now=START + 1)
            await outbox.store.write(pause)
            hang.set()
            await settle(outbox, worker)
            assert await outbox.states() == ["delivered", "ready"]
            assert (await outbox.lane(key)).state == "paused"
            resume = ChangeLane(destination_id=key, state="active", now=START + 2)
            await outbox.store.write(resume)
            await sink.wait_for(2)


async def test_a_retry_by_hand_and_the_schedule_make_one_attempt(
    outbox: Outbox, sender: Sender
) -> None:
    hang = asyncio.Event()
    async with Sink(Reply(500), Reply(until=hang)) as sink:
        await add(outbox, sink)
        await outbox.add_event()
        async with working(outbox, sender) as worker:
            await sink.wait_for(1)
            await settle(outbox, worker)
            again = RetryDeliveries(wanted=DeliveryFilter(delivery_id=1), now=START + 1)
            outbox.clock.now += DAY
            worker.wake()
            await sink.wait_for(2)
            with pytest.raises(InputError, match="leased"):
                await outbox.store.write(again)
            hang.set()
            await settle(outbox, worker)
            with pytest.raises(InputError, match="delivered"):
                await outbox.store.write(again)
    assert len(sink.received) == 2
    assert len(await outbox.rows(attempts)) == 2


async def test_a_clock_that_jumps_ends_no_lease_that_is_in_use(
    outbox: Outbox, sender: Sender
) -> None:
    hang = asyncio.Event()
    async with Sink(Reply(until=hang)) as sink:
        await add(outbox, sink)
        await outbox.add_event()
        async with working(outbox, sender) as worker:
            await sink.wait_for(1)
            outbox.clock.now += HOUR + LEASE
            await worker.tend()
            assert await outbox.states() == ["leased"]
            hang.set()
            await settle(outbox, worker)
    assert await outbox.states() == ["delivered"]
    assert len(sink.received) == 1
