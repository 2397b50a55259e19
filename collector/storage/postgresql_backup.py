"""Backups of PostgreSQL, by PostgreSQL's own programs: pg_dump writes, pg_restore reads."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import make_url

from collector.domain.errors import BackupFailed

LAST_WORDS = 500
"""How much is told of what a program said before it failed."""

_SAME_NAME = ("host", "port", "user", "password", "passfile", "sslmode", "sslrootcert")


def dump_postgresql(url: str, file: Path) -> None:
    """Copy a database into an empty file, as it stands at the beginning, and read the copy again.

    Raises BackupFailed.
    """
    run_program("pg_dump", "--format=custom", f"--file={file}", url=url)
    run_program("pg_restore", f"--file={os.devnull}", str(file), url=url)


def run_program(name: str, *arguments: str, url: str) -> bytes:
    """Run one of PostgreSQL's programs; the address and its password go by the environment.

    Answers its output. Raises BackupFailed with what it said.
    """
    program = shutil.which(name)
    if program is None:
        raise BackupFailed(
            f"{name} is not installed here: install PostgreSQL's client programs, of the server's "
            "version or newer (on Debian: apt-get install postgresql-client)"
        )
    done = subprocess.run(  # noqa: S603  (arguments are ours; a file's name is one argument)
        [program, "--no-password", *arguments],
        env={**os.environ, **environment_of(url)},  # noqa: TID251  (handed on, not read)
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()[-LAST_WORDS:]
        raise BackupFailed(f"{name} failed: {said or f'exit status {done.returncode}'}")
    return done.stdout


def environment_of(url: str) -> Mapping[str, str]:
    """Write an address as the variables of libpq, where no list of processes shows it."""
    parts = make_url(url)
    found: dict[str, object] = {
        "host": parts.host,
        "port": parts.port,
        "user": parts.username,
        "password": parts.password,
        "database": parts.database,
    }
    query = {name: value for name, value in parts.query.items() if isinstance(value, str)}
    found |= {name: query[name] for name in _SAME_NAME if name in query}
    found.setdefault("sslmode", query.get("ssl"))
    return {f"PG{name.upper()}": str(value) for name, value in found.items() if value}
