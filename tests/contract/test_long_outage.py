"""One of ten destinations is away for a day while events come, each owed to all ten.

Time is a value: it moves on when the nine have got what their rate gives, and nothing is leased.
How long that takes them is measured beside a collector whose ten destinations are all well.
"""

from __future__ import annotations

import asyncio
import logging
import os
from array import array
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import perf_counter

import pytest
import structlog
from sqlalchemy import Connection, func, select

from collector.delivery.sender import open_sender
from collector.delivery.worker import Worker
from collector.domain.lane import Lane
from collector.domain.pace import LANE_SLOTS, Pace
from collector.domain.times import DAY, HOUR, MINUTE, SECOND
from collector.storage.destinations import SetPace
from collector.storage.tables import attempts, deliveries
from tests.contract.test_outage import DESTINATIONS, ROUNDS, SLOWER, probes, recorded
from tests.databases import migrate, sqlite_url
from tests.outbox import START, Outbox, open_outbox
from tests.postgres import Cluster
from tests.sink import Received, Reply, Sink

TICK = 10 * SECOND
TICKS = 4
"""So many ticks of its rate a destination needs for what comes in a step."""
CALM_STEPS = 4
GROWS_AT_MOST = 48 * 2**20
"""Bytes, while the backlog grows to a day's events."""


@dataclass
class Day:
    """What was stored, and when; an event's number stands for it."""

    numbers: dict[str, int] = field(default_factory=dict)
    stored_at: array[int] = field(default_factory=lambda: array("q"))

    async def store(self, outbox: Outbox, count: int) -> None:
        made = await asyncio.gather(*[outbox.add_event() for _ in range(count)])
        for event in made:
            self.numbers[event.id] = len(self.stored_at)
            self.stored_at.append(event.received_at)


class Tallied(Sink):
    """Counts instead of keeping what came; notes in simulated time how long each event took.

    `waited` is how long it really took from the last `tick`, in seconds.
    """

    def __init__(self, outbox: Outbox, day: Day) -> None:
        super().__init__()
        self._outbox, self._day = outbox, day
        self.tried = 0
        self.times: dict[int, int] = {}
        self.took: array[int] = array("q")
        self.waited: array[float] = array("d")
        self.tick = 0.0

    async def reply_to(self, received: Received) -> Reply:
        self.tried += 1
        self.received.clear()
        reply = await super().reply_to(received)
        if reply.status < 300:
            number = self._day.numbers[received.headers["webhook-id"]]
            self.times[number] = self.times.get(number, 0) + 1
            self.took.append(self._outbox.clock.now - self._day.stored_at[number])
            self.waited.append(perf_counter() - self.tick)
        return reply

    async def got(self, count: int) -> None:
        while len(self.took) < count:
            await asyncio.sleep(0.001)


