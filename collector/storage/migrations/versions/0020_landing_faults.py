"""What is wrong with the UTMs of landings, counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_KEYS = ("source_id", "code", "name", "page")


def upgrade() -> None:
    """Add the counts."""
    op.create_table(
        "landing_faults",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _KEYS),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", *_KEYS, name=op.f("pk_landing_faults")),
        sqlite_with_rowid=False,
    )
