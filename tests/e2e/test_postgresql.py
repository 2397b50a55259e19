"""Several processes on one PostgreSQL: servers, delivery workers, commands beside them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import aiohttp
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Connection, select

from collector.domain.pace import LANE_SLOTS
from collector.storage.captures import CreateCapture
from collector.storage.store import open_store
from collector.storage.tables import deliveries
from tests.databases import migrate
from tests.installation import new_capture
from tests.postgres import Cluster
from tests.serving import START_S, Collector, working
from tests.sink import Reply, Sink

LEADS = 200
SENDERS = 20

OBEYED_WITHIN_S = 5
"""A second by design; a busy machine may take longer to ask."""


def empty(postgres: Cluster, folder: Path) -> Collector:
    """Make an empty database, and settings for it."""
    postgres.sql(f"CREATE DATABASE {folder.name}")
    settings = {
        "database_url": postgres.url(folder.name),
        "secret_keys": "s" * 40,
        "encryption_keys": Fernet.generate_key().decode(),
        "rate_limit": "0",
    }
    return Collector(data_dir=folder, settings=settings)


async def install(postgres: Cluster, folder: Path) -> Collector:
    """Make a database with its schema."""
    collector = empty(postgres, folder)
    await migrate(collector.settings["database_url"])
    return collector


async def add_capture(collector: Collector, sink: Sink) -> str:
    """Create a capture whose leads go to a sink."""
    source_id = await collector.create_capture("https://www.example.com")
    await collector.json(
        *("destination", "create", "webhook", "--name", "Sink"),
        *("--set", f"url={sink.url}", "--capture", source_id),
    )
    return source_id


async def post_leads(collector: Collector, source_id: str) -> None:
    async with aiohttp.ClientSession() as browser:

        async def post(number: int) -> None:
            url = f"{collector.base}/f/{source_id}"
            async with browser.post(url, json={"number": number}) as answer:
                assert answer.status == 200, await answer.text()

        await asyncio.gather(*[post(number) for number in range(LEADS)])


async def test_two_servers_and_two_workers_deliver_every_lead_once(
    postgres: Cluster, tmp_path: Path
) -> None:
    collector = empty(postgres, tmp_path)
    await collector.cli("capture", "list", code=1)
    assert "collector migrate" in collector.said
    await collector.cli("migrate")
    async with Sink() as sink:
        source_id = await add_capture(collector, sink)
        await collector.start("--workers", "2", "--no-worker")
        try:
            async with working(collector, 2) as workers:
                await post_leads(collector, source_id)
                async with asyncio.timeout(30):
                    await sink.wait_for(LEADS)
                for process in workers:
                    process.terminate()
                    await process.communicate()
                    assert process.returncode == 0
        finally:
            assert await collector.stop() == 0
        times = Counter(one.headers["webhook-id"] for one in sink.received)
        assert len(times) == LEADS
        assert set(times.values()) == {1}


async def post_until_nobody_listens(
    collector: Collector, source_id: str, stored: list[int], enough: asyncio.Event
) -> None:
    """Post one lead after another; notes which were answered as stored."""
    numbers = count()

    async def post(browser: aiohttp.ClientSession) -> None:
        url = f"{collector.base}/f/{source_id}"
        for number in numbers:
            try:
                async with browser.post(url, json={"number": number}) as answer:
                    assert answer.status == 200, await answer.text()
            except aiohttp.ClientConnectionError:
                return
            stored.append(number)
            if len(stored) == LEADS:
                enough.set()

    async with aiohttp.ClientSession() as browser:
        await asyncio.gather(*[post(browser) for _ in range(SENDERS)])


@pytest.mark.long
async def test_two_workers_serve_and_deliver_and_end_under_load_without_losing_a_lead(
    postgres: Cluster, tmp_path: Path
) -> None:
    collector = await install(postgres, tmp_path)
    answer, enough = asyncio.Event(), asyncio.Event()
    stored: list[int] = []
    async with Sink(otherwise=Reply(until=answer)) as sink:
        source_id = await add_capture(collector, sink)
        await collector.start("--workers", "2")
        posting = asyncio.create_task(
            post_until_nobody_listens(collector, source_id, stored, enough)
        )
        async with asyncio.timeout(30):
            await enough.wait()
        await sink.wait_for(LANE_SLOTS)  # they hold over all processes
        answer.set()
        await sink.wait_for(3 * LANE_SLOTS)
        assert await collector.stop() == 0
        await posting
    assert "Traceback" not in "".join(collector.log)
    listed = await collector.json("event", "list", "--limit", "100000")
    found = Counter(event["fields"]["number"] for event in listed)
    assert set(stored) <= set(found)
    owed = await collector.json("delivery", "list", "--limit", "100000")
    states = Counter(delivery["state"] for delivery in owed)
    assert set(states) <= {"ready", "delivered"}
    assert states["delivered"] == len(sink.received) == len({one.body for one in sink.received})


@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("work",)], ids=" ".join)
async def test_a_database_that_may_forget_a_commit_is_refused(
    postgres: Cluster, tmp_path: Path, command: tuple[str, ...]
) -> None:
    collector = await install(postgres, tmp_path)
    postgres.sql(f"ALTER DATABASE {tmp_path.name} SET synchronous_commit = off")
    await collector.cli(*command, code=1)
    assert "synchronous_commit=off" in collector.said
    assert "Traceback" not in collector.said


@dataclass(frozen=True)
class Reached:
    """A connection that one process of a server has taken, and answers until it ends."""

    base: str
    browser: aiohttp.ClientSession

    async def views(self, source_id: str) -> int:
        """Report a page view; answers the status."""
        view = {"source_id": source_id, "url": "https://www.example.com/"}
        async with self.browser.post(f"{self.base}/t", json=view) as answer:
            await answer.read()
            return answer.status

    async def counts(self) -> bytes:
        """Read the counters of the process."""
        async with self.browser.get(f"{self.base}/metrics") as answer:
            return await answer.read()

    async def stores(self, source_id: str) -> str:
        """Post a lead; answers its id."""
        async with self.browser.post(f"{self.base}/f/{source_id}", json={"a": 1}) as answer:
            stored: str = (await answer.json())["id"]
            return stored


async def reach(base: str, processes: int, known: str, stack: AsyncExitStack) -> list[Reached]:
    """Connect until each process behind a port has taken a connection: their counters differ."""
    async with asyncio.timeout(START_S):
        while True:
            made = [Reached(base, aiohttp.ClientSession()) for _ in range(2**processes)]
            for one in made:
                stack.push_async_callback(one.browser.close)
            await asyncio.gather(*[one.counts() for one in made])
            assert await made[0].views(known) == 200
            found = dict(zip([await one.counts() for one in made], made, strict=True))
            if len(found) == processes:
                return list(found.values())


@pytest.mark.long
async def test_workers_end_with_the_process_that_began_them(
    postgres: Cluster, tmp_path: Path
) -> None:
    collector = await install(postgres, tmp_path)
    known = await collector.create_capture("https://www.example.com")
    await collector.start("--workers", "2", "--no-worker")
    async with AsyncExitStack() as stack:
        await reach(collector.base, 2, known, stack)
    async with asyncio.timeout(START_S):
        await collector.kill()  # it has ended once nobody can write its log any more
    await collector.start("--no-worker")
    assert await collector.stop() == 0


async def obeyed(judgements: Sequence[Callable[[], Awaitable[bool]]]) -> None:
    """Wait until every process judges by the newest capture."""
    async with asyncio.timeout(OBEYED_WITHIN_S):
        while not all(await asyncio.gather(*[judges() for judges in judgements])):
            pass


@pytest.mark.long
async def test_captures_changed_by_commands_are_obeyed_by_every_process_of_every_server(
    postgres: Cluster, tmp_path: Path
) -> None:
    collector = await install(postgres, tmp_path)
    async with AsyncExitStack() as stack:
        sink = await stack.enter_async_context(Sink())
        store = await open_store(collector.settings["database_url"])
        stack.push_async_callback(store.close)
        known = new_capture()
        await store.write(CreateCapture(capture=known))
        everywhere: list[Reached] = []
        for processes in (1, 2):
            server = Collector(data_dir=tmp_path, settings=collector.settings)
            await server.start("--no-worker", "--workers", str(processes))
            stack.push_async_callback(server.stop)
            everywhere += await reach(server.base, processes, known.source_id, stack)

        async def viewed(status: int, by: Reached) -> bool:
            return await by.views(source_id) == status

        async def owed(state: str, by: Reached) -> bool:
            return await store.read(states_of, await by.stores(source_id)) == [state]

        source_id = await add_capture(collector, sink)
        await obeyed([partial(viewed, 200, one) for one in everywhere])
        for command, state in (("pause", "held"), ("resume", "ready")):
            await collector.cli("capture", command, source_id)
            await obeyed([partial(owed, state, one) for one in everywhere])
        await collector.cli("capture", "archive", source_id)
        await obeyed([partial(viewed, 404, one) for one in everywhere])


def states_of(connection: Connection, event: str) -> list[str]:
    """Read the states of an event's deliveries."""
    found = connection.execute(select(deliveries.c.state).where(deliveries.c.event == event))
    return list(found.scalars())