@dataclass
class Course:
    """Ten destinations of one pace, a worker before them, and the time that passes."""

    outbox: Outbox
    share: int
    length: int
    day: Day = field(default_factory=Day)
    sinks: list[Tallied] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.burst = -(-self.share // TICKS)
        self.spacing = TICK // self.burst

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Serve destinations that have all delivered before."""
        async with AsyncExitStack() as stack:
            for _ in range(DESTINATIONS):
                sink = await stack.enter_async_context(Tallied(self.outbox, self.day))
                await self._add(sink)
            sender = await stack.enter_async_context(open_sender([ip_network("127.0.0.0/8")]))
            outbox = self.outbox
            self.worker = Worker(outbox.store, outbox.registry, sender, outbox.clock, Random(1))
            running = asyncio.create_task(self.worker.run())
            try:
                yield
            finally:
                self.worker.stop()
                await running

    async def _add(self, sink: Tallied) -> None:
        self.sinks.append(sink)
        key = await self.outbox.add_destination(url=sink.url)
        await self.outbox.set_lane(key, Lane(first_success_at=START, last_success_at=START))
        pace = Pace(spacing=self.spacing, burst=self.burst)
        await self.outbox.store.write(SetPace(destination_id=key, pace=pace))

    async def step(self, sinks: list[Tallied]) -> None:
        """Let some time pass, with its events; it waits for what the rate owes these sinks."""
        begun, before = self.outbox.clock.now, len(self.day.stored_at)
        await self.day.store(self.outbox, self.share)
        for tick in range(TICKS):
            self.outbox.clock.now = begun + tick * TICK
            for sink in sinks:
                sink.tick = perf_counter()
            self.worker.wake()
            due = min(before + (tick + 1) * self.burst, len(self.day.stored_at))
            for sink in sinks:
                await sink.got(due)
            await recorded(self.outbox)  # a lease must not outlive a tick
        self.outbox.clock.now = begun + self.length

    async def recover(self, sink: Tallied) -> int:
        """Let a sink get all it lacks, never above its rate; answers in what simulated time."""
        began, had = self.outbox.clock.now, len(sink.took)
        while len(sink.took) < len(self.day.stored_at):
            self.outbox.clock.now += TICK
            self.worker.wake()
            await asyncio.sleep(0.01)
            await recorded(self.outbox)
            passed = self.outbox.clock.now - began
            assert len(sink.took) - had <= self.burst + passed // self.spacing
        return self.outbox.clock.now - began


def p99(times: Iterable[float]) -> float:
    return quantiles(times, n=100)[98]


def took(sinks: list[Tallied], since: int) -> Iterator[int]:
    return (one for sink in sinks for one in sink.took[since:])


def waited(sinks: list[Tallied], since: int) -> Iterator[float]:
    return (one for sink in sinks for one in sink.waited[since:])


def resident() -> int:
    """Read how much memory this process holds, in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _counts(connection: Connection) -> tuple[dict[str, int], int]:
    by_state = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
    states = {row[0]: row[1] for row in connection.execute(by_state)}
    return states, connection.execute(select(func.count()).select_from(attempts)).scalar_one()


@pytest.fixture
def quiet() -> Iterator[None]:
    """Tell nothing of each attempt: that would be most of what is measured."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield
    structlog.reset_defaults()


@pytest.fixture
async def healthy(
    database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Outbox]:
    """Give an outbox on a second database of the same kind."""
    if database_url.startswith("sqlite"):
        folder = tmp_path / "healthy"
        folder.mkdir()
        url = sqlite_url(folder)
    else:
        cluster: Cluster = request.getfixturevalue("postgres")
        cluster.sql("CREATE DATABASE healthy")
        url = cluster.url("healthy")
        await migrate(url)
    async with open_outbox(url) as opened:
        yield opened


async def lose_one_for_a_day(course: Course) -> None:
    """Nine get what they are owed when it is due, the tenth is only probed, memory stays."""
    *others, away = course.sinks
    for _ in range(CALM_STEPS):
        await course.step(course.sinks)
    calm, before = p99(took(others, 0)), len(away.took)
    away.otherwise, tried, memory = Reply(503), away.tried, resident()
    for _ in range(DAY // course.length):
        await course.step(others)
    probed, grown = away.tried - tried, resident() - memory
    print(f"{len(course.day.stored_at)} events, {probed} probes, {grown / 2**20:.1f} MiB more")
    assert grown < GROWS_AT_MOST
    assert probed <= probes(DAY) + LANE_SLOTS
    assert p99(took(others, before)) <= calm * SLOWER


async def have_as_many(course: Course) -> None:
    """All ten get the same day's events: both databases are as large."""
    for _ in range(CALM_STEPS + DAY // course.length):
        await course.step(course.sinks)


async def get_it_back(course: Course) -> None:
    """All that the tenth missed comes within its rate."""
    away = course.sinks[-1]
    away.otherwise = Reply()
    needed = await course.recover(away)
    print(f"made up in {needed / SECOND:.0f} s")


async def alternately(*courses: Course) -> list[float]:
    """Measure the nine in steps of each course in turn, so that a busy machine slows all alike.

    Answers for each the median of the steps' 99th percentiles, in seconds.
    """
    measured: list[list[float]] = [[] for _ in courses]
    for _ in range(ROUNDS):
        for course, found in zip(courses, measured, strict=True):
            others = course.sinks[:-1]
            before = len(others[0].waited)
            await course.step(others)
            found.append(p99(waited(others, before)))
    return [median(found) for found in measured]


@pytest.mark.usefixtures("quiet")
async def test_a_day_of_events_without_one_of_ten(outbox: Outbox) -> None:
    course = Course(outbox, share=4, length=4 * HOUR)
    async with course.working(), asyncio.timeout(60):
        await lose_one_for_a_day(course)
        await get_it_back(course)
    await everything_came_once(course)


@pytest.mark.long
@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    ("database_url", "share"), [("sqlite", 209), ("postgresql", 105)], indirect=["database_url"]
)
async def test_a_day_of_many_events_without_one_of_ten(
    outbox: Outbox, healthy: Outbox, share: int
) -> None:
    """On PostgreSQL half of the events: each commit waits for a disk that others use."""
    course, other = (Course(one, share=share, length=15 * MINUTE) for one in (outbox, healthy))
    async with course.working(), other.working(), asyncio.timeout(900):
        await lose_one_for_a_day(course)
        await have_as_many(other)
        without_one, with_all = await alternately(course, other)
        print(
            f"p99 of nine beside one that is away: {without_one * 1000:.0f} ms, beside one that is well: {with_all * 1000:.0f} ms"
        )
        assert without_one <= with_all * SLOWER
        await get_it_back(course)
    await everything_came_once(course)


async def everything_came_once(course: Course) -> None:
    """Nothing is lost, sent twice, or expired; each request has its attempt's row."""
    events = len(course.day.stored_at)
    for sink in course.sinks:
        assert len(sink.times) == events
        assert set(sink.times.values()) == {1}
    states, tries = await course.outbox.store.read(_counts)
    assert states == {"delivered": events * DESTINATIONS}
    assert tries == sum(sink.tried for sink in course.sinks)
