"""The writer's transaction meets another one: a deadlock, a conflict, a lock that is not given."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import asyncpg
import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from collector.domain.errors import StoreUnavailable
from collector.storage.postgresql import TRIES
from collector.storage.tables import deliveries, events
from tests.kills.conftest import database_name
from tests.outbox import Outbox
from tests.postgres import Cluster
from tools.faults.scene import Scene

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
LOCK = "UPDATE {} SET name = name"
WITHIN_S = 30


@dataclass(frozen=True)
class Touch:
    """Lock the rows of one table after another, and note how often that was begun."""

    passes: ClassVar[list[str]] = []

    tables: tuple[str, ...]

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Touch]) -> Sequence[None]:
        for table in (table for write in writes for table in write.tables):
            cls.passes.append(table)
            connection.exec_driver_sql(LOCK.format(table))
        return [None] * len(writes)


@dataclass(frozen=True)
class Fail:
    """Fail as PostgreSQL says with an SQLSTATE, so many times."""

    passes: ClassVar[list[str]] = []

    state: str
    times: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Fail]) -> Sequence[None]:
        for write in writes:
            cls.passes.append(write.state)
            if len(cls.passes) <= write.times:
                raised = f"RAISE EXCEPTION 'on purpose' USING ERRCODE = '{write.state}'"
                connection.exec_driver_sql(f"DO $$ BEGIN {raised}; END $$")
        return [None] * len(writes)


@dataclass(frozen=True)
class Spoil:
    """Break a rule of the schema: a row without what it needs."""

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Spoil]) -> Sequence[None]:
        connection.exec_driver_sql("INSERT INTO captures (source_id) VALUES ('half')")
        return [None] * len(writes)


@pytest.fixture(autouse=True)
def _from_the_start() -> None:
    Touch.passes.clear()
    Fail.passes.clear()


async def test_a_deadlock_is_resolved_by_doing_the_transaction_again_and_stores_nothing_twice(
    postgres: Cluster, postgres_scene: Scene
) -> None:
    """Two transactions lock two tables' rows in opposite order; the collector's is the victim."""
    site = postgres_scene.site
    name = database_name(site.database_url)
    postgres.sql(f"ALTER DATABASE {name} SET deadlock_timeout = '20ms'")
    async with site.open() as store:
        outbox = Outbox(store)
        order = ("destinations", "captures")
        other = await asyncpg.connect(site.database_url)
        await other.execute("SET deadlock_timeout = '1min'")
        async with asyncio.timeout(WITHIN_S):
            async with other.transaction():
                await other.execute(LOCK.format("captures"))
                storing = asyncio.create_task(outbox.add_event(source_id=site.source_id))
                touching = store.write(Touch(order))
                while not await other.fetchval(WAITING):
                    await asyncio.sleep(0)
                await other.execute(LOCK.format("destinations"))
            await touching
            event = await storing
        await other.close()
        assert Touch.passes[:3] == [*order, order[0]]
        assert [row["id"] for row in await outbox.rows(events)] == [event.id]
        assert len(await outbox.rows(deliveries)) == 1


CONFLICTS = {"serialization failure": "40001", "deadlock": "40P01"}
UNWILLING = {
    "lock not available": "55P03",
    "query cancelled": "57014",
    "shutting down": "57P01",
    "disk full": "53100",
    "out of memory": "53200",
}


@pytest.mark.parametrize("state", CONFLICTS.values(), ids=CONFLICTS)
async def test_what_was_given_up_for_another_transaction_is_done_again(
    postgres_scene: Scene, state: str
) -> None:
    async with postgres_scene.site.open() as store:
        outbox = Outbox(store)
        failing = store.write(Fail(state, TRIES - 1))
        event = await outbox.add_event(source_id=postgres_scene.site.source_id)
        await failing
        assert len(Fail.passes) == TRIES
        assert [row["id"] for row in await outbox.rows(events)] == [event.id]


@pytest.mark.parametrize("state", CONFLICTS.values(), ids=CONFLICTS)
async def test_it_is_done_again_five_times_at_most(postgres_scene: Scene, state: str) -> None:
    async with postgres_scene.site.open() as store:
        with pytest.raises(StoreUnavailable):
            await store.write(Fail(state, TRIES))
        assert len(Fail.passes) == TRIES == 5
        await store.write(Fail(state, 0))


@pytest.mark.parametrize("state", UNWILLING.values(), ids=UNWILLING)
async def test_what_the_server_is_unwilling_to_do_is_tried_once_and_may_come_again(
    postgres_scene: Scene, state: str
) -> None:
    async with postgres_scene.site.open() as store:
        with pytest.raises(StoreUnavailable):
            await store.write(Fail(state, 1))
        assert len(Fail.passes) == 1
        await store.write(Fail(state, 1))


@pytest.mark.parametrize("state", CONFLICTS.values(), ids=CONFLICTS)
async def test_an_error_stays_its_own_callers_amid_conflicts(
    postgres_scene: Scene, state: str
) -> None:
    site = postgres_scene.site
    async with site.open() as store:
        outbox = Outbox(store)
        adding = [asyncio.create_task(outbox.add_event(source_id=site.source_id)) for _ in "abc"]
        wrong = store.write(Spoil())
        conflict = store.write(Fail(state, 1))
        stored = await asyncio.gather(*adding)
        await conflict
        with pytest.raises(IntegrityError):
            await wrong
        found = await outbox.rows(events)
        assert {row["id"] for row in found} == {event.id for event in stored}
        assert len(found) == len(stored)
        assert len(await outbox.rows(deliveries)) == len(stored)
