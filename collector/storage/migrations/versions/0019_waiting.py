"""List what waits for a destination, the newest first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """List what waits for a destination, the newest first."""
    ready = sa.text("state = 'ready'")
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["destination_id", "id"],
        sqlite_where=ready,
        postgresql_where=ready,
    )
