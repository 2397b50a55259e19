"""The schema's version: where the database stands, and how it gets to this version's head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x636F6C6C6563746F
"""What processes that migrate one PostgreSQL database wait for."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


HEAD: str = ScriptDirectory.from_config(_config()).get_current_head() or ""
"""The revision this version of the project needs."""

_KNOWN = frozenset(s.revision for s in ScriptDirectory.from_config(_config()).walk_revisions())


def current_revision(connection: Connection) -> str | None:
    """Read the revision a database stands at; None when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(
        text("SELECT version_num FROM alembic_version")
    ).scalar()
    return revision


def lacks_migrations(found: str | None) -> bool:
    """Whether a database stands before the revision that this version needs.

    One that a newer version has migrated already does not: migrations only add.
    """
    return found != HEAD and (found is None or found in _KNOWN)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Bring the database to this version's schema; of several processes at once, one does it."""

    is_long: ClassVar[bool] = True

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Run the missing migrations inside the transaction."""
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        if lacks_migrations(current_revision(connection)):  # else opening says what is wrong
            command.upgrade(_config(connection), "head")
        return [None] * len(writes)
