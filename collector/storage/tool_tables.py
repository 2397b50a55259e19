"""The tables of the console's tools: checks of sites."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text

from collector.storage.tally_tables import metadata

__all__ = ("metadata", "site_checks")

site_checks = Table(
    "site_checks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, nullable=False),
    Column("source_id", Text),  # none: any capture
    Column("url", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("report", Text),  # none: under way, or broken off
    Index("ix_site_checks_started_at", "started_at"),
)
