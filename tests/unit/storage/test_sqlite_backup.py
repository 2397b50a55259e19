from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from collector.domain.errors import BackupFailed
from collector.storage.sqlite_backup import copy_sqlite

BLOB = "x" * 2000


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A file in WAL mode of some 8 MiB."""
    path = tmp_path / "live.db"
    with closing(connect(path)) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("CREATE TABLE leads (id INTEGER PRIMARY KEY, body TEXT UNIQUE)")
        opened.execute("BEGIN")
        opened.executemany("INSERT INTO leads (body) VALUES (?)", rows(4000))
        opened.execute("COMMIT")
    return path


def connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def rows(count: int) -> Iterator[tuple[str]]:
    return ((f"{number}{BLOB}",) for number in range(count))


def counted(path: Path) -> int:
    with closing(connect(path)) as opened:
        found: int = opened.execute("SELECT count(*) FROM leads").fetchone()[0]
        return found


def test_a_copy_holds_what_was_committed_and_is_one_file(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with closing(connect(database)) as writing:
        writing.execute("INSERT INTO leads (body) VALUES ('only in the log')")
        assert Path(f"{database}-wal").stat().st_size > 0
        copy_sqlite(database, copy)
    assert counted(copy) == 4001
    assert [path.name for path in tmp_path.glob("copy.db*")] == ["copy.db"]


def test_who_writes_all_the_time_is_not_stopped_and_does_not_begin_it_anew(
    database: Path, tmp_path: Path
) -> None:
    """Each commit would begin a copy anew that holds no snapshot: this one would never end."""
    ends = Event()
    written = []

    def write() -> None:
        with closing(connect(database)) as writing:
            writing.execute("PRAGMA busy_timeout=0")  # whoever had to wait would fail at once
            while not ends.is_set():
                writing.execute("INSERT INTO leads (body) VALUES (hex(randomblob(16)))")
                written.append(1)

    writer = Thread(target=write)
    writer.start()
    try:
        copy_sqlite(database, tmp_path / "copy.db")
    finally:
        ends.set()
        writer.join()
    assert 4000 <= counted(tmp_path / "copy.db") <= counted(database) == 4000 + len(written)
    assert written


def test_a_damaged_file_makes_no_backup(database: Path, tmp_path: Path) -> None:
    with database.open("r+b") as file:
        file.seek(database.stat().st_size // 2 // 4096 * 4096)
        file.write(b"\xff" * 4096)
    with pytest.raises(BackupFailed, match=r"is damaged|malformed"):
        copy_sqlite(database, tmp_path / "copy.db")


def test_what_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_text("hello, " * 1000)
    with pytest.raises(BackupFailed, match="not a database"):
        copy_sqlite(text, tmp_path / "copy.db")
