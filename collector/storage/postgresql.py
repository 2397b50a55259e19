"""PostgreSQL: one writing connection, a small pool of reading ones, over asyncpg.

The dialect file of PostgreSQL: how a transaction is opened, which settings durability needs, and
which of the driver's errors mean that nothing can be written now.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any, Self, TypeVar

import asyncpg
from sqlalchemy import Connection, NullPool
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolIsEmpty
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from collector.domain.errors import DiskFull, StoreMisconfigured, StoreUnavailable
from collector.storage.writer import Write, apply_writes, is_long, is_news

Result = TypeVar("Result")

READERS = 4
MORE_READERS = 10
"""Connections that reads keep, and so many more while they are needed."""

CONNECT_S = 10
"""How long a connection may take to be made, or to become free."""

ANSWER_S = 20
"""How long a transaction may take: a server whose machine is gone never says so."""

_SETTINGS = {
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}
"""All that is asked is found by an index in milliseconds: a compiler, or more processes to begin,
would take longer, and these are the cores that leads come in on."""

CLOSE_S = 2
LISTEN_AGAIN_S = 5
LISTEN_CHECK_S = 15
CHANNEL = "collector_news"

TRIES = 5

_DISK_FULL = "53100"
_GIVEN_UP = ("40001", "40P01")
"""SQLSTATEs of a transaction that was given up for another's sake, and may be done again
(https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html)."""

_AWAY = ("08", "25006", "28", "3D", "42501", "53", "55P03", "57", *_GIVEN_UP)
"""Classes and codes of SQLSTATE in which the server, not the statement, is at fault
(https://www.postgresql.org/docs/current/errcodes-appendix.html)."""

_MEANING = {
    "25006": "it takes no writes: it is read-only, or a standby",
    "28000": "it does not let this user in",
    "28P01": "the password is wrong",
    "3D000": "the server has no database of this name (createdb makes one)",
    "42501": "this user may not do that: let the database be its own",
    "53300": "all connections that it allows are taken",
    "57P03": "it is starting or stopping",
}


class BrieflyClosed(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """A connection whose end a silent server cannot put off."""

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109  (the driver's)
        """Say farewell, and go all the same when nobody answers."""
        with suppress(TimeoutError):
            await super().close(timeout=timeout or CLOSE_S)


def create_postgresql_engine(url: str, **pool: Any) -> AsyncEngine:
    """Make an engine from a `postgresql://` address."""
    return create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://", 1),
        hide_parameters=True,  # they are people's data, and errors are logged
        connect_args={
            "timeout": CONNECT_S,
            "connection_class": BrieflyClosed,
            "server_settings": _SETTINGS,
        },
        **pool,
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


class TimeLimit:
    """Hangs up on a server that takes longer than so many seconds; None waits for ever.

    Cancelling would not do: the driver then asks the server to stop, and waits for its word.
    """

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_how: object) -> None:
        if self._timer is not None:
            self._timer.cancel()

    async def watch(self, connection: AsyncConnection) -> None:
        """Let the time of this connection begin."""
        if self._seconds is not None:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._seconds, driver.terminate)


class PostgresDatabase:
    """One database; the writer's batches go through one connection, reopened when it is lost.

    `answer_s` bounds a transaction, `free_s` the wait for a reader's connection.
    """

    dialect = "postgresql"

    def __init__(self, url: str, *, answer_s: float = ANSWER_S, free_s: float = CONNECT_S) -> None:
        self._url = url
        self._answer_s = answer_s
        self._writing_engine = create_postgresql_engine(url, poolclass=NullPool)
        self._reading_engine = create_postgresql_engine(
            url, pool_size=READERS, max_overflow=MORE_READERS, pool_timeout=free_s
        )
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
        """Run a query, `query(connection, *arguments)`, on a connection of its own.

        Raises StoreUnavailable when the database cannot be read.
        """
        return await self._insist(self._read, query, *arguments)

    async def _insist(self, act: Callable[..., Awaitable[Result]], *arguments: Any) -> Result:
        """Do it, and again where PostgreSQL gave it up for another transaction's sake."""
        tries = count(1)
        while True:
            try:
                return await act(*arguments)
            except (DBAPIError, OSError, TimeoutError, PoolIsEmpty) as error:
                if _sqlstate(error) not in _GIVEN_UP or next(tries) == TRIES:
                    raise _judged(error) from error

    async def _transact(self, writes: Sequence[Write]) -> Sequence[Any]:
        with TimeLimit(None if is_long(writes) else self._answer_s) as limit:
            connection = await self._writing(limit)
            async with connection.begin():
                results = await connection.run_sync(apply_writes, writes)
                if is_news(writes):
                    await connection.exec_driver_sql(f"NOTIFY {CHANNEL}")
                return results

    async def _read(self, query: Callable[..., Result], *arguments: Any) -> Result:
        """Read once more where the connection, lost since its last use, was only found out now."""
        try:
            return await self._read_once(query, *arguments)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return await self._read_once(query, *arguments)

    async def _read_once(self, query: Callable[..., Result], *arguments: Any) -> Result:
        with TimeLimit(self._answer_s) as limit:
            async with self._reading_engine.connect() as connection:
                await limit.watch(connection)
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
        """Listen until the connection is lost; a silent server is asked whether it is there."""
        lost = asyncio.Event()
        connection = await asyncpg.connect(self._url, timeout=CONNECT_S)
        try:
            connection.add_termination_listener(lambda _connection: lost.set())
            await connection.add_listener(CHANNEL, lambda *_news: wake())
            while not lost.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), LISTEN_CHECK_S)
                await connection.execute("SELECT 1", timeout=CONNECT_S)
        finally:
            connection.terminate()  # one that is gone would never take a farewell

    async def close(self) -> None:
        """End every connection."""
        await self._drop_writing()
        await self._reading_engine.dispose()

    async def _writing(self, limit: TimeLimit) -> AsyncConnection:
        if self._write_connection is not None:
            await limit.watch(self._write_connection)
            return self._write_connection
        connection = await self._writing_engine.connect()
        try:
            await limit.watch(connection)
            await connection.run_sync(assert_durable)
            await connection.rollback()
        except BaseException:
            await connection.close()
            raise
        self._write_connection = connection
        return connection

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
    if isinstance(error, PoolIsEmpty):
        return StoreUnavailable("more is waiting to be read than the database keeps up with")
    away = isinstance(error, (OSError, TimeoutError, OperationalError, InterfaceError))
    if lost or away or state.startswith(_AWAY):
        fault = _MEANING.get(state) or f"{type(error).__name__} {state}".rstrip()
        return StoreUnavailable(f"the database cannot be used now: {fault}")
    return error


def _sqlstate(error: Exception) -> str:
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")
