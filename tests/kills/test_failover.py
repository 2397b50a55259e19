"""Another server answers for PostgreSQL: a copy that is promoted, a standby that takes no writes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import aiohttp
import asyncpg
import pytest

from collector.domain.errors import StoreUnavailable
from collector.storage import postgresql
from collector.storage.captures import list_captures
from collector.storage.postgresql import PostgresDatabase
from collector.storage.probe import Probe
from collector.storage.store import Store
from tests.databases import migrate
from tests.kills.conftest import create_database, database_name
from tests.kills.reckoning import settles_without_loss
from tests.postgres import Cluster, cluster
from tools.faults.gateway import Gateway
from tools.faults.scene import Scene, open_scene

LISTENING = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'"
WITHIN_S = 60
READ_ONLY = "it takes no writes: it is read-only, or a standby"


async def ready(scene: Scene) -> tuple[int, Any]:
    """Ask the first server whether it is ready."""
    address = urljoin(scene.load.addresses[0], "/readyz")
    async with aiohttp.ClientSession() as browser, browser.get(address) as answer:
        return answer.status, await answer.json()


async def becomes(found: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(WITHIN_S):
        while not await found():
            await asyncio.sleep(0.1)


def follow(primary: Cluster, standby: Cluster | None = None) -> None:
    """Let commits wait until a standby has them, too."""
    name = "''" if standby is None else "'*'"
    primary.sql(f"ALTER SYSTEM SET synchronous_standby_names = {name}")
    primary.sql("SELECT pg_reload_conf()")


@pytest.mark.long
@pytest.mark.parametrize("lose", [Gateway.cut, Gateway.silence])
async def test_a_failover_to_a_promoted_copy_loses_no_lead_and_needs_no_restart(
    tmp_path: Path, lose: Callable[[Gateway], None]
) -> None:
    with cluster() as primary, cluster(of=primary) as standby:
        gateway = Gateway(primary)
        async with gateway.listening():
            primary.sql("CREATE DATABASE moving")
            follow(primary, standby)
            async with open_scene(tmp_path, gateway.url("moving")) as scene:
                scene.add_server("--no-worker")
                scene.add_worker()
                await scene.start()
                async with scene.load.running():
                    await scene.back()
                    await fail_over(gateway, primary, standby, lose)

                    async def refused() -> bool:
                        return READ_ONLY in str(await ready(scene))

                    await becomes(refused)
                    await asyncio.to_thread(standby.promote)
                    await scene.back()
                await becomes(lambda: listens(standby.url("moving")))
                assert await ready(scene) == (200, {"ready": True, "reasons": []})
                assert scene.load.refused["503"] > 0
                await settles_without_loss(scene)


async def fail_over(
    gateway: Gateway, primary: Cluster, standby: Cluster, lose: Callable[[Gateway], None]
) -> None:
    """Lose the primary; the copy, which takes no writes yet, answers at its address."""
    gateway.move(None)
    lose(gateway)
    await asyncio.to_thread(primary.stop, "immediate")
    gateway.move(standby)


async def listens(url: str) -> bool:
    """Whether somebody is told of news here."""
    connection = await asyncpg.connect(url)
    try:
        return bool(await connection.fetchval(LISTENING))
    finally:
        await connection.close()


async def test_a_database_that_became_read_only_refuses_leads_until_it_takes_writes_again(
    postgres: Cluster, postgres_scene: Scene
) -> None:
    scene = postgres_scene
    name = database_name(scene.site.database_url)
    end = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    )
    scene.add_server()
    await scene.start()
    await scene.load.send(1)
    postgres.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    postgres.sql(end)
    async with aiohttp.ClientSession() as browser:

        async def refused() -> bool:
            lead = {"email": "ada@example.com"}
            async with browser.post(scene.load.addresses[0], json=lead) as answer:
                said = await answer.json()
                assert answer.status == 503, said
                assert int(answer.headers["Retry-After"]) > 0
                return READ_ONLY in said["error"]

        await becomes(refused)
    status, said = await ready(scene)
    assert (status, said["ready"]) == (503, False)
    assert READ_ONLY in said["reasons"][0]
    postgres.sql(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    await scene.load.send(1)
    await settles_without_loss(scene)


@asynccontextmanager
async def behind(gateway: Gateway, name: str) -> AsyncIterator[Store]:
    """Open a store that knows its database by the gateway's address, and is impatient."""
    async with gateway.listening():
        store = Store(PostgresDatabase(gateway.url(name), answer_s=0.5))
        try:
            yield store
        finally:
            await store.close()


async def test_a_server_that_falls_silent_is_given_up_by_writer_readers_and_listener(
    postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    for constant in ("LISTEN_AGAIN_S", "LISTEN_CHECK_S", "CONNECT_S", "CLOSE_S"):
        monkeypatch.setattr(postgresql, constant, 0.2)
    url = create_database(postgres)
    await migrate(url)
    gateway = Gateway(postgres)
    woken = asyncio.Event()
    async with behind(gateway, database_name(url)) as store, store.database.news(woken.set):
        await store.write(Probe())
        await asyncio.gather(*[store.read(list_captures) for _ in range(6)])
        await becomes(lambda: listens(url))

        gateway.silence()
        gateway.move(None)
        lost = await asyncio.gather(
            store.write(Probe()), store.read(list_captures), return_exceptions=True
        )
        assert [type(one) for one in lost] == [StoreUnavailable, StoreUnavailable]

        gateway.move(postgres)
        await store.write(Probe())
        assert await store.read(list_captures) == []

        async def hears() -> bool:
            postgres.sql("NOTIFY collector_news", database_name(url))
            return woken.is_set()

        await becomes(hears)
