"""Find leads by words, and keep views of lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0006"


def upgrade() -> None:
    """Find leads by words, and keep views of lists."""
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
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_saved_views_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
