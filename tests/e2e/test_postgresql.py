"""Several processes on one PostgreSQL: servers, delivery workers, commands beside them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count
from pathlib import Path

import aiohttp
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Connection, select

from collector.delivery.lanes import LANE_SLOTS
from collector.storage.store import open_store
from collector.storage.tables import deliveries
from tests.postgres import Cluster
from tests.serving import Collector, serving, working
from tests.sink import Reply, Sink

Judge = Callable[[str, aiohttp.ClientSession], Awaitable[bool]]

LEADS = 200
SENDERS = 20
IN_A_ROW = 20
"""So many new connections reach both processes behind one port, or one of 500,000 tests is wrong."""

OBEYED_WITHIN_S = 5
"""A second by design; a busy machine may take longer to ask."""


async def install(postgres: Cluster, folder: Path) -> Collector:
    """Make a database and its schema."""
    postgres.sql(f"CREATE DATABASE {folder.name}")
    settings = {
        "database_url": postgres.url(folder.name),
        "secret_keys": "s" * 40,
        "encryption_keys": Fernet.generate_key().decode(),
        "rate_limit": "0",
    }
    collector = Collector(data_dir=folder, settings=settings)
    await collector.cli("capture", "list", code=1)
    assert "collector migrate" in collector.said
    await collector.cli("migrate")
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
    collector = await install(postgres, tmp_path)
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
        await sink.wait_for(2 * LANE_SLOTS)  # one process alone has only half of them under way
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


async def obeyed(judges: Callable[[aiohttp.ClientSession], Awaitable[bool]]) -> None:
    """Wait until every process behind a port judges by the newest capture."""
    async with asyncio.timeout(OBEYED_WITHIN_S):
        in_a_row = 0
        while in_a_row < IN_A_ROW:
            async with aiohttp.ClientSession() as connection:
                in_a_row = in_a_row + 1 if await judges(connection) else 0


async def test_captures_changed_by_commands_are_obeyed_by_every_process_of_every_server(
    postgres: Cluster, tmp_path: Path
) -> None:
    collector = await install(postgres, tmp_path)
    store = await open_store(collector.settings["database_url"])
    async with (
        Sink() as sink,
        serving(tmp_path, "--no-worker", **collector.settings) as one,
        serving(tmp_path, "--no-worker", "--workers", "2", **collector.settings) as two,
    ):

        async def by_all(judges: Judge) -> None:
            await asyncio.gather(*[obeyed(partial(judges, server.base)) for server in (one, two)])

        async def viewed(status: int, base: str, browser: aiohttp.ClientSession) -> bool:
            view = {"source_id": source_id, "url": "https://www.example.com/"}
            async with browser.post(f"{base}/t", json=view) as answer:
                return answer.status == status

        async def owed(state: str, base: str, browser: aiohttp.ClientSession) -> bool:
            async with browser.post(f"{base}/f/{source_id}", json={"a": 1}) as answer:
                event = (await answer.json())["id"]
            [found] = await store.read(states_of, event)
            return found == state

        source_id = await add_capture(collector, sink)
        await by_all(partial(viewed, 200))
        for command, state in (("pause", "held"), ("resume", "ready")):
            await collector.cli("capture", command, source_id)
            await by_all(partial(owed, state))
        await collector.cli("capture", "archive", source_id)
        await by_all(partial(viewed, 404))
    await store.close()


def states_of(connection: Connection, event: str) -> list[str]:
    """Read the states of an event's deliveries."""
    found = connection.execute(select(deliveries.c.state).where(deliveries.c.event == event))
    return list(found.scalars())
