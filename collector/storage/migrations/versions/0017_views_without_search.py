"""Saved views forget their searches, which name persons."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_views = sa.table("saved_views", sa.column("id"), sa.column("query"))


def upgrade() -> None:
    """Take the search out of each query; a view of nothing else goes."""
    connection = op.get_bind()
    for key, query in connection.execute(sa.select(_views.c.id, _views.c.query)).all():
        kept = urlencode([pair for pair in parse_qsl(query) if pair[0] != "search"])
        own = _views.c.id == key
        if not kept:
            connection.execute(sa.delete(_views).where(own))
        elif kept != query:
            connection.execute(sa.update(_views).where(own).values(query=kept))
