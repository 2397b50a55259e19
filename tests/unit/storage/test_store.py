from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection

from collector.domain.errors import CollectorError, SchemaOutdated, StoreUnavailable
from collector.storage import schema
from collector.storage.captures import CreateCapture, list_captures
from collector.storage.store import open_database, open_store, sqlite_path
from tests.installation import SOURCE, new_capture


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///collector.db", Path("collector.db")),
        ("sqlite:////var/lib/collector/collector.db", Path("/var/lib/collector/collector.db")),
        ("postgresql://collector@db/collector", None),
    ],
)
def test_the_file_of_a_database_is_known_from_its_address(url: str, path: Path | None) -> None:
    assert sqlite_path(url) == path


async def test_opening_makes_folder_file_and_schema_and_opening_again_keeps_what_is_there(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'a' / 'b' / 'collector.db'}"
    store = await open_store(url)
    assert await store.read(schema.current_revision) == schema.HEAD
    await store.write(CreateCapture(capture=new_capture()))
    await store.close()
    store = await open_store(url)
    assert await store.read(list_captures) == [new_capture()]
    await store.close()


async def test_closing_first_commits_what_waits_and_then_takes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'collector.db'}"
    store = await open_store(url)
    captures = [new_capture(source_id=f"{SOURCE[:-2]}{n:02}", created_at=n) for n in range(30)]
    waiting = [store.write(CreateCapture(capture=one)) for one in captures]
    await store.close()
    assert [one.result() for one in waiting] == [None] * 30
    with pytest.raises(StoreUnavailable):
        store.write(CreateCapture(capture=new_capture()))
    store = await open_store(url)
    assert await store.read(list_captures) == captures
    await store.close()


def threads() -> set[threading.Thread]:
    return {one for one in threading.enumerate() if one.name.startswith("sqlite")}


@dataclass(frozen=True)
class Stamp:
    """Make the schema another version's."""

    revision: str

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Stamp]) -> Sequence[None]:
        for write in writes:
            connection.exec_driver_sql(
                f"UPDATE alembic_version SET version_num='{write.revision}'"
            )
        return [None] * len(writes)


async def test_a_store_that_cannot_be_used_leaves_nothing_open(tmp_path: Path) -> None:
    before = threads()  # tests that share a store keep theirs
    url = f"sqlite:///{tmp_path / 'collector.db'}"
    store = await open_store(url)
    await store.write(Stamp("9999"))
    await store.close()
    with pytest.raises(SchemaOutdated, match="9999"):
        await open_store(url)
    assert threads() == before
    assert [path.name for path in tmp_path.iterdir()] == ["collector.db"]


def no_database(path: Path) -> None:
    path.write_bytes(b"no database at all" * 1_000)


def a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("make", [no_database, a_folder])
async def test_what_is_no_database_is_told_in_a_sentence_and_left_alone(
    tmp_path: Path, make: object
) -> None:
    path = tmp_path / "collector.db"
    make(path)  # type: ignore[operator]
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(CollectorError):
        await open_store(f"sqlite:///{path}")
    assert (path.read_bytes() if path.is_file() else None) == before


async def test_every_file_that_holds_leads_is_for_its_owner_only(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'collector.db'}")
    await store.write(CreateCapture(capture=new_capture()))
    modes = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.iterdir()}
    await store.close()
    assert "collector.db-wal" in modes
    assert modes == dict.fromkeys(modes, 0)


@dataclass(frozen=True)
class Slow:
    """A write that holds its transaction until the test lets it go."""

    begun: threading.Event
    go_on: threading.Event

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Slow]) -> Sequence[None]:
        for write in writes:
            CreateCapture.run(connection, [CreateCapture(capture=new_capture())])
            write.begun.set()
            assert write.go_on.wait(10)
        return [None] * len(writes)


async def test_reads_run_beside_a_write_and_see_only_what_is_committed(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'collector.db'}")
    slow = Slow(threading.Event(), threading.Event())
    writing = store.write(slow)
    await asyncio.to_thread(slow.begun.wait, 10)
    assert await store.read(list_captures) == []
    slow.go_on.set()
    await writing
    assert await store.read(list_captures) == [new_capture()]
    await store.close()


async def test_an_old_or_empty_schema_can_be_opened_for_migrating(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'new' / 'collector.db'}")
    assert await database.read(schema.current_revision) is None
    await database.transact([schema.Upgrade()])
    assert await database.read(schema.current_revision) == schema.HEAD
    await database.close()
