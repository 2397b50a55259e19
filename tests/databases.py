"""The databases that tests run on: addresses, and how a test names the one that it is about."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import create_engine

from collector.storage import migration, schema
from collector.storage.store import open_database
from collector.storage.tables import metadata
from tests.postgres import Cluster

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what only a file does; every other test runs on both."""


def sqlite_url(folder: Path) -> str:
    """Write the address of a file in a folder."""
    return f"sqlite:///{folder / 'collector.db'}"


def new_sqlite(folder: Path) -> str:
    """Place an empty file of this version's schema, as a copy: migrating takes ten times as long.

    A file that is there already stays as it is.
    """
    file = folder / "collector.db"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(_migrated())
    return sqlite_url(folder)


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        engine = create_engine(sqlite_url(Path(folder)))
        with engine.begin() as connection:
            migration.upgrade(connection)
        engine.dispose()
        return (Path(folder) / "collector.db").read_bytes()


class Reused:
    """A database of a cluster that is emptied for each test: five times quicker than a new one."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        cluster.sql("CREATE DATABASE reused")
        asyncio.run(migrate(cluster.url("reused")))

    def emptied(self) -> str:
        """Delete every row, and count from 1 again; answers the address."""
        rows = [f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)]
        self._cluster.sql("; ".join([*rows, "ALTER SEQUENCE deliveries_id_seq RESTART"]), "reused")
        return self._cluster.url("reused")


async def migrate(url: str) -> None:
    """Bring a database to the schema of this version."""
    database = open_database(url)
    await database.transact([schema.Upgrade()])
    await database.close()
