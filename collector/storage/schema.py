"""The schema's version: where the database stands, and how it gets to this version's head."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from collector.storage.sqlite import create_sqlite_engine

_MIGRATIONS = Path(__file__).parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


HEAD: str = ScriptDirectory.from_config(_config()).get_current_head() or ""
"""The revision this version of the project needs."""


def current_revision(connection: Connection) -> str | None:
    """Read the revision a database stands at; None when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(
        text("SELECT version_num FROM alembic_version")
    ).scalar()
    return revision


def upgrade(connection: Connection) -> None:
    """Run the missing migrations inside the caller's transaction."""
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    found = current_revision(connection)
    if found == HEAD or (found is not None and found not in known):
        return  # at head, or made by a newer version: opening it says so
    command.upgrade(_config(connection), "head")


def upgrade_sqlite(path: Path) -> None:
    """Create or upgrade a SQLite file; of several processes at once, one does it."""
    engine = create_sqlite_engine(path)
    with engine.begin() as connection:
        upgrade(connection)
    engine.dispose()
    path.chmod(0o600)
