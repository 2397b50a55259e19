"""The same behaviour on every database: each test of this folder runs on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest

from collector.storage import schema
from collector.storage.store import Store, open_database, open_store
from tests.postgres import Cluster, cluster

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'collector.db'}"
    running: Cluster = request.getfixturevalue("postgres")
    name = f"t{next(_numbers)}"
    running.sql(f"CREATE DATABASE {name}")
    return running.url(name)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    database = open_database(database_url)
    await database.transact([schema.Upgrade()])
    await database.close()
    opened = await open_store(database_url)
    yield opened
    await opened.close()
