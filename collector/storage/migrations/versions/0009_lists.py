"""Find leads by words, and lists by their state."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0007"


def upgrade() -> None:
    """Find leads by words, and lists by their state."""
    by_bytes = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
    op.create_table(
        "event_words",
        sa.Column("word", by_bytes, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("word", "received_at", name=op.f("pk_event_words")),
        sqlite_with_rowid=False,
    )
    for name, columns, only in (
        ("unworded", ["id"], "counted = 1"),
        ("spam", ["source_id", "received_at"], "marks LIKE '%\"spam\":%'"),
        ("test", ["source_id", "received_at"], "marks LIKE '%\"test\":%'"),
    ):
        op.create_index(
            f"ix_events_{name}",
            "events",
            columns,
            sqlite_where=sa.text(only),
            postgresql_where=sa.text(only),
        )
    stuck = sa.text("state IN ('held', 'refused', 'expired')")
    op.create_index(
        "ix_deliveries_stuck",
        "deliveries",
        ["state", "id"],
        sqlite_where=stuck,
        postgresql_where=stuck,
    )
