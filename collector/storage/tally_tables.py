"""The tables of the roll-ups: what each day brought, by place, so that no report reads events."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from collector.storage.tables import metadata

__all__ = ("daily_counts", "daily_measures", "landing_faults", "metadata", "value_counts")

daily_counts = Table(
    "daily_counts",
    metadata,
    Column("key", Text, primary_key=True),  # of the place: its members are too long for an index
    Column("day", Integer, nullable=False),  # since 1970-01-01, UTC
    Column("source_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("medium", Text, nullable=False),
    Column("campaign", Text, nullable=False),
    Column("landing_page", Text, nullable=False),
    Column("touches", BigInteger, nullable=False),
    Column("first", BigInteger, nullable=False),  # leads, by each model
    Column("last", BigInteger, nullable=False),
    Column("last_paid", BigInteger, nullable=False),
    Index("ix_daily_counts_day_source_id", "day", "source_id"),
)

daily_measures = Table(
    "daily_measures",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("source_id", Text, primary_key=True),
    Column("measure", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
)

value_counts = Table(  # of one dimension each, so that its rows are few and lie together
    "value_counts",
    metadata,
    Column("dimension", Text, primary_key=True),
    Column("span", Text, primary_key=True),  # day | month
    Column("begins", Integer, primary_key=True, autoincrement=False),  # since 1970-01-01, UTC
    Column("source_id", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("touches", BigInteger, nullable=False),
    Column("decided", BigInteger, nullable=False),  # leads, by each model
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("last_paid", BigInteger, nullable=False),
    Column("click_ids", BigInteger, nullable=False),  # of `decided`
    sqlite_with_rowid=False,
)

landing_faults = Table(
    "landing_faults",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("source_id", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("name", Text, primary_key=True),  # of the parameter: its value is kept nowhere
    Column("page", Text, primary_key=True),
    Column("views", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
