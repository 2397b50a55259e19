"""SQLite: one writing thread, a few reading ones, and every commit on the disk before an answer.

The dialect file of SQLite: how a transaction is opened, which settings durability needs, and
which of the driver's errors mean that nothing can be written now.
"""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError

from collector.domain.errors import DiskFull, StoreInUse, StoreMisconfigured, StoreUnavailable
from collector.storage.writer import Write, apply_writes

Result = TypeVar("Result")

BUSY_TIMEOUT_S = 10
_AWAY = (OperationalError, DatabaseError)
"""Exactly these classes: a spoilt file is a plain DatabaseError, a broken rule a kind of it."""
READERS = 2

_CHECKPOINT_PAGES = 4_000
"""A WAL of 16 MiB: a page that many leads touch is then copied into the file less often."""

_PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "secure_delete": "ON",  # what is erased is not left in the file's free space
    "wal_autocheckpoint": _CHECKPOINT_PAGES,
}
_EXPECTED = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def create_sqlite_engine(path: Path, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Engine:
    """Make an engine whose connections are durable and whose transactions may write at once."""
    engine = create_engine(
        f"sqlite:///{path}",
        hide_parameters=True,  # they are people's data, and errors are logged
        connect_args={"timeout": busy_timeout_s, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions are ours to open, see `begin`
        for name, value in _PRAGMAS.items():
            connection.execute(f"PRAGMA {name}={value}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(
            connection.get_execution_options().get("begin", "BEGIN IMMEDIATE")
        )

    return engine


def assert_durable(connection: Connection) -> None:
    """Make sure that a commit is on the disk when it returns.

    Raises StoreMisconfigured naming the setting (https://www.sqlite.org/pragma.html#pragma_synchronous).
    """
    for name, expected in _EXPECTED.items():
        found = connection.exec_driver_sql(f"PRAGMA {name}").scalar()
        if found != expected:
            raise StoreMisconfigured(
                f"SQLite answers {name}={found!r}, {expected!r} is needed; "
                "put the file on a local disk that supports it"
            )


class SqliteDatabase:
    """One file; commits go through one thread, so nobody ever waits for a lock of our own."""

    dialect = "sqlite"

    def __init__(self, path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self.path = path
        self._engine = create_sqlite_engine(path, busy_timeout_s)
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="sqlite-write")
        self._reading = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-read")
        self._write_connection: Connection | None = None

    async def transact(self, writes: Sequence[Write]) -> Sequence[Any]:
        """Commit a batch as one transaction.

        Raises StoreUnavailable when nothing can be written.
        """
        return await self._run(self._writing, self._transact, writes)

    async def read(self, query: Callable[..., Result], *arguments: Any) -> Result:
        """Run a query, `query(connection, *arguments)`, on a snapshot of its own."""
        return await self._run(self._reading, self._read, query, *arguments)

    @asynccontextmanager
    async def news(self, _wake: Callable[[], None]) -> AsyncIterator[None]:
        """Hear nothing: commands that run beside the server are found by polling."""
        yield

    async def close(self) -> None:
        """End the threads and connections."""
        await self._run(self._writing, self._close_writing)
        self._writing.shutdown()
        self._reading.shutdown()
        self._engine.dispose()

    async def _run(
        self, threads: ThreadPoolExecutor, function: Callable[..., Result], *arguments: Any
    ) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(threads, function, *arguments)
        except OSError as error:
            raise StoreUnavailable(f"the database cannot be used now: {error.strerror}") from error
        except DatabaseError as error:
            if type(error) not in _AWAY:
                raise  # the statement's fault, and so its caller's
            raise _unavailable(error) from error

    def _transact(self, writes: Sequence[Write]) -> Sequence[Any]:
        if self._write_connection is None:
            self.path.touch()
            self.path.chmod(0o600)  # before SQLite opens it: the WAL file gets the same mode
            connection = self._engine.connect()
            assert_durable(connection)
            connection.rollback()
            self._write_connection = connection
        with self._write_connection.begin():
            return apply_writes(self._write_connection, writes)

    def _read(self, query: Callable[..., Result], *arguments: Any) -> Result:
        with self._engine.connect().execution_options(begin="BEGIN") as connection:
            return query(connection, *arguments)

    def _close_writing(self) -> None:
        if self._write_connection is not None:
            self._write_connection.close()


def _unavailable(error: DatabaseError) -> StoreUnavailable:
    text = str(error.orig)
    if "full" in text:
        return DiskFull("the disk has no room for another event")
    return StoreUnavailable(f"the database cannot be used now: {text}")


class ServingLock:
    """The right to serve one SQLite file: held by the operating system, gone with the process."""

    def __init__(self, path: Path) -> None:
        self._file = Path(f"{path}.serving").open("a")  # noqa: SIM115  (held until release)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.close()
            raise StoreInUse(
                f"another `collector serve` or `collector work` already uses {path}; "
                "stop it first, or use PostgreSQL for several processes"
            ) from error

    def release(self) -> None:
        """Let another process serve the file."""
        self._file.close()
