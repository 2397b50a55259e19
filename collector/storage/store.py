"""The store: one interface over a database, for everything above it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from collector.storage import schema
from collector.storage.probe import Probe
from collector.storage.sqlite import SqliteDatabase
from collector.storage.writer import Write, Writer

Result = TypeVar("Result")
SQLITE_PREFIX = "sqlite:///"


class Database(Protocol):
    """What a dialect file provides."""

    dialect: str

    async def transact(self, writes: Sequence[Write], /) -> Sequence[Any]:
        """Commit a batch as one transaction."""
        ...

    async def read(self, query: Callable[..., Result], *arguments: Any) -> Result:
        """Run `query(connection, *arguments)`."""
        ...

    def news(self, wake: Callable[[], None]) -> AbstractAsyncContextManager[None]:
        """Call `wake` when another process stored something: a hint, polling finds it too."""
        ...

    async def close(self) -> None:
        """End every connection."""
        ...


class Store:
    """Writes go through the group-commit writer, reads run beside it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._writer = Writer(database.transact)

    def write(self, write: Write) -> asyncio.Future[Any]:
        """Queue a write command; its future ends once the commit is on the disk.

        Raises StoreUnavailable at once when too much is waiting.
        """
        return self._writer.write(write)

    async def read(self, query: Callable[..., Result], *arguments: Any) -> Result:
        """Run a query function of a noun's file: `query(connection, *arguments)`."""
        return await self.database.read(query, *arguments)

    async def close(self) -> None:
        """Commit what waits, then end every connection."""
        await self._writer.close()
        await self.database.close()


def sqlite_path(database_url: str) -> Path | None:
    """Name the file of a SQLite address; None for another database."""
    if not database_url.startswith(SQLITE_PREFIX):
        return None
    return Path(database_url.removeprefix(SQLITE_PREFIX))


def open_database(database_url: str) -> Database:
    """Open the database of an address, whatever its schema."""
    path = sqlite_path(database_url)
    if path is None:
        from collector.storage.postgresql import PostgresDatabase  # noqa: PLC0415  (11 MB, 80 ms)

        return PostgresDatabase(database_url)
    path.parent.mkdir(parents=True, exist_ok=True)
    return SqliteDatabase(path)


async def open_store(database_url: str) -> Store:
    """Open the store; a SQLite file is created or brought to this version's schema.

    Raises SchemaOutdated, StoreMisconfigured or StoreUnavailable.
    """
    database = open_database(database_url)
    try:
        if sqlite_path(database_url):
            await database.transact([schema.Upgrade()])
        schema.require_head(await database.read(schema.current_revision))
        await database.transact([Probe()])
    except BaseException:
        await database.close()
        raise
    return Store(database)
