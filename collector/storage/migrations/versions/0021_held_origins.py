"""Tell what waits for its origin from indexes alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the index of leads from unknown origins; let the one of what is held name the lead."""
    of_origin = sa.text("marks LIKE '%\"origin\":%'")
    op.create_index(
        "ix_events_origin",
        "events",
        ["id", "source_id", "received_at", "marks"],
        sqlite_where=of_origin,
        postgresql_where=of_origin,
    )
    held = sa.text("state = 'held'")
    op.drop_index("ix_deliveries_held", "deliveries")
    op.create_index(
        "ix_deliveries_held",
        "deliveries",
        ["state", "reason", "event"],
        sqlite_where=held,
        postgresql_where=held,
    )
    if sa.inspect(op.get_bind()).has_table("sqlite_stat1"):
        # Known only of the other indexes, statistics would make SQLite choose these wrongly.
        op.execute("ANALYZE deliveries")
        op.execute("ANALYZE events")
