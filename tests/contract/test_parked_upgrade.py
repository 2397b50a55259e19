"""An upgrade with deliveries parked: each goes on by its schedule, in the new version."""

from __future__ import annotations

import asyncio
from ipaddress import ip_network
from pathlib import Path
from random import Random

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, insert

from collector.delivery.sender import open_sender
from collector.delivery.worker import Worker
from collector.domain.lane import Lane
from collector.domain.times import HOUR
from collector.storage import migration, schema
from collector.storage.sqlite import create_sqlite_engine
from collector.storage.store import open_store
from collector.storage.tables import captures, deliveries, destinations, events, metadata
from tests.databases import ON_SQLITE, sqlite_url
from tests.outbox import START, Outbox
from tests.sink import Reply, Sink

PARKED = 10
HELD = (captures, destinations, events, deliveries)
EARLIER = [
    script.revision
    for script in ScriptDirectory.from_config(migration.config()).walk_revisions()
    if script.revision != schema.HEAD
]


async def put_back(outbox: Outbox, folder: Path, revision: str) -> None:
    """Make a file as an earlier version left it, with the same rows in it."""
    engine = create_sqlite_engine(folder / "collector.db")
    with engine.begin() as connection:
        migration.upgrade(connection, revision)
        found = MetaData()
        found.reflect(connection)
        for table in (table for table in metadata.sorted_tables if table in HELD):
            earlier = found.tables[table.name]
            for row in await outbox.rows(table):
                known = {name: value for name, value in row.items() if name in earlier.columns}
                connection.execute(insert(earlier).values(known))
    engine.dispose()


@ON_SQLITE
@pytest.mark.parametrize("revision", EARLIER)
async def test_what_an_earlier_version_had_parked_is_delivered_by_this_one(
    outbox: Outbox, tmp_path: Path, revision: str
) -> None:
    folder = tmp_path / "earlier"
    folder.mkdir()
    async with Sink(otherwise=Reply()) as sink, open_sender([ip_network("127.0.0.0/8")]) as sender:
        key = await outbox.add_destination(url=sink.url)
        await outbox.set_lane(key, Lane(first_success_at=START, last_success_at=START))
        stored = await outbox.add_events(PARKED)
        await put_back(outbox, folder, revision)
        upgraded = Outbox(await open_store(sqlite_url(folder)), registry=outbox.registry)
        upgraded.clock.now = START + HOUR
        worker = Worker(upgraded.store, upgraded.registry, sender, upgraded.clock, Random(1))
        running = asyncio.create_task(worker.run())
        await sink.wait_for(PARKED)
        worker.stop()
        await running
        assert await upgraded.states() == ["delivered"] * PARKED
        await upgraded.store.close()
    assert {received.headers["webhook-id"] for received in sink.received} == {
        event.id for event in stored
    }
