"""The schema's version: where the database stands, and how it gets to this version's head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

from sqlalchemy import Connection, inspect, text

from collector.domain.errors import SchemaOutdated

_VERSIONS = Path(__file__).parent / "migrations" / "versions"
_LOCK = 0x636F6C6C6563746F
"""What processes that migrate one PostgreSQL database wait for."""

KNOWN = sorted(file.name.partition("_")[0] for file in _VERSIONS.glob("[0-9]*_*.py"))
"""A migration's file begins with its revision; they are applied in this order."""

HEAD = KNOWN[-1]
"""The revision this version of the project needs."""


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
    return found != HEAD and (found is None or found in KNOWN)


def require_head(found: str | None) -> None:
    """Begin nothing on another version's schema. Raises SchemaOutdated, with what to do."""
    if lacks_migrations(found):
        raise SchemaOutdated(
            f"the database is at schema {found or 'none'}, this version needs {HEAD}: "
            "run `collector migrate`"
        )
    if found != HEAD:
        raise SchemaOutdated(
            f"the database is at schema {found}, made by a newer version; this one knows only "
            f"{HEAD}: start the newer version, or put back the backup from before the upgrade"
        )


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
            from collector.storage import migration  # noqa: PLC0415  (see there)

            migration.upgrade(connection)
        return [None] * len(writes)
