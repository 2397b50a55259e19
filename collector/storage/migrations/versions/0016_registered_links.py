"""Registered links, and what they brought."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_INDEXES = ("key", "site_key", "mask")


def upgrade() -> None:
    """Add links and their counts."""
    op.create_table(
        "registered_links",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("mask", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("site_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("user_email", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registered_links")),
    )
    op.create_index("uq_registered_links_url", "registered_links", ["url"], unique=True)
    for column in _INDEXES:
        op.create_index(f"ix_registered_links_{column}", "registered_links", [column])
    op.create_table(
        "link_counts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("touches", sa.BigInteger(), nullable=False),
        sa.Column("leads", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", "source_id", "day", name=op.f("pk_link_counts")),
        sqlite_with_rowid=False,
    )
