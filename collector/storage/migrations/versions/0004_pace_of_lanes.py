"""Pace lanes, tell what may have arrived, erase events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Pace lanes, tell what may have arrived, erase events."""
    for column in (
        sa.Column("recent", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("ramp", sa.Integer(), nullable=True),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("failed_at", sa.BigInteger(), nullable=True),
        sa.Column("warned", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("max_in_flight", sa.Integer(), nullable=True),
        sa.Column("spacing", sa.BigInteger(), nullable=True),
        sa.Column("burst", sa.Integer(), nullable=True),
        sa.Column("learnt_spacing", sa.BigInteger(), nullable=True),
        sa.Column("empty_at", sa.BigInteger(), nullable=True),
    ):
        op.add_column("destinations", column)
    op.add_column("deliveries", sa.Column("unsure_at", sa.BigInteger(), nullable=True))
    op.add_column("events", sa.Column("erased_at", sa.BigInteger(), nullable=True))
