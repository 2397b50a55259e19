"""`collector serve`: the web server, with the delivery worker inside."""

from __future__ import annotations

import asyncio
import sys
from socket import socket

import click
import uvicorn

from collector.app import create
from collector.cli.logs import set_up_logs
from collector.config import Settings, from_environment, with_generated_secrets
from collector.domain.errors import CollectorError
from collector.storage.store import sqlite_path

EXAMPLE = """\b
Example:
  COLLECTOR_BASE_URL=https://leads.example.com collector serve --port 8000
"""
SHUTDOWN_S = 20


@click.command(epilog=EXAMPLE)
@click.option("--host", help="Where to listen; else COLLECTOR_HOST.")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Else COLLECTOR_PORT; 0 is any free one."
)
@click.option("--workers", type=click.IntRange(1), default=1, help="Processes; needs PostgreSQL.")
@click.option("--no-worker", is_flag=True, help="Deliver nothing here: `collector work` does.")
def serve(*, host: str | None, port: int | None, workers: int, no_worker: bool) -> None:
    """Serve the collector until it is told to stop.

    SIGTERM ends it once what is in flight is stored and sent.
    """
    try:
        settings = with_generated_secrets(from_environment())
        if workers > 1 and sqlite_path(settings.database_url):
            raise click.UsageError(
                "--workers needs PostgreSQL: a SQLite file is written by one process"
            )
        set_up_logs(settings.log_format)
        for warning in settings.warnings:
            click.echo(f"Warning: {warning}", err=True)
        server = Server(settings, host, port, with_worker=not no_worker)
        asyncio.run(server.serve())
    except CollectorError as error:
        raise click.ClickException(str(error)) from error
    if not server.started:
        sys.exit(1)


class Server(uvicorn.Server):
    """Uvicorn, set for this app. It says on stderr where it listens, once it does."""

    def __init__(
        self, settings: Settings, host: str | None, port: int | None, *, with_worker: bool
    ) -> None:
        super().__init__(
            uvicorn.Config(
                create(settings, with_worker=with_worker),
                host=host or settings.host,
                port=settings.port if port is None else port,
                log_config=None,
                access_log=False,
                proxy_headers=False,  # forwarded headers are ours to judge, see web/client.py
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=SHUTDOWN_S,
                h11_max_incomplete_event_size=64 * 1024,
            )
        )

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            click.echo(f"collector listens on http://{host}:{port}", err=True)
