"""What a self-test finds on this machine: settings, keys, files, room."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from collector.app import ROOM_BYTES
from collector.cli.finding import Finding, bad, ok, warn
from collector.config import Settings
from collector.domain.errors import StoreInUse
from collector.storage.sqlite import ServingLock
from collector.storage.store import sqlite_path

FEW_CHARACTERS = 12
"""Fewer different ones than this in a key: nobody drew it at random."""

WORDS = ("change", "secret", "password", "example", "collector")
ENOUGH_ROOM = 16 * ROOM_BYTES


def look_here(settings: Settings) -> Iterator[Finding]:
    """Look at what needs no database."""
    yield from _settings(settings)
    yield from _keys(settings)
    database = sqlite_path(settings.database_url)
    if database is not None:
        yield from _files(settings, database)
        yield from _room(database)
        yield from _server(database)


def _settings(settings: Settings) -> Iterator[Finding]:
    for warning in settings.warnings:
        said, _, cure = warning.rpartition(": ")
        yield warn("settings", said, cure)
    if not settings.warnings:
        yield ok("settings", "all can be used (collector check lists them)")


def _keys(settings: Settings) -> Iterator[Finding]:
    for name in ("secret_keys", "encryption_keys"):
        keys: tuple[str, ...] = getattr(settings, name)
        said = name.replace("_", " ")
        weak = [number for number, key in enumerate(keys, start=1) if is_guessable(key)]
        if not keys:
            yield ok("keys", f"{said}: made at the first start")
        elif weak:
            which = ", ".join(map(str, weak))
            yield bad("keys", f"{said}: number {which} can be guessed", "collector secret rotate")
        elif len(set(keys)) < len(keys):
            yield warn("keys", f"{said}: one stands there twice", "delete one of the two")
        else:
            yield ok("keys", f"{said}: {len(keys)}, made at random as it seems")
    if set(settings.secret_keys) & set(settings.encryption_keys):
        said = "one key both signs and encrypts"
        yield bad("keys", said, "give each list keys of its own: collector secret rotate")


def is_guessable(key: str) -> bool:
    """Whether a key looks like one that a person thought up; a key drawn at random does not."""
    plain = key.lower()
    return len(set(key)) < FEW_CHARACTERS or any(word in plain for word in WORDS)


def _files(settings: Settings, database: Path) -> Iterator[Finding]:
    """Look at who may open the database, and whether the collector's user owns all there is."""
    sides = [Path(f"{database}{side}") for side in ("", "-wal", "-shm", ".serving")]
    opened = [path for path in sides[:3] if path.exists() and _is_open_to_all(path)]
    there = [path for path in (*sides, *settings.files.values()) if path.exists()]
    if opened:
        names = " ".join(map(str, opened))
        yield bad("files", f"every user of this machine may open {names}", f"chmod o-rwx {names}")
    if len({path.stat().st_uid for path in there}) > 1:
        names = " ".join(map(str, there))
        said = f"they belong to different users: {names}"
        yield bad("files", said, "chown all of them to the user that the collector runs as")
    elif not opened:
        yield ok("files", f"{len(there)} of one owner, the database closed to others")


def _is_open_to_all(path: Path) -> bool:
    return bool(path.stat().st_mode & stat.S_IRWXO)


def _room(database: Path) -> Iterator[Finding]:
    folder = next(path for path in (database.absolute().parents) if path.exists())
    free = shutil.disk_usage(folder).free
    size = database.stat().st_size if database.exists() else 0
    said = f"{free // 2**20:,} MiB free in {folder}"
    cure = "make room, or move the data folder to a larger disk"
    if free < ROOM_BYTES:
        yield bad("disk", f"{said}: leads are answered with 507", cure)
    elif free < max(ENOUGH_ROOM, size):
        yield warn("disk", f"{said}; a restore needs {size // 2**20:,} MiB", cure)
    else:
        yield ok("disk", said)


def _server(database: Path) -> Iterator[Finding]:
    """Try the lock of whoever serves; a file that was never served has none."""
    if not Path(f"{database}.serving").exists():
        yield warn("server", "nobody has served this database yet", "collector serve")
        return
    try:
        ServingLock(database).release()
    except StoreInUse:
        yield ok("server", "one serves this database")
    except OSError as error:
        cure = "run the doctor as the user that the collector runs as"
        yield bad("server", f"{database}.serving cannot be opened: {error.strerror}", cure)
    else:
        yield warn("server", "nobody serves this database now", "collector serve")
