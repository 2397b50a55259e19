from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from collector.domain.errors import StoreMisconfigured, StoreUnavailable
from collector.storage.captures import list_captures
from collector.storage.probe import Probe
from collector.storage.store import open_store
from tests.databases import Reused
from tests.outbox import Outbox
from tests.postgres import Cluster

DEADLINE_S = 10
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def setting(postgres: Cluster) -> Iterator[Callable[[str], None]]:
    """Weaken a setting of the whole cluster; it is as it was afterwards."""

    def weaken(name: str) -> None:
        postgres.sql(f"ALTER SYSTEM SET {name} = off")
        postgres.sql("SELECT pg_reload_conf()")

    yield weaken
    postgres.sql("ALTER SYSTEM RESET ALL")
    postgres.sql("SELECT pg_reload_conf()")


@pytest.mark.parametrize("name", ["fsync", "synchronous_commit", "full_page_writes"])
async def test_a_cluster_that_could_lose_a_commit_is_refused(
    reused: Reused, setting: Callable[[str], None], name: str
) -> None:
    setting(name)
    with pytest.raises(StoreMisconfigured, match=f"{name}=off: leads could be lost"):
        await open_until_refused(reused.emptied())


async def open_until_refused(url: str) -> None:
    """Open again and again: a reload reaches new connections a moment later."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            await (await open_store(url)).close()


async def test_an_address_that_leads_nowhere_is_told_in_a_sentence(
    reused: Reused, postgres: Cluster
) -> None:
    with pytest.raises(StoreUnavailable, match="no database of this name"):
        await open_store(postgres.url("nowhere"))
    with pytest.raises(StoreUnavailable, match="does not let this user in"):
        await open_store(reused.emptied().replace("postgres@", "stranger@"))


async def test_a_user_without_rights_is_told_which(reused: Reused, postgres: Cluster) -> None:
    postgres.sql("CREATE ROLE guest LOGIN")
    try:
        with pytest.raises(StoreUnavailable, match="let the database be its own"):
            await open_store(reused.emptied().replace("postgres@", "guest@"))
    finally:
        postgres.sql("DROP ROLE guest")


@ON_POSTGRESQL
async def test_a_lost_connection_answers_unavailable_and_the_next_write_opens_another(
    outbox: Outbox, postgres: Cluster
) -> None:
    ours = "datname = 'reused' AND pid <> pg_backend_pid()"
    postgres.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}")
    with pytest.raises(StoreUnavailable):
        await outbox.store.write(Probe())
    await outbox.store.write(Probe())
    assert len(await outbox.store.read(list_captures)) == 1


@ON_POSTGRESQL
async def test_what_another_process_stores_wakes(outbox: Outbox, database_url: str) -> None:
    woken = asyncio.Event()
    beside = await open_store(database_url)
    async with beside.database.news(woken.set), asyncio.timeout(DEADLINE_S):
        while not woken.is_set():  # until it listens nothing is heard
            await outbox.add_event()
    await beside.close()
