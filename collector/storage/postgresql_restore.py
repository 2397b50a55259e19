"""Putting a dump into an empty PostgreSQL database, where nobody works with it too early."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import Connection, inspect, make_url

from collector.domain.errors import BackupFailed
from collector.storage.postgresql_backup import run_program
from collector.storage.restored import require_known

_VERSION = "alembic_version"


def revision_of_dump(file: Path, url: str) -> str:
    """Read at which revision a dump's schema stands. Raises BackupFailed."""
    rows = run_program(
        "pg_restore", "--data-only", f"--table={_VERSION}", "--file=-", str(file), url=url
    )
    found = re.search(rb"^COPY [^\n]*\n(\w+)\n", rows, re.MULTILINE)
    revision = found[1].decode() if found else None
    require_known(revision)
    return str(revision)


def require_empty(connection: Connection) -> None:
    """Refuse a database that holds something. Raises BackupFailed with what to do."""
    if inspect(connection).get_table_names():
        raise BackupFailed(
            f"the database {connection.engine.url.database} is not empty, and nothing in it is "
            "written over: make another one (createdb), let COLLECTOR_DATABASE_URL name it, and "
            "restore into that"
        )


def load_dump(file: Path, url: str) -> None:
    """Load everything but the revision: until it is written, no process takes the database.

    Raises BackupFailed; nothing is loaded then.
    """
    listing = run_program("pg_restore", "--list", str(file), url=url).splitlines(keepends=True)
    data = re.compile(rb"TABLE DATA \S+ " + _VERSION.encode() + rb"\b")
    with NamedTemporaryFile() as wanted:
        wanted.writelines(line for line in listing if not data.search(line))
        wanted.flush()
        run_program(
            "pg_restore",
            *("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"),
            *(f"--use-list={wanted.name}", f"--dbname={make_url(url).database}", str(file)),
            url=url,
        )
