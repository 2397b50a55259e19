from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from collector.domain.errors import DiskFull, StoreInUse, StoreMisconfigured, StoreUnavailable
from collector.storage.probe import Probe
from collector.storage.sqlite import ServingLock, SqliteDatabase, assert_durable
from collector.storage.store import open_store


def test_a_connection_that_could_lose_a_commit_is_refused(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'plain.db'}")
    with engine.connect() as connection, pytest.raises(StoreMisconfigured, match="journal_mode"):
        assert_durable(connection)
    engine.dispose()


@pytest.mark.parametrize("level", ["OFF", "NORMAL"])
def test_a_weak_synchronous_setting_is_refused(tmp_path: Path, level: str) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'weak.db'}")
    with engine.connect() as connection:
        connection.execute(text("PRAGMA journal_mode=WAL"))
        connection.execute(text(f"PRAGMA synchronous={level}"))
        with pytest.raises(StoreMisconfigured, match="synchronous"):
            assert_durable(connection)
    engine.dispose()


def durability(connection: Connection) -> tuple[object, object]:
    return (
        connection.exec_driver_sql("PRAGMA journal_mode").scalar(),
        connection.exec_driver_sql("PRAGMA synchronous").scalar(),
    )


async def test_an_opened_store_syncs_every_commit(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'collector.db'}")
    await store.write(Probe())
    assert await store.read(durability) == ("wal", 2)
    await store.close()


async def test_the_database_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "collector.db"
    await (await open_store(f"sqlite:///{path}")).close()
    assert path.stat().st_mode & 0o077 == 0


async def test_a_database_locked_by_another_process_answers_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "collector.db"
    store = await open_store(f"sqlite:///{path}")
    await store.write(Probe())
    other = create_engine(f"sqlite:///{path}")
    with other.connect() as connection:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
        database = SqliteDatabase(path, busy_timeout_s=0.05)
        with pytest.raises(StoreUnavailable, match="locked"):
            await database.transact([Probe()])
        await database.close()
    other.dispose()
    await store.close()


def limit_pages(connection: Connection) -> None:
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


class Fill:
    """Writes more than a limited file has room for."""

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Fill]) -> Sequence[None]:
        limit_pages(connection)
        connection.exec_driver_sql("CREATE TABLE big AS SELECT zeroblob(10000000) AS x")
        return [None] * len(writes)


async def test_a_full_disk_is_named_and_the_store_works_on_when_there_is_room(
    tmp_path: Path,
) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'collector.db'}")
    with pytest.raises(DiskFull):
        await store.write(Fill())
    await store.write(Probe())
    await store.close()


def test_a_second_server_on_one_file_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    path = tmp_path / "collector.db"
    first = ServingLock(path)
    with pytest.raises(StoreInUse, match="another"):
        ServingLock(path)
    first.release()
    ServingLock(path).release()
