"""`collector migrate`: bring the database to this version's schema."""

from __future__ import annotations

import asyncio

import click

from collector.config import from_environment, with_generated_secrets
from collector.domain.errors import CollectorError
from collector.storage import schema
from collector.storage.store import open_database

EXAMPLE = """\b
Example:
  collector migrate
"""


@click.command(epilog=EXAMPLE)
def migrate() -> None:
    """Create or upgrade the schema.

    On SQLite every command does so by itself.
    """
    try:
        settings = with_generated_secrets(from_environment())
        asyncio.run(_upgrade(settings.database_url))
    except CollectorError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"the schema is at {schema.HEAD}")


async def _upgrade(database_url: str) -> None:
    database = open_database(database_url)
    try:
        await database.transact([schema.Upgrade()])
        schema.require_head(await database.read(schema.current_revision))
    finally:
        await database.close()
