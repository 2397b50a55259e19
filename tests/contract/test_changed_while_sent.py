"""A destination is edited, given up or deleted just as a request to it is under way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from ipaddress import ip_network
from random import Random

import pytest

from collector.delivery.sender import Sender, open_sender
from collector.delivery.worker import Worker
from collector.domain.lane import Lane
from collector.domain.pace import Pace
from collector.domain.times import HOUR
from collector.storage.deletion import DeleteDestination, Owed
from collector.storage.destinations import ChangeDestination, ChangeLane, SetPace
from collector.storage.tables import attempts
from tests.outbox import START, Outbox
from tests.sink import Reply, Sink

PROVEN = Lane(first_success_at=START, last_success_at=START)
WITHIN_S = 20


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    async with open_sender([ip_network("127.0.0.0/8")]) as opened:
        yield opened


@asynccontextmanager
async def working(outbox: Outbox, sender: Sender) -> AsyncIterator[Worker]:
    worker = Worker(outbox.store, outbox.registry, sender, outbox.clock, Random(1))
    running = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.stop()
        await running


async def add(outbox: Outbox, sink: Sink) -> str:
    """A destination that has delivered before, and is sent one event at a time."""
    key = await outbox.add_destination(url=sink.url)
    await outbox.set_lane(key, PROVEN)
    await outbox.store.write(SetPace(destination_id=key, pace=Pace(max_in_flight=1)))
    return key


async def recorded(outbox: Outbox) -> None:
    """Wait until what was under way is recorded."""
    async with asyncio.timeout(WITHIN_S):
        while "leased" in await outbox.states():
            await asyncio.sleep(0.01)


async def test_an_edit_counts_from_the_next_request_on_and_the_same_bytes_go_there(
    outbox: Outbox, sender: Sender
) -> None:
    hang = asyncio.Event()
    async with Sink(Reply(503, until=hang)) as old, Sink() as new:
        key = await add(outbox, old)
        await outbox.add_event()
        async with working(outbox, sender) as worker:
            await old.wait_for(1)
            edited = replace(await outbox.destination(key), config={"url": new.url})
            await outbox.store.write(ChangeDestination(destination=edited))
            hang.set()
            await recorded(outbox)
            assert await outbox.outcomes() == [("retryable", "server_error")]
            outbox.clock.now += HOUR
            worker.wake()
            await new.wait_for(1)
    assert await outbox.states() == ["delivered"]
    assert len(old.received) == 1
    assert new.received[0].body == old.received[0].body


@pytest.mark.parametrize("status", [200, 503])
async def test_what_ends_after_it_was_given_up_is_recorded_and_all_flows_once_it_is_resumed(
    outbox: Outbox, sender: Sender, status: int
) -> None:
    hang = asyncio.Event()
    async with Sink(Reply(status, until=hang)) as sink:
        key = await add(outbox, sink)
        await outbox.add_events(3)
        async with working(outbox, sender) as worker:
            await sink.wait_for(1)
            disabled = ChangeLane(destination_id=key, state="held", now=START + 1, reason="gone")
            await outbox.store.write(disabled)
            hang.set()
            await recorded(outbox)
            [outcome] = await outbox.outcomes()
            assert outcome[0] == ("ok" if status == 200 else "retryable")
            assert len(sink.received) == 1

            outbox.clock.now += HOUR
            resume = ChangeLane(destination_id=key, state="active", now=outbox.clock.now)
            await outbox.store.write(resume)
            worker.wake()
            await sink.wait_for(3 if status == 200 else 4)
    assert await outbox.states() == ["delivered"] * 3


@pytest.mark.parametrize("status", [200, 503])
async def test_what_ends_after_it_was_deleted_is_told_and_nothing_more_goes(
    outbox: Outbox, sender: Sender, status: int
) -> None:
    hang = asyncio.Event()
    async with Sink(Reply(status, until=hang)) as sink:
        key = await add(outbox, sink)
        await outbox.add_events(3)
        async with working(outbox, sender) as worker:
            await sink.wait_for(1)
            deleted = DeleteDestination(destination_id=key, now=START + 1, cancel=True)
            assert await outbox.store.write(deleted) == Owed(waiting=2, under_way=1)
            assert sorted(await outbox.states()) == ["cancelled", "cancelled", "leased"]
            hang.set()
            await recorded(outbox)
            outbox.clock.now += HOUR
            await worker.tend()
    assert sorted(await outbox.states()) == sorted(
        ["cancelled", "cancelled", "delivered" if status == 200 else "cancelled"]
    )
    [tried] = await outbox.rows(attempts)
    assert (tried["http_status"], tried["ended_at"] is not None) == (status, True)
    assert len(sink.received) == 1
