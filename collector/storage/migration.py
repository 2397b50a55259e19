"""Running migrations: alembic on a connection that somebody else opened.

Imported where a migration runs and nowhere else: alembic is 11 MB and a tenth of a second of
every start, and nearly every start finds nothing to migrate.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parent / "migrations"


def config(connection: Connection | None = None) -> Config:
    """Say where the migrations are, and what they run on."""
    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS))
    found.attributes["connection"] = connection
    return found


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the missing migrations up to a revision, inside the connection's transaction."""
    command.upgrade(config(connection), revision)
