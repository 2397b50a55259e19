"""The plainest group commit over each driver: what waits goes down as one transaction.

The same two statements that ours sends, and nothing else: no second try, no limit, no answers
but "stored".
"""

from __future__ import annotations

import asyncio
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import itemgetter
from typing import Any

import asyncpg

from collector.storage.tables import events

Row = Mapping[str, Any]

_NAMES = [column.name for column in events.columns if column.name != "erased_at"]
_OWED = (
    "INSERT INTO deliveries (event, destination_id, state, next_at, created_at)"
    " SELECT e.id, l.destination_id, 'ready', e.received_at, e.received_at FROM events e"
    " JOIN capture_destinations l ON l.source_id = e.source_id WHERE e.id = "
)
_values = itemgetter(*_NAMES)


def _insert(places: Sequence[str]) -> str:
    return (
        f"INSERT INTO events ({', '.join(_NAMES)}) VALUES ({', '.join(places)})"  # noqa: S608  (columns)
        " ON CONFLICT (repeat_key) DO NOTHING"
    )


class BareWriter(ABC):
    """A list of what waits, and one task that commits all of it again and again."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._waiting: list[tuple[Row, asyncio.Future[None]]] = []
        self._arrived = asyncio.Event()

    async def __aenter__(self) -> Callable[[Row], Awaitable[None]]:
        """Begin; gives what stores a row."""
        await self.open()
        self._task = asyncio.create_task(self._work())
        return self._save

    async def __aexit__(self, *_error: object) -> None:
        """End; nobody waits any more."""
        self._task.cancel()
        await self.close()

    def _save(self, row: Row) -> asyncio.Future[None]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, done))
        self._arrived.set()
        return done

    async def _work(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            batch, self._waiting = self._waiting, []
            await self.commit([row for row, _ in batch])
            for _, done in batch:
                done.set_result(None)

    @abstractmethod
    async def open(self) -> None:
        """Open the connection."""

    @abstractmethod
    async def commit(self, rows: list[Row]) -> None:
        """Commit rows and what they owe."""

    @abstractmethod
    async def close(self) -> None:
        """Close the connection."""


class BareSqlite(BareWriter):
    """One thread with `sqlite3`, as durable as ours."""

    _events, _owed = _insert(["?"] * len(_NAMES)), f"{_OWED}?"

    async def open(self) -> None:
        """Connect with the settings that durability needs."""
        self._thread = ThreadPoolExecutor(1)
        path = self._url.removeprefix("sqlite:///")
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}")

    async def commit(self, rows: list[Row]) -> None:
        """Hop into the thread and back."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._commit, rows)

    def _commit(self, rows: list[Row]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(self._events, [_values(row) for row in rows])
        self._connection.executemany(self._owed, [(row["id"],) for row in rows])
        self._connection.execute("COMMIT")

    async def close(self) -> None:
        """Close."""
        self._thread.shutdown()
        self._connection.close()


class BarePostgresql(BareWriter):
    """One connection of asyncpg."""

    _events = _insert([f"${number}" for number in range(1, len(_NAMES) + 1)])
    _owed = f"{_OWED}$1"

    async def open(self) -> None:
        """Connect."""
        self._connection = await asyncpg.connect(self._url)

    async def commit(self, rows: list[Row]) -> None:
        """Send both batches in one transaction."""
        async with self._connection.transaction():
            await self._connection.executemany(self._events, [_values(row) for row in rows])
            await self._connection.executemany(self._owed, [(row["id"],) for row in rows])

    async def close(self) -> None:
        """Close."""
        await self._connection.close()


def bare_writer(database_url: str) -> BareWriter:
    """Choose by the address."""
    kind = BareSqlite if database_url.startswith("sqlite") else BarePostgresql
    return kind(database_url)
