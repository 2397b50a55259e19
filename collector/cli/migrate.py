"""`collector migrate`: bring the database to this version's schema."""

from __future__ import annotations

import click

from collector.cli.session import Session, run
from collector.storage import schema

EXAMPLE = """\b
Example:
  collector migrate
"""


@click.command(epilog=EXAMPLE)
def migrate() -> None:
    """Create or upgrade the schema.

    On SQLite every command does so by itself.
    """
    run(_check)
    click.echo(f"the schema is at {schema.HEAD}")


async def _check(session: Session) -> None:
    await session.store.read(schema.current_revision)
