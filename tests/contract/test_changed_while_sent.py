"""A destination is changed, or an event erased, just as a request is under way, or parked."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from collector.delivery.sender import Sender
from collector.delivery.worker import Worker
from collector.domain.lane import Lane
from collector.domain.pace import Pace
from collector.domain.times import HOUR
from collector.storage.deletion import DeleteDestination, Owed
from collector.storage.destinations import ChangeDestination, ChangeLane, SetPace
from collector.storage.erasure import EraseEvents, Sent, sent_where
from collector.storage.tables import attempts, deliveries, events
from tests.outbox import START, Outbox
from tests.sink import Reply, Sink
from tests.workers import working

PROVEN = Lane(first_success_at=START, last_success_at=START)
WITHIN_S = 20
CANARY = "canary-of-the-mine@example.net"


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


@pytest.mark.parametrize("status", [200, 422, 503])
async def test_an_event_erased_while_it_is_sent_comes_back_by_no_answer(
    outbox: Outbox, sender: Sender, status: int
) -> None:
    hang = asyncio.Event()
    said = f'{{"error": "{CANARY} is known"}}'.encode()
    async with Sink(Reply(status, body=said, until=hang)) as sink:
        await add(outbox, sink)
        event = await outbox.add_event(fields={"email": CANARY})
        async with working(outbox, sender) as worker:
            await sink.wait_for(1)
            assert await outbox.store.read(sent_where, [event.id]) == [Sent("webhook", 0, 1)]
            await outbox.store.write(EraseEvents(ids=[event.id], now=START + 1))
            hang.set()
            await told(worker)
            outbox.clock.now += HOUR
            await worker.tend()
    await nothing_is_left(outbox)
    assert len(sink.received) == 1


async def test_a_parked_event_that_is_erased_is_never_sent_again(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink(Reply(503, body=CANARY.encode())) as sink:
        await add(outbox, sink)
        event = await outbox.add_event(fields={"email": CANARY})
        async with working(outbox, sender) as worker:
            await sink.wait_for(1)
            await recorded(outbox)
            await outbox.store.write(EraseEvents(ids=[event.id], now=START + 1))
            outbox.clock.now += HOUR
            await worker.tend()
            worker.wake()
    await nothing_is_left(outbox)
    assert len(sink.received) == 1


async def told(worker: Worker) -> None:
    """Wait until a worker has nothing under way."""
    async with asyncio.timeout(WITHIN_S):
        while worker._own_tokens():
            await asyncio.sleep(0.01)


async def nothing_is_left(outbox: Outbox) -> None:
    """Nothing of the person is in any table, and nothing is owed."""
    left = [await outbox.rows(table) for table in (events, deliveries, attempts)]
    assert CANARY not in repr(left)
    assert [(row["state"], row["reason"]) for row in left[1]] == [("cancelled", "erased")]
    assert left[2] == []
