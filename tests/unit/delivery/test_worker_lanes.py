"""What the worker does about a destination that holds, throttles, hangs or cannot be opened."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from collector.delivery.lanes import ALL_SLOTS, FIRST_SLOTS
from collector.delivery.sender import Sender, open_sender
from collector.destinations import Registry
from collector.domain.lane import PROBE_EVERY, Lane
from collector.domain.pace import LANE_SLOTS
from collector.domain.times import DAY, HOUR, SECOND
from collector.storage.destinations import ChangeLane
from collector.storage.secrets import SecretBox
from collector.storage.tables import destinations
from tests.outbox import START, Outbox
from tests.rows import SetColumns
from tests.sink import Reply, Sink
from tests.workers import add_driftrock, work, working

LANES_THAT_HANG = 20


async def test_the_first_refusal_ever_holds_everything_until_a_person_resumes(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink(otherwise=Reply(422)) as sink:
        key = await add_driftrock(outbox, sink, Lane())
        await outbox.add_events(20)
        await work(outbox, sender, sink, 1)
        assert len(sink.received) <= LANE_SLOTS
        assert set(await outbox.states()) == {"ready"}
        lane = await outbox.lane(key)
        assert (lane.state, lane.reason, lane.resume_at) == ("held", "first_refused", None)

        outbox.clock.now += DAY
        seen = len(sink.received)
        async with working(outbox, sender):
            pass
        assert len(sink.received) == seen

        sink.otherwise = Reply()
        resumed = ChangeLane(destination_id=key, state="active", now=outbox.clock.now)
        await outbox.store.write(resumed)
        await work(outbox, sender, sink, 20)
    assert set(await outbox.states()) == {"delivered"}


async def test_a_wrong_key_holds_the_lane_and_a_later_probe_lets_it_flow(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink(otherwise=Reply(401)) as sink:
        key = await add_driftrock(outbox, sink)
        await outbox.add_events(20)
        await work(outbox, sender, sink, 1)
        assert (await outbox.lane(key)).state == "held"
        assert {row["step"] for row in await outbox.rows()} == {0}

        outbox.clock.now += PROBE_EVERY
        seen = len(sink.received)
        await work(outbox, sender, sink, 1)
        assert len(sink.received) == seen + 1

        outbox.clock.now += PROBE_EVERY
        sink.otherwise = Reply()
        await work(outbox, sender, sink, 20)
    assert set(await outbox.states()) == {"delivered"}
    assert (await outbox.lane(key)).state == "active"


async def test_a_throttled_lane_is_silent_until_its_time_and_then_tries_one(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink(otherwise=Reply(429, {"Retry-After": "120"})) as sink:
        key = await add_driftrock(outbox, sink)
        await outbox.add_events(20)
        await work(outbox, sender, sink, 1)
        seen = len(sink.received)
        assert seen <= LANE_SLOTS
        assert (await outbox.lane(key)).resume_at == START + 120 * SECOND

        outbox.clock.now += 119 * SECOND
        async with working(outbox, sender):
            pass
        assert len(sink.received) == seen

        outbox.clock.now += SECOND
        await work(outbox, sender, sink, 1)
        assert len(sink.received) == seen + 1

        outbox.clock.now += 120 * SECOND
        sink.otherwise = Reply()
        await work(outbox, sender, sink, 20)
    assert set(await outbox.states()) == {"delivered"}


async def test_a_dead_destination_gets_probes_only_and_loses_nothing(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink(otherwise=Reply(500)) as sink:
        key = await add_driftrock(outbox, sink)
        await outbox.add_events(20)
        await work(outbox, sender, sink, LANE_SLOTS)
        probed = set()
        for _ in range(4):
            outbox.clock.now = (await outbox.lane(key)).resume_at or 0
            seen = len(sink.received)
            await work(outbox, sender, sink, 1)
            assert len(sink.received) == seen + 1
            probed.add(sink.received[-1].body)
        assert len(probed) == 4

        outbox.clock.now += DAY
        sink.otherwise = Reply()
        await work(outbox, sender, sink, 20)
    assert set(await outbox.states()) == {"delivered"}


async def test_a_paused_destination_gets_nothing_and_then_everything(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink() as sink:
        key = await add_driftrock(outbox, sink)
        await outbox.store.write(ChangeLane(destination_id=key, state="paused", now=START))
        await outbox.add_events(3)
        async with working(outbox, sender):
            pass
        assert sink.received == []
        await outbox.store.write(ChangeLane(destination_id=key, state="active", now=START))
        await work(outbox, sender, sink, 3)
    assert await outbox.states() == ["delivered"] * 3


async def test_a_hanging_destination_does_not_slow_another(outbox: Outbox, sender: Sender) -> None:
    hang = asyncio.Event()
    async with Sink(otherwise=Reply(until=hang)) as hanging, Sink() as quick:
        await add_driftrock(outbox, hanging)
        await add_driftrock(outbox, quick)
        await outbox.add_events(40)
        async with working(outbox, sender):
            await quick.wait_for(40)
            assert len(hanging.received) == LANE_SLOTS
            hang.set()


async def test_many_hanging_destinations_fill_no_more_than_the_house_and_leave_another_its_turns(
    outbox: Outbox, sender: Sender
) -> None:
    hang = asyncio.Event()
    async with AsyncExitStack() as stack, Sink() as quick:
        sinks = [Sink(otherwise=Reply(until=hang)) for _ in range(LANES_THAT_HANG)]
        for sink in [*sinks, quick]:
            await add_driftrock(outbox, await stack.enter_async_context(sink))
        await outbox.add_events(LANE_SLOTS)
        async with working(outbox, sender):
            await quick.wait_for(LANE_SLOTS)
            for sink in sinks:
                await sink.wait_for(1)
            held = [len(sink.received) for sink in sinks]
            assert ALL_SLOTS - FIRST_SLOTS - LANE_SLOTS < sum(held) <= ALL_SLOTS - FIRST_SLOTS
            assert max(held) - min(held) <= 1
            hang.set()
            for sink in sinks:
                await sink.wait_for(LANE_SLOTS)
    assert set(await outbox.states()) == {"delivered"}


async def test_secrets_that_cannot_be_opened_hold_the_lane(outbox: Outbox, sender: Sender) -> None:
    async with Sink() as sink:
        key = await add_driftrock(outbox, sink)
        await outbox.add_event()
        right = outbox.registry
        outbox.registry = Registry(SecretBox(["A" * 43 + "="]))
        async with working(outbox, sender):
            await _until(outbox, key, "held")
        assert (await outbox.lane(key)).reason == "secrets"

        outbox.registry = right
        await outbox.store.write(ChangeLane(destination_id=key, state="active", now=START + 1))
        await work(outbox, sender, sink, 1)
    assert await outbox.states() == ["delivered"]


async def test_a_kind_that_this_version_does_not_know_holds_the_lane(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink() as sink:
        key = await add_driftrock(outbox, sink)
        await outbox.store.write(SetColumns(destinations, key, {"kind": "carrier-pigeon"}))
        await outbox.add_event()
        async with working(outbox, sender):
            await _until(outbox, key, "held")
    assert (await outbox.lane(key)).reason == "kind"


async def _until(outbox: Outbox, key: str, state: str) -> None:
    async with asyncio.timeout(10):
        while (await outbox.lane(key)).state != state:
            await asyncio.sleep(0.01)


async def test_a_blocked_address_holds_the_lane_and_keeps_the_event(outbox: Outbox) -> None:
    async with Sink() as sink, open_sender([]) as strict:
        key = await add_driftrock(outbox, sink)
        await outbox.add_event()
        async with working(outbox, strict):
            await _until(outbox, key, "held")
        assert sink.received == []
    assert (await outbox.lane(key)).reason == "bad_url"
    assert await outbox.states() == ["ready"]


async def test_nothing_expires_while_its_lane_has_had_no_success_and_then_it_flows(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink(otherwise=Reply(500)) as sink:
        await add_driftrock(outbox, sink, Lane(first_success_at=START, last_success_at=START))
        outbox.clock.now += 1
        await outbox.add_event()
        await work(outbox, sender, sink, 1)
        for _ in range(30):
            outbox.clock.now += 8 * HOUR
            await work(outbox, sender, sink, 1)
        assert await outbox.states() == ["ready"]
        sink.otherwise = Reply()
        outbox.clock.now += 8 * HOUR
        await work(outbox, sender, sink, 1)
    assert await outbox.states() == ["delivered"]
