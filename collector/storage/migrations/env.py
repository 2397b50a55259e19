"""Runs migrations on the connection, and inside the transaction, that `schema.upgrade` holds."""

from __future__ import annotations

from alembic import context

from collector.storage.check_tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
