"""Tables of campaign links: naming rules and templates."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from collector.storage.tables import metadata

__all__ = ("link_rules", "link_templates", "metadata")

link_rules = Table(
    "link_rules",
    metadata,
    Column("id", Text, primary_key=True),  # there is one row
    Column("document", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)

link_templates = Table(
    "link_templates",
    metadata,
    Column("name", Text, primary_key=True),
    Column("document", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)
