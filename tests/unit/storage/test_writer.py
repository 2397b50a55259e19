from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from collector.domain.errors import StoreUnavailable
from collector.storage.sqlite import SqliteDatabase
from collector.storage.writer import Write, Writer


@dataclass(frozen=True)
class Note:
    """A write of one row; a note of None breaks the table's rule."""

    value: str | None

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[str | None]:
        rows = [(write.value,) for write in writes]
        connection.exec_driver_sql("INSERT INTO notes (value) VALUES (?)", rows)
        return [write.value for write in writes]


@dataclass(frozen=True)
class CreateNotes:
    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        connection.exec_driver_sql("CREATE TABLE notes (value TEXT NOT NULL)")
        return [None] * len(writes)


def all_notes(connection: Connection) -> list[str]:
    return list(connection.execute(text("SELECT value FROM notes ORDER BY rowid")).scalars())


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    opened = SqliteDatabase(tmp_path / "notes.db")
    await opened.transact([CreateNotes()])
    yield opened
    await opened.close()


class Counting:
    """Counts the transactions that reach the database, and can hold them back."""

    def __init__(self, database: SqliteDatabase) -> None:
        self.database = database
        self.batches: list[int] = []
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, writes: Sequence[Write]) -> Sequence[object]:
        await self.open.wait()
        self.batches.append(len(writes))
        return await self.database.transact(writes)


async def test_what_waits_is_committed_as_one_transaction(database: SqliteDatabase) -> None:
    transact = Counting(database)
    writer = Writer(transact)
    results = await asyncio.gather(*[writer.write(Note(str(n))) for n in range(64)])
    await writer.close()
    assert results == [str(n) for n in range(64)]
    assert await database.read(all_notes) == results
    assert transact.batches == [64]


async def test_a_bad_row_fails_its_own_caller_only(database: SqliteDatabase) -> None:
    writer = Writer(database.transact)
    notes = [Note(None if n in (7, 50) else str(n)) for n in range(64)]
    results = await asyncio.gather(*map(writer.write, notes), return_exceptions=True)
    await writer.close()
    failed = [index for index, result in enumerate(results) if isinstance(result, IntegrityError)]
    assert failed == [7, 50]
    assert sorted(await database.read(all_notes)) == sorted(n.value for n in notes if n.value)


async def test_a_caller_that_goes_away_cancels_nobodys_commit(database: SqliteDatabase) -> None:
    transact = Counting(database)
    transact.open.clear()
    writer = Writer(transact)
    futures = [writer.write(Note(str(n))) for n in range(3)]
    await asyncio.sleep(0)
    futures[1].cancel()
    transact.open.set()
    await writer.close()
    assert await database.read(all_notes) == ["0", "1", "2"]
    assert [futures[0].result(), futures[2].result()] == ["0", "2"]


async def test_a_full_queue_is_refused_and_what_was_taken_is_drained(
    database: SqliteDatabase,
) -> None:
    transact = Counting(database)
    transact.open.clear()
    writer = Writer(transact, queue_limit=50)
    taken = [writer.write(Note(str(n))) for n in range(50)]
    with pytest.raises(StoreUnavailable):
        writer.write(Note("50"))
    transact.open.set()
    await writer.close()
    assert [future.result() for future in taken] == [str(n) for n in range(50)]
    with pytest.raises(StoreUnavailable):
        writer.write(Note("late"))


async def test_a_database_that_is_gone_fails_the_whole_batch_at_once() -> None:
    calls = 0

    async def gone(_writes: Sequence[object]) -> Sequence[object]:
        nonlocal calls
        calls += 1
        raise StoreUnavailable("gone")

    writer = Writer(gone)
    results = await asyncio.gather(
        *[writer.write(Note(str(n))) for n in range(8)], return_exceptions=True
    )
    await writer.close()
    assert all(isinstance(result, StoreUnavailable) for result in results)
    assert calls == 1
