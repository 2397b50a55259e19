"""Backups of SQLite: one file, copied while a server writes, and proven before it counts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from collector.domain.errors import BackupFailed

_PAGES = 256
"""How much is copied between two looks at a signal: a MiB."""

_FAULTS = 3
"""How many faults of a spoilt file are worth naming."""


def copy_sqlite(database: Path, copy: Path) -> None:
    """Copy a database into an empty file, as it stands at the beginning, and prove the copy.

    The copy reads one snapshot: writers go on, and what they write does not begin it anew.
    Raises BackupFailed.
    """
    with _meaning(database), closing(_open(database)) as source:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with closing(sqlite3.connect(copy, isolation_level=None)) as target:
            source.backup(target, pages=_PAGES)
            make_single(target)
            require_whole(target, database)


def make_single(database: sqlite3.Connection) -> None:
    """Let everything stand in the one file, with no write-ahead log beside it.

    Raises sqlite3.OperationalError while somebody else has it open.
    """
    found = database.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    if found != "delete":
        raise sqlite3.OperationalError("database is locked")


def require_whole(database: sqlite3.Connection, named: Path) -> None:
    """Read all of a file and its indexes. Raises BackupFailed naming the first faults."""
    rows = database.execute(f"PRAGMA integrity_check({_FAULTS})").fetchall()
    faults = "; ".join(row[0] for row in rows)
    if faults != "ok":
        raise BackupFailed(f"{named} is damaged: {faults}")


def _open(database: Path) -> sqlite3.Connection:
    """Open a file that must be there."""
    address = f"{database.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(address, uri=True, isolation_level=None)


@contextmanager
def _meaning(database: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise BackupFailed(f"{database} cannot be copied: {error}") from error
