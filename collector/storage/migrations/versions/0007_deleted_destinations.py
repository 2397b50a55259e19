"""Keep what a deleted destination got."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Keep what a deleted destination got."""
    op.add_column("destinations", sa.Column("deleted_at", sa.BigInteger(), nullable=True))
