"""Tests that ask for `database_url`, or for what stands on it, run on SQLite and PostgreSQL.

What a test records as a `row` is printed when all have run, wherever it ran.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from collector.delivery.sender import Sender, open_sender
from tests.databases import Reused, new_sqlite
from tests.outbox import Outbox, open_outbox
from tests.postgres import Cluster, cluster
from tests.workers import LOOPBACK

ROW = "row"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the rows that tests have recorded."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    rows = {value for one in reports for name, value in one.user_properties if name == ROW}
    for row in sorted(rows, key=str):
        terminalreporter.write_line(str(row))


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
        return new_sqlite(tmp_path)
    database: Reused = request.getfixturevalue("reused")
    return database.emptied()


@pytest.fixture
async def outbox(database_url: str) -> AsyncIterator[Outbox]:
    async with open_outbox(database_url) as opened:
        yield opened


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    async with open_sender([LOOPBACK]) as opened:
        yield opened
