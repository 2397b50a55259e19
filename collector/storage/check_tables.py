"""The table of live checks: what was seen with each check code, kept for a day."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from collector.storage.tally_tables import metadata

__all__ = ("check_reports", "metadata")

check_reports = Table(
    "check_reports",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("code", Text, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("found", Text, nullable=False),
    Index("ix_check_reports_code", "code", "id"),
    Index("ix_check_reports_at", "at"),
)
