"""`collector work`: the delivery worker alone."""

from __future__ import annotations

import asyncio
import signal

import click

from collector.app import delivering, serving_alone, shared_clock, system_clock
from collector.cli.session import start
from collector.config import Settings
from collector.domain.errors import CollectorError
from collector.storage.store import open_store

EXAMPLE = """\b
Example:
  COLLECTOR_DATABASE_URL=postgresql://collector@db/collector collector work
"""


@click.command(epilog=EXAMPLE)
def work() -> None:
    """Deliver what is due, beside any number of `collector serve --no-worker`.

    Any number of workers share one PostgreSQL. SIGTERM ends it once what is in flight is sent.
    """
    try:
        asyncio.run(_work(start()))
    except CollectorError as error:
        raise click.ClickException(str(error)) from error


async def _work(settings: Settings) -> None:
    told = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, told.set)
    with serving_alone(settings):
        store = await open_store(settings.database_url)
        try:
            async with (
                shared_clock(settings, store, system_clock) as clock,
                delivering(settings, store, clock) as wake,
                store.database.news(wake),
            ):
                click.echo("collector delivers", err=True)
                await told.wait()
        finally:
            await store.close()
