"""Tests that ask for `database_url`, or for what stands on it, run on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.databases import Reused, sqlite_url
from tests.outbox import Outbox, open_outbox
from tests.postgres import Cluster, cluster


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


@pytest.fixture(scope="session")
def reused(postgres: Cluster) -> Reused:
    return Reused(postgres)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of an empty database."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    database: Reused = request.getfixturevalue("reused")
    return database.emptied()


@pytest.fixture
async def outbox(database_url: str) -> AsyncIterator[Outbox]:
    async with open_outbox(database_url) as opened:
        yield opened
