"""Runs migrations on the connection, and inside the transaction, that `schema.upgrade` holds."""

from __future__ import annotations

from alembic import context

from collector.storage import (
    backup_tables,
    check_tables,
    link_tables,
    list_tables,
    tally_tables,
    tool_tables,
)
from collector.storage.tables import metadata

REGISTERED = (backup_tables, check_tables, link_tables, list_tables, tally_tables, tool_tables)
"""Modules of tables beside `storage/tables.py`; importing one adds its tables to the metadata."""

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
