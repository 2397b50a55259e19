"""Map fields, type leads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Map fields, type leads."""
    op.create_table(
        "fields",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_fields")),
    )
    op.create_table(
        "lead_types",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lead_types")),
    )
    op.create_table(
        "link_mappings",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("destination_id", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["destination_id"],
            ["destinations.id"],
            name=op.f("fk_link_mappings_destination_id"),
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["captures.source_id"], name=op.f("fk_link_mappings_source_id")
        ),
        sa.PrimaryKeyConstraint("source_id", "destination_id", name=op.f("pk_link_mappings")),
    )
    op.add_column("captures", sa.Column("mapping", sa.Text(), nullable=True))
    op.add_column("captures", sa.Column("lead_type", sa.Text(), nullable=True))
    op.add_column(
        "captures",
        sa.Column("store_only", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("events", sa.Column("lead_type", sa.Text(), nullable=True))
    op.create_index(
        "ix_events_lead_type",
        "events",
        ["lead_type", "received_at"],
        unique=False,
        sqlite_where=sa.text("lead_type IS NOT NULL"),
        postgresql_where=sa.text("lead_type IS NOT NULL"),
    )
