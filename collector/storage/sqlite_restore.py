"""Putting a backup of SQLite in the place of a database, which is kept under another name."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from collector.domain.errors import BackupFailed, StoreInUse
from collector.storage.restored import require_known
from collector.storage.sqlite_backup import make_single, require_whole

_SIDES = ("-wal", "-shm", "-journal")
_IN_USE = ("captures", "destinations", "events", "users")
"""Tables of which one has rows as soon as anybody has worked with a database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """What stands in the place: whether it is in use, and what it knows about a backup.

    `erased` names what it has erased, or is None where it cannot tell what the backup must forget
    again: it is damaged, or has not gone on from the backup. `later` counts the events that came
    after the backup.
    """

    is_used: bool
    erased: list[str] | None = None
    later: int = 0


NOTHING = Former(is_used=False)


def fetch_backup(file: Path, draft: Path) -> None:
    """Copy a backup into a draft and prove it there. Raises BackupFailed, OSError."""
    if any(Path(f"{file}{side}").exists() for side in ("-wal", "-journal")):
        raise BackupFailed(f"{file} is a database in use, with its log beside it: no backup")
    shutil.copyfile(file, draft)
    try:
        with closing(sqlite3.connect(draft, isolation_level=None)) as opened:
            make_single(opened)
            require_whole(opened, file)
            require_known(_revision(opened))
    except sqlite3.DatabaseError as error:
        raise BackupFailed(f"{file} is no backup of SQLite: {error}") from error


def _revision(opened: sqlite3.Connection) -> str | None:
    with suppress(sqlite3.OperationalError):  # there is no such table
        row = opened.execute("SELECT version_num FROM alembic_version").fetchone()
        return None if row is None else str(row[0])
    return None


def look_at_former(database: Path, draft: Path) -> Former:
    """Look at what stands in the place of a backup, whatever state it is in.

    Raises StoreInUse where a command works with it.
    """
    if not database.exists() or not database.stat().st_size:
        return NOTHING
    try:
        with closing(sqlite3.connect(database, isolation_level=None, timeout=1)) as opened:
            make_single(opened)
            return _compare(opened, draft)
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise StoreInUse(f"a command works with {database}: wait until it ends") from error
        return Former(is_used=True)


def _compare(opened: sqlite3.Connection, draft: Path) -> Former:
    if not any(
        opened.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0]  # noqa: S608  (ours)
        for table in _IN_USE
    ):
        return NOTHING
    opened.execute("ATTACH ? AS backup", (str(draft),))
    newest = opened.execute(
        "SELECT id, received_at FROM backup.events ORDER BY received_at DESC, id DESC LIMIT 1"
    ).fetchone()
    if newest is None:
        return Former(is_used=True, erased=[])
    own_id, received_at = newest
    if opened.execute("SELECT 1 FROM main.events WHERE id = ?", (own_id,)).fetchone() is None:
        return Former(is_used=True)
    erased = opened.execute("SELECT id FROM main.events WHERE erased_at IS NOT NULL").fetchall()
    later = "SELECT count(*) FROM main.events WHERE received_at > ?"
    return Former(
        is_used=True,
        erased=[row[0] for row in erased],
        later=opened.execute(later, (received_at,)).fetchone()[0],
    )


def set_aside(database: Path, kept: Path) -> None:
    """Give a database another name beside its own, which the backup takes over at once.

    Its log, if it has one left, goes with it: found beside the backup, it would spoil it.
    """
    for side in _SIDES:
        with suppress(FileNotFoundError):
            Path(f"{database}{side}").rename(f"{kept}{side}")
    kept.hardlink_to(database)
