"""Tables of the console's lists: the words that leads are found by, and saved views."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Table, Text
from sqlalchemy.dialects import postgresql

from collector.storage.tables import metadata

__all__ = ("event_words", "metadata", "saved_views")

_by_bytes = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""A text whose beginnings lie together in an index."""

event_words = Table(
    "event_words",
    metadata,
    Column("word", _by_bytes, primary_key=True),
    Column("received_at", BigInteger, primary_key=True, autoincrement=False),  # of its events
    sqlite_with_rowid=False,
)

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", Text, primary_key=True),
    Column("list", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("user_id", Text, ForeignKey("users.id")),  # none: everybody's
    Column("created_at", BigInteger, nullable=False),
)
