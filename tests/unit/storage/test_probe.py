from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from collector.domain.errors import StoreUnavailable
from collector.storage.captures import CreateCapture, last_change
from collector.storage.probe import Probe
from collector.storage.sqlite import SqliteDatabase
from collector.storage.store import open_store
from tests.installation import new_capture


async def test_a_probe_changes_no_row_and_answers_everyone_who_asked(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'collector.db'}")
    await store.write(CreateCapture(capture=new_capture()))
    before = await store.read(last_change)
    asked = [store.write(Probe()) for _ in range(3)]
    assert [await one for one in asked] == [None, None, None]
    assert await store.read(last_change) == before
    await store.close()


async def test_a_probe_waits_in_line_like_a_lead(tmp_path: Path) -> None:
    path = tmp_path / "collector.db"
    await (await open_store(f"sqlite:///{path}")).close()
    database = SqliteDatabase(path, busy_timeout_s=0.02)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            await database.transact([Probe()])
        other.execute("ROLLBACK")
    assert await database.transact([Probe()]) == [None]
    await database.close()


async def test_a_probe_of_a_file_without_tables_fails(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    create_engine(f"sqlite:///{path}").dispose()
    database = SqliteDatabase(path)
    with pytest.raises(StoreUnavailable, match="no such table"):
        await database.transact([Probe()])
    await database.close()
