"""PostgreSQL: one writing connection, a small pool of reading ones, over asyncpg.

The dialect file of PostgreSQL: how a transaction is opened, which settings durability needs, and
which of the driver's errors mean that nothing can be written now.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from collector.domain.errors import DiskFull, StoreMisconfigured, StoreUnavailable
from collector.storage.writer import Write, apply_writes, is_news

Result = TypeVar("Result")

READERS = 4
CONNECT_S = 10
LISTEN_AGAIN_S = 5
CHANNEL = "collector_news"

TRIES = 5

_DISK_FULL = "53100"
_GIVEN_UP = ("40001", "40P01")
"""SQLSTATEs of a transaction that was given up for another's sake, and may be done again
(https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html)."""

_AWAY = ("08", "25006", "53", "55P03", "57", *_GIVEN_UP)
"""Classes and codes of SQLSTATE in which the server, not the statement, is at fault
(https://www.postgresql.org/docs/current/errcodes-appendix.html)."""


def create_postgresql_engine(url: str) -> AsyncEngine:
    """Make an engine from a `postgresql://` address."""
    return create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://", 1),
        hide_parameters=True,  # they are people's data, and errors are logged
        pool_size=READERS,
        pool_pre_ping=True,
        connect_args={"timeout": CONNECT_S},
    )


def assert_durable(connection: Connection) -> None:
    """Make sure that a commit is on the disk when it returns. Raises StoreMisconfigured."""
    for name, bad in (
        ("fsync", "off"),
        ("synchronous_commit", "off"),
        ("full_page_writes", "off"),
    ):
        found = connection.exec_driver_sql(f"SHOW {name}").scalar()
        if found == bad:
            raise StoreMisconfigured(
                f"PostgreSQL runs with {name}={found}: leads could be lost; turn it on"
            )


class PostgresDatabase:
    """One database; the writer's batches go through one connection, reopened when it is lost."""

    dialect = "postgresql"

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine = create_postgresql_engine(url)
        self._write_connection: AsyncConnection | None = None

    async def transact(self, writes: Sequence[Write]) -> Sequence[Any]:
        """Commit a batch as one transaction.

        Raises StoreUnavailable when nothing can be written, also when the connection was lost at
        the commit: whether it happened is unknown then, and nobody is told that it did.
        """
        try:
            return await self._insist(self._transact, writes)
        except StoreUnavailable:
            await self._drop_writing()  # whatever it still waits for, a new one is not in it
            raise

    async def read(self, query: Callable[..., Result], *arguments: Any) -> Result:
        """Run a query, `query(connection, *arguments)`, on a connection of its own."""
        return await self._insist(self._read, query, *arguments)

    async def _insist(self, act: Callable[..., Awaitable[Result]], *arguments: Any) -> Result:
        """Do it, and again where PostgreSQL gave it up for another transaction's sake."""
        tries = count(1)
        while True:
            try:
                return await act(*arguments)
            except (DBAPIError, OSError, TimeoutError) as error:
                if _sqlstate(error) not in _GIVEN_UP or next(tries) == TRIES:
                    raise _judged(error) from error

    async def _transact(self, writes: Sequence[Write]) -> Sequence[Any]:
        connection = await self._writing()
        async with connection.begin():
            results = await connection.run_sync(apply_writes, writes)
            if is_news(writes):
                await connection.exec_driver_sql(f"NOTIFY {CHANNEL}")
            return results

    async def _read(self, query: Callable[..., Result], *arguments: Any) -> Result:
        async with self._engine.connect() as connection:
            return await connection.run_sync(query, *arguments)

    @asynccontextmanager
    async def news(self, wake: Callable[[], None]) -> AsyncIterator[None]:
        """Call `wake` when another process stored something; a lost connection is made anew."""
        listening = asyncio.create_task(self._listen(wake), name="news")
        try:
            yield
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self, wake: Callable[[], None]) -> None:
        while True:
            with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._hear(wake)
            await asyncio.sleep(LISTEN_AGAIN_S)

    async def _hear(self, wake: Callable[[], None]) -> None:
        """Listen until the connection is lost."""
        lost = asyncio.Event()
        connection = await asyncpg.connect(self._url, timeout=CONNECT_S)
        try:
            connection.add_termination_listener(lambda _connection: lost.set())
            await connection.add_listener(CHANNEL, lambda *_news: wake())
            await lost.wait()
        finally:
            await connection.close()

    async def close(self) -> None:
        """End every connection."""
        await self._drop_writing()
        await self._engine.dispose()

    async def _writing(self) -> AsyncConnection:
        if self._write_connection is None:
            connection = await self._engine.connect()
            try:
                await connection.run_sync(assert_durable)
                await connection.rollback()
            except BaseException:
                await connection.close()
                raise
            self._write_connection = connection
        return self._write_connection

    async def _drop_writing(self) -> None:
        connection, self._write_connection = self._write_connection, None
        if connection is not None:
            await connection.invalidate()
            await connection.close()


def _judged(error: Exception) -> Exception:
    """Tell a statement at fault, which is its caller's, from a database that is away."""
    state = _sqlstate(error)
    if state == _DISK_FULL:
        return DiskFull("the database has no room for another event")
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    away = isinstance(error, (OSError, TimeoutError, OperationalError, InterfaceError))
    if lost or away or state.startswith(_AWAY):
        fault = f"{type(error).__name__} {state}"
        return StoreUnavailable(f"the database cannot be used now: {fault}")
    return error


def _sqlstate(error: Exception) -> str:
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")
