"""How a database stands: its kind, its schema, its size."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from collector.storage import schema

_SIZE = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}

_NAME = {
    "sqlite": "SELECT file FROM pragma_database_list() WHERE name = 'main'",
    "postgresql": "SELECT current_database()",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseStatus:
    """`kind` is `sqlite` or `postgresql`, `revision` its newest migration, `size` in bytes.

    `name` is SQLite's file, or what PostgreSQL calls the database.
    """

    kind: str
    name: str
    revision: str | None
    size: int


def read_status(connection: Connection) -> DatabaseStatus:
    """Ask the database."""
    kind = connection.dialect.name
    return DatabaseStatus(
        kind=kind,
        name=connection.execute(text(_NAME[kind])).scalar_one(),
        revision=schema.current_revision(connection),
        size=connection.execute(text(_SIZE[kind])).scalar_one(),
    )


def find_damage(connection: Connection) -> str | None:
    """Read all of a SQLite file, and name the first faults; PostgreSQL has tools of its own."""
    if connection.dialect.name != "sqlite":
        return None
    rows = connection.execute(text("PRAGMA quick_check(3)")).scalars()
    damage = "; ".join(str(row) for row in rows)
    return None if damage == "ok" else damage
