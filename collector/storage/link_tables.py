"""Tables of campaign links: naming rules, templates, registered links and what they brought."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from collector.storage.tables import metadata

__all__ = ("link_counts", "link_rules", "link_templates", "metadata", "registered_links")

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

registered_links = Table(
    "registered_links",
    metadata,
    Column("id", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("mask", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("site_key", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("user_email", Text),  # none: the command line
    Index("uq_registered_links_url", "url", unique=True),
    Index("ix_registered_links_key", "key"),
    Index("ix_registered_links_site_key", "site_key"),
    Index("ix_registered_links_mask", "mask"),
)

link_counts = Table(
    "link_counts",
    metadata,
    Column("key", Text, primary_key=True),  # of a link's page, or of its site
    Column("source_id", Text, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),  # since 1970-01-01, UTC
    Column("touches", BigInteger, nullable=False),
    Column("leads", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
