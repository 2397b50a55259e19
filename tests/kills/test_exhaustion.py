"""PostgreSQL has no connection left, or the readers' pool has none: a short wait, then 503."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import asyncpg
import pytest
from sqlalchemy import Connection

from collector.domain.errors import StoreUnavailable
from collector.storage.postgresql import MORE_READERS, READERS, PostgresDatabase
from tests.kills.conftest import create_database, database_name
from tests.kills.reckoning import settles_without_loss
from tests.postgres import Cluster, cluster
from tools.faults.scene import open_scene

CONNECTIONS = 12
TAKEN = "all connections that it allows are taken"
END_THEIRS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
THEIRS = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1"
IN_THE_WAY = "SELECT pg_sleep(60)"
WITHIN_S = 30


@pytest.fixture(scope="module")
def narrow() -> Iterator[Cluster]:
    """Run a cluster that allows few connections."""
    with cluster(max_connections=CONNECTIONS) as running:
        yield running


@asynccontextmanager
async def greed(running: Cluster, own: str) -> AsyncIterator[None]:
    """Take every connection that there is, those to the database `own` included."""
    async with AsyncExitStack() as stack:
        first = await asyncpg.connect(running.url("postgres"))
        stack.push_async_callback(first.close)
        async with asyncio.timeout(WITHIN_S):
            while await take_one(running, stack) or await first.fetchval(THEIRS, own):
                await first.execute(END_THEIRS, own)
        yield


async def take_one(running: Cluster, stack: AsyncExitStack) -> bool:
    """Take a connection; False when none is left."""
    try:
        taken = await asyncpg.connect(running.url("postgres"))
    except asyncpg.TooManyConnectionsError:
        return False
    stack.push_async_callback(taken.close)
    return True


@pytest.mark.long
@pytest.mark.parametrize("command", [("serve", "--no-worker"), ("work",)], ids=" ".join)
async def test_a_start_without_a_connection_left_ends_and_says_so(
    narrow: Cluster, tmp_path: Path, command: tuple[str, ...]
) -> None:
    async with open_scene(tmp_path, create_database(narrow)) as scene:
        program = scene.site.program(*command)
        async with greed(narrow, database_name(scene.site.database_url)):
            await program.start(until_ready=False)
            assert await program.died() == 1
        said = "".join(program.said)
        assert TAKEN in said
        assert "Traceback" not in said


async def test_leads_are_refused_while_others_hold_every_connection_and_taken_afterwards(
    narrow: Cluster, tmp_path: Path
) -> None:
    async with open_scene(tmp_path, create_database(narrow)) as scene:
        scene.add_server()
        await scene.start()
        own = database_name(scene.site.database_url)
        async with scene.load.running(senders=4):
            await scene.back()
            async with (
                greed(narrow, own),
                aiohttp.ClientSession() as browser,
                asyncio.timeout(WITHIN_S),
            ):
                while not await is_refused(browser, scene.load.addresses[0]):
                    pass
            await scene.back()
        await settles_without_loss(scene)


async def is_refused(browser: aiohttp.ClientSession, address: str) -> bool:
    """Post a lead; whether it is told that no connection is left."""
    async with browser.post(address, json={"email": "ada@example.com"}) as answer:
        said = await answer.json()
        assert answer.status in (200, 503), said
        assert answer.ok or int(answer.headers["Retry-After"]) > 0
        return TAKEN in said.get("error", "")


async def test_readers_beyond_the_pool_wait_a_little_and_are_then_refused(
    postgres: Cluster,
) -> None:
    database = PostgresDatabase(create_database(postgres), free_s=0.2)
    slow = [
        asyncio.create_task(database.read(Connection.exec_driver_sql, IN_THE_WAY))
        for _ in range(READERS + MORE_READERS)
    ]
    try:
        async with asyncio.timeout(WITHIN_S):
            await refused(database)
    finally:
        for reading in slow:
            reading.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
    await database.read(Connection.exec_driver_sql, "SELECT 1")
    await database.close()


async def refused(database: PostgresDatabase) -> None:
    """Read until the pool is empty."""
    try:
        while True:
            await database.read(Connection.exec_driver_sql, "SELECT 1")
    except StoreUnavailable as error:
        assert "more is waiting to be read" in str(error)  # noqa: PT017  (a loop until it happens)
