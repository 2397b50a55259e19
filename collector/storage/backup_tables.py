"""The table of backups: when the last one was made."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from collector.storage.tally_tables import metadata

__all__ = ("backups", "metadata")

backups = Table(
    "backups",
    metadata,
    Column("made_at", BigInteger, primary_key=True),
    Column("file", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
)
