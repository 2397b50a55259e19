"""One of ten destinations is away for a day: nine notice nothing, the tenth gets all of it later."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import ip_network
from random import Random
from statistics import median, quantiles

import pytest
from sqlalchemy import Connection, Select, func, select

from collector.delivery.sender import open_sender
from collector.delivery.worker import Worker
from collector.domain.lane import BREAKER_FIRST, BREAKER_LONGEST, Lane
from collector.domain.pace import LANE_SLOTS
from collector.domain.times import DAY, MINUTE
from collector.storage.tables import deliveries
from tests.databases import ON_SQLITE
from tests.outbox import START, Outbox
from tests.sink import Received, Reply, Sink

DESTINATIONS = 10
STEP = 15 * MINUTE
EVENTS_A_STEP = 3
ROUNDS = 15
EVENTS_A_ROUND = 60
SLOWER = 1.1
"""How much longer the others' deliveries may take: a tenth."""


class Timed(Sink):
    """Notes when each event came, by the loop's clock."""

    def __init__(self) -> None:
        super().__init__()
        self.came_at: dict[str, float] = {}

    async def reply_to(self, received: Received) -> Reply:
        reply = await super().reply_to(received)
        if reply.status < 300:
            self.came_at[received.headers["webhook-id"]] = asyncio.get_running_loop().time()
        return reply


@asynccontextmanager
async def ten(outbox: Outbox) -> AsyncIterator[tuple[Worker, list[Timed]]]:
    """A worker before ten destinations that have all delivered before."""
    async with AsyncExitStack() as stack:
        sinks = [await stack.enter_async_context(Timed()) for _ in range(DESTINATIONS)]
        for sink in sinks:
            key = await outbox.add_destination(url=sink.url)
            await outbox.set_lane(key, Lane(first_success_at=START, last_success_at=START))
        sender = await stack.enter_async_context(open_sender([ip_network("127.0.0.0/8")]))
        worker = Worker(outbox.store, outbox.registry, sender, outbox.clock, Random(1))
        running = asyncio.create_task(worker.run())
        try:
            yield worker, sinks
        finally:
            worker.stop()
            await running


def probes(length: int) -> int:
    """Count the probes that a breaker makes in an outage: its wait doubles up to its longest."""
    return sum(1 for _ in _waits(length))


def _waits(left: int) -> Iterator[int]:
    wait = BREAKER_FIRST
    while left > 0:
        yield wait
        left -= wait
        wait = min(2 * wait, BREAKER_LONGEST)


@pytest.mark.long
async def test_a_day_without_one_of_ten_destinations_costs_it_probes_only_and_no_event(
    outbox: Outbox,
) -> None:
    async with ten(outbox) as (worker, sinks), asyncio.timeout(300):
        *others, away = sinks
        away.otherwise = Reply(503)
        stored = []
        for _ in range(DAY // STEP):
            outbox.clock.now += STEP
            stored += await outbox.add_events(EVENTS_A_STEP)
            worker.wake()
            for sink in others:
                await sink.wait_for(len(stored))
            await recorded(outbox)  # a lease must not outlive a step
        assert len(away.received) <= probes(DAY) + LANE_SLOTS
        assert [len(sink.received) for sink in others] == [len(stored)] * len(others)
        assert {row["state"] for row in await outbox.rows()} <= {"delivered", "ready", "leased"}

        away.otherwise = Reply()
        while len(away.came_at) < len(stored):
            outbox.clock.now += MINUTE
            worker.wake()
            await asyncio.sleep(0.01)
            await recorded(outbox)
    assert set(await outbox.states()) == {"delivered"}
    assert set(away.came_at) == {event.id for event in stored}
    assert len(away.received) <= probes(DAY) + LANE_SLOTS + len(stored)


async def recorded(outbox: Outbox) -> None:
    """Wait until no attempt is under way."""
    leased = select(func.count()).where(deliveries.c.state == "leased")
    while await outbox.store.read(_scalar, leased):
        await asyncio.sleep(0)


def _scalar(connection: Connection, query: Select[int]) -> int:
    return connection.execute(query).scalar_one()


@pytest.mark.long
@ON_SQLITE
@pytest.mark.parametrize("trouble", ["answers 503", "hangs"])
async def test_the_others_deliveries_take_no_longer_while_one_of_ten_is_away(
    outbox: Outbox, trouble: str
) -> None:
    """Rounds with and without it alternate, so that a busy machine slows both alike."""
    answer = asyncio.Event()
    bad = Reply(503) if trouble == "answers 503" else Reply(until=answer)
    async with ten(outbox) as (worker, sinks), asyncio.timeout(300):
        *others, tenth = sinks
        p99: dict[bool, list[float]] = {False: [], True: []}
        for number in range(2 * ROUNDS):
            is_away = bool(number % 2)
            tenth.otherwise = bad if is_away else Reply()
            outbox.clock.now += BREAKER_LONGEST
            p99[is_away].append(await slowest(outbox, worker, others))
            answer.set()
            answer.clear()
    with_it, without = median(p99[False]), median(p99[True])
    print(f"p99 of nine: {with_it * 1000:.0f} ms beside a good tenth, {without * 1000:.0f} ms")
    assert without <= with_it * SLOWER


async def slowest(outbox: Outbox, worker: Worker, others: list[Timed]) -> float:
    """Store a round's events; answers the 99th percentile of how long they took to arrive."""
    loop = asyncio.get_running_loop()
    stored_at = {}
    for event in await asyncio.gather(*[outbox.add_event() for _ in range(EVENTS_A_ROUND)]):
        stored_at[event.id] = loop.time()
    worker.wake()
    wanted = len(others[0].received) + EVENTS_A_ROUND
    for sink in others:
        await sink.wait_for(wanted)
    took = [sink.came_at[key] - at for sink in others for key, at in stored_at.items()]
    return quantiles(took, n=100)[98]
