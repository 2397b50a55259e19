"""Versions N-1 and N at work on one database: the older one's statements go on working.

A migration only adds: tables, and columns that may be left out. Of the older version's statements
the ones of the first release's worker stand here as they were sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from collector.domain.delivery import Outcome, OutcomeKind
from collector.domain.lane import Lane, Try
from collector.storage import migration
from collector.storage.claims import Claim, Turn
from collector.storage.leases import LEASE, Claimed, Ended
from collector.storage.store import open_database
from collector.storage.tables import attempts
from tests.databases import sqlite_url
from tests.outbox import START, Outbox
from tests.postgres import Cluster

URL = "https://hooks.example.com/in"
OK = Outcome(kind=OutcomeKind.OK, reason="ok", http_status=200)
OLD_CLAIM = """
    UPDATE deliveries SET state='leased', lease_token=:token, lease_until=:until,
        attempts=attempts + 1, first_try_at=coalesce(first_try_at, :now), body=:body
    WHERE state='ready' AND destination_id=:lane AND id=(
        SELECT min(deliveries.id) FROM deliveries
        JOIN destinations ON destinations.id = deliveries.destination_id
        WHERE deliveries.state = 'ready' AND deliveries.next_at <= :now
            AND destinations.state = 'active' AND destinations.resume_at IS NULL)
"""
OLD_START = """
    INSERT INTO attempts (delivery_id, number, generation, started_at)
    SELECT id, attempts, generation, :now FROM deliveries WHERE lease_token=:token
"""
OLD_END = """
    UPDATE attempts SET ended_at=:now, outcome='ok', reason='ok', http_status=200, latency_ms=1,
        excerpt='' WHERE ended_at IS NULL
"""
OLD_MOVE = """
    UPDATE deliveries SET state='delivered', reason=NULL, step=0, next_at=:now, last_outcome='ok',
        delivered_at=:now, lease_token=NULL, lease_until=NULL WHERE lease_token=:token
"""
OLD_LANE = """
    UPDATE destinations SET state='active', reason=NULL, held_at=NULL, resume_at=NULL, failures=0,
        refusals=0, first_success_at=:now, last_success_at=:now WHERE id=:lane
"""


@dataclass(frozen=True)
class Statements:
    """Statements as an older version sends them."""

    texts: Sequence[str]
    values: dict[str, Any]

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Statements]) -> Sequence[list[int]]:
        return [
            [connection.execute(text(one), write.values).rowcount for one in write.texts]
            for write in writes
        ]


def old(key: str, *texts: str) -> Statements:
    values = {"token": "old", "now": START, "until": START + LEASE, "lane": key, "body": "{}"}
    used = {name: value for name, value in values.items() if any(f":{name}" in t for t in texts)}
    return Statements(texts, used)


async def claim(outbox: Outbox, key: str) -> list[Claimed]:
    wish = Claim(
        destination_id=key, changed_at=START, probe=False, limit=8, render=lambda _: b"{}"
    )
    done = await outbox.store.write(Turn(token="new", now=START, claims=[wish]))
    claimed: list[Claimed] = done.claimed[0]
    return claimed


@pytest.fixture
async def key(outbox: Outbox) -> str:
    return await outbox.add_destination(url=URL)


async def test_a_worker_of_each_version_delivers_its_own_share(outbox: Outbox, key: str) -> None:
    await outbox.add_events(2)
    await outbox.store.write(old(key, OLD_CLAIM, OLD_START))
    [mine] = await claim(outbox, key)
    assert mine.delivery_id == 2
    await outbox.store.write(old(key, OLD_END, OLD_MOVE, OLD_LANE))
    told = Try(outcome=OK, started_at=START, now=START, first_try_at=START)
    ended = [Ended(claimed=mine, attempt=told)]
    assert (await outbox.store.write(Turn(token="-", now=START, ended=ended))).kept == [True]
    assert await outbox.states() == ["delivered", "delivered"]
    assert [row["number"] for row in await outbox.rows(attempts)] == [1, 1]


async def test_the_older_worker_does_not_take_what_the_newer_one_holds(
    outbox: Outbox, key: str
) -> None:
    await outbox.add_event()
    await claim(outbox, key)
    assert await outbox.store.write(old(key, OLD_CLAIM)) == [0]


async def test_the_older_worker_leaves_what_only_the_newer_one_knows_of_a_lane(
    outbox: Outbox, key: str
) -> None:
    await outbox.set_lane(key, Lane(learnt_spacing=7, empty_at=START, failures=3))
    await outbox.store.write(old(key, OLD_LANE))
    after = await outbox.lane(key)
    assert (after.learnt_spacing, after.empty_at, after.failures) == (7, START, 0)


# ---- the rule --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Climb:
    """Go up from nothing, revision by revision; tells how the tables stood at each."""

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Climb]) -> Sequence[list[Any]]:
        del writes
        stood = []
        for revision in _revisions():
            migration.upgrade(connection, revision)
            stood.append(_tables(connection))
        return [stood]


def _revisions() -> Iterator[str]:
    scripts = ScriptDirectory.from_config(migration.config())
    for script in reversed(list(scripts.walk_revisions())):
        yield script.revision


def _tables(connection: Connection) -> dict[str, dict[str, tuple[str, bool]]]:
    """Read each table's columns: the type, and whether a statement may leave it out."""
    found = inspect(connection)
    return {
        table: {
            column["name"]: (
                str(column["type"]),
                column["nullable"] or column["default"] is not None,
            )
            for column in found.get_columns(table)
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a database without tables."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    cluster.sql("CREATE DATABASE climbed")
    yield cluster.url("climbed")
    cluster.sql("DROP DATABASE climbed")


async def test_a_migration_only_adds_what_older_statements_may_leave_out(
    empty_url: str,
) -> None:
    database = open_database(empty_url)
    [stood] = await database.transact([Climb()])
    await database.close()
    assert len(stood) >= 4
    for before, after in pairwise(stood):
        for table, columns in before.items():
            added = {name: new for name, new in after[table].items() if name not in columns}
            assert columns.items() <= after[table].items(), table
            assert all(may_lack for _, may_lack in added.values()), (table, added)
