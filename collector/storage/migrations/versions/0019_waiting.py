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
    if sa.inspect(op.get_bind()).has_table("sqlite_stat1"):
        # Known only of the other indexes, statistics would make SQLite take this one everywhere.
        op.execute("ANALYZE deliveries")
