"""What the worker leaves behind when it stops, and what it finds of one that died."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from random import Random
from typing import Any

import msgspec

from collector.delivery.sender import Sender
from collector.delivery.worker import Worker
from collector.domain.pace import LANE_SLOTS
from collector.domain.times import MINUTE
from collector.storage.claims import Claim, Turn
from collector.storage.leases import LEASE
from collector.storage.tables import attempts, deliveries
from collector.storage.writer import Write
from tests.outbox import START, Outbox
from tests.rows import SetColumns
from tests.sink import Reply, Sink
from tests.workers import add_driftrock, work, working


async def test_a_crash_between_claim_and_record_is_an_unknown_attempt_and_sent_again_alike(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink() as sink:
        key = await add_driftrock(outbox, sink)
        event = await outbox.add_event()
        destination = outbox.registry.open(await outbox.destination(key))
        claim = Claim(
            destination_id=key, changed_at=START, probe=False, limit=1, render=destination.render
        )
        crashed = await outbox.store.write(Turn(token="t1", now=START, claims=[claim]))
        body = crashed.claimed[0][0].body

        worker = Worker(outbox.store, outbox.registry, sender, outbox.clock, Random(1))
        await worker.void_leases()
        assert await outbox.outcomes() == [("unknown", "interrupted")]
        outbox.clock.now += MINUTE
        await work(outbox, sender, sink, 1)
    assert [received.body for received in sink.received] == [body]
    assert msgspec.json.decode(body)["event_id"] == event.event_id
    assert await outbox.outcomes() == [("unknown", "interrupted"), ("ok", "ok")]


async def test_expired_leases_are_taken_back_while_the_worker_runs(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink() as sink, working(outbox, sender) as worker:
        await add_driftrock(outbox, sink)
        await outbox.add_event()
        lost = {"state": "leased", "lease_token": "gone", "lease_until": START + LEASE}
        tried = {"attempts": 1, "first_try_at": START}
        await outbox.store.write(SetColumns(deliveries, 1, lost | tried))
        await worker.tend()
        assert await outbox.states() == ["leased"]
        outbox.clock.now += LEASE
        await worker.tend()
        assert await outbox.states() == ["ready"]


async def test_stopping_finishes_what_is_under_way_and_begins_nothing(
    outbox: Outbox, sender: Sender
) -> None:
    answer = asyncio.Event()
    async with Sink(otherwise=Reply(until=answer)) as sink:
        await add_driftrock(outbox, sink)
        await outbox.add_events(LANE_SLOTS + 4)
        worker = Worker(outbox.store, outbox.registry, sender, outbox.clock, Random(1))
        running = asyncio.create_task(worker.run())
        await sink.wait_for(LANE_SLOTS)
        worker.stop()
        answer.set()
        await running
    assert len(sink.received) == LANE_SLOTS
    states = await outbox.states()
    assert (states.count("delivered"), states.count("ready")) == (LANE_SLOTS, 4)


async def test_a_claim_that_comes_back_after_the_stop_is_released(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink() as sink:
        await add_driftrock(outbox, sink)
        await outbox.add_event()
        worker = Worker(outbox.store, outbox.registry, sender, outbox.clock, Random(1))
        stopping = _StopAtClaim(outbox.store.database.transact, worker)
        outbox.store._writer._transact = stopping
        await worker.run()
        assert sink.received == []
    assert await outbox.rows(attempts) == []
    assert [(row["state"], row["attempts"]) for row in await outbox.rows()] == [("ready", 0)]


class _StopAtClaim:
    """Tells the worker to stop just as its claim is committed."""

    def __init__(self, transact: Any, worker: Worker) -> None:
        self._transact = transact
        self._worker = worker

    async def __call__(self, writes: Sequence[Write]) -> Sequence[Any]:
        found: Sequence[Any] = await self._transact(writes)
        if any(isinstance(write, Turn) for write in writes):
            self._worker.stop()
        return found
