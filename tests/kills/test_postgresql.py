"""PostgreSQL itself fails: stopped hard, its backends ended, cut off at the COMMIT, locked up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest
from sqlalchemy import Connection

from collector.domain.errors import StoreUnavailable
from collector.storage.destinations import ChangeLane
from collector.storage.tables import events
from tests.kills.conftest import create_database, database_name
from tests.kills.reckoning import settles_without_loss
from tests.outbox import START, Outbox
from tests.postgres import Cluster
from tools.faults.campaign import crash
from tools.faults.proxy import CommitProxy, Cut
from tools.faults.scene import Scene, open_scene

END_OWN_BACKEND = "SELECT pg_terminate_backend(pg_backend_pid())"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
END_BACKENDS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
)


async def test_a_database_that_crashes_under_load_costs_no_lead_and_no_restart(
    postgres: Cluster, postgres_scene: Scene
) -> None:
    scene = postgres_scene
    scene.add_server()
    await scene.start()
    async with scene.load.running():
        for _ in range(2):
            await scene.back()
            await crash(postgres)
        await scene.back()
        for _ in range(3):
            await asyncio.to_thread(postgres.sql, END_BACKENDS)
            await scene.back()
    assert scene.load.refused["503"] > 0
    await settles_without_loss(scene)


async def test_a_connection_lost_at_the_commit_is_never_answered_as_success(
    postgres: Cluster, tmp_path: Path
) -> None:
    proxy = CommitProxy(postgres.folder)
    database_url = create_database(postgres)
    async with (
        proxy.listening(tmp_path),
        open_scene(tmp_path, database_url) as scene,
        aiohttp.ClientSession() as browser,
    ):
        by_proxy = database_url.replace(str(postgres.folder), str(tmp_path))
        scene.site.settings["database_url"] = by_proxy
        scene.add_server("--no-worker")
        await scene.start()
        for number, cut in enumerate(Cut):
            lead = {"_event_id": cut.name, "email": "ada@example.com"}
            proxy.cut = cut
            status, answer = await post(browser, scene.load.addresses[0], lead)
            assert (status, answer["code"]) == (503, "store_unavailable"), answer
            assert proxy.cuts == number + 1
            kept = [row["id"] for row in await scene.site.rows(events)]
            assert len(kept) == number + (cut is Cut.AFTER)

            status, answer = await post(browser, scene.load.addresses[0], lead)
            assert status == 200
            rows = {row["event_id"]: row["id"] for row in await scene.site.rows(events)}
            assert rows[cut.name] == answer["id"]
            assert len(rows) == number + 1
            if cut is Cut.AFTER:
                assert answer["id"] in kept
        assert scene.programs[0].complaints() == []


UNWILLING = {
    "a lock that is not given": "lock_timeout = '50ms'",
    "a statement that takes too long": "statement_timeout = '50ms'",
}


@pytest.mark.parametrize("setting", UNWILLING.values(), ids=UNWILLING)
async def test_a_lead_that_the_database_would_not_take_in_time_may_come_again(
    postgres: Cluster, postgres_scene: Scene, setting: str
) -> None:
    site = postgres_scene.site
    postgres.sql(f"ALTER DATABASE {database_name(site.database_url)} SET {setting}")
    async with site.open() as store:
        outbox = Outbox(store)
        async with locked(site.database_url):
            with pytest.raises(StoreUnavailable):
                await outbox.add_event(source_id=site.source_id)
        await outbox.add_event(source_id=site.source_id)
        assert len(await outbox.rows(events)) == 1


async def test_a_read_whose_connection_is_lost_takes_no_write_with_it(
    postgres_scene: Scene,
) -> None:
    site = postgres_scene.site
    async with site.open() as store:
        async with locked(site.database_url) as connection:
            writing = asyncio.create_task(Outbox(store).add_event(source_id=site.source_id))
            while not await connection.fetchval(WAITING):
                await asyncio.sleep(0)
            with pytest.raises(StoreUnavailable):
                await store.read(Connection.exec_driver_sql, END_OWN_BACKEND)
        event = await writing
        assert [row["id"] for row in await site.rows(events)] == [event.id]


async def test_transactions_given_up_for_another_one_are_done_again(
    postgres: Cluster, postgres_scene: Scene
) -> None:
    """At the strictest isolation, two writers of one table get into each other's way."""
    site = postgres_scene.site
    strict = "default_transaction_isolation = 'serializable'"
    postgres.sql(f"ALTER DATABASE {database_name(site.database_url)} SET {strict}")
    [lane] = site.destination_ids
    async with site.open() as one, site.open() as other:
        await Outbox(one).add_event(source_id=site.source_id)
        for number in range(20):
            await asyncio.gather(
                *[
                    store.write(
                        ChangeLane(destination_id=lane, state="active", now=START + number)
                    )
                    for store in (one, other)
                ]
            )


@asynccontextmanager
async def locked(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Hold a lock that no lead gets past."""
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction(isolation="read_committed"):
            await connection.execute("LOCK TABLE events")
            yield connection
    finally:
        await connection.close()


async def post(
    browser: aiohttp.ClientSession, address: str, lead: Mapping[str, str]
) -> tuple[int, Any]:
    async with browser.post(address, json=lead) as answer:
        return answer.status, await answer.json()
