"""`collector serve`: the web server, with the delivery worker inside."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from socket import socket
from threading import Thread
from typing import Any

import click
import uvicorn
from starlette.applications import Starlette
from uvicorn.supervisors import Multiprocess

from collector.app import create, serving_alone
from collector.cli.session import now, start
from collector.config import Settings
from collector.domain.errors import CollectorError
from collector.storage.store import open_store, sqlite_path
from collector.storage.users import has_users
from collector.web.console.links import make_link
from collector.web.server import Server

EXAMPLE = """\b
Example:
  COLLECTOR_BASE_URL=https://leads.example.com collector serve --port 8000
"""
SHUTDOWN_S = 20
BACKLOG = 2_048


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
    settings = start()
    where = {"host": host or settings.host, "port": settings.port if port is None else port}
    if workers == 1:
        _serve_here(settings, where, with_worker=not no_worker)
    elif sqlite_path(settings.database_url):
        raise click.UsageError("--workers needs PostgreSQL: one process writes a SQLite file")
    else:
        _serve_in_processes(settings, where, workers, with_worker=not no_worker)


def _serve_here(settings: Settings, where: dict[str, Any], *, with_worker: bool) -> None:
    try:
        link = asyncio.run(_try_store(settings))
        config = uvicorn.Config(create(settings, with_worker=with_worker), **where, **SERVER)
        server = Announcing(config, settings, link)
        _run(server)
    except CollectorError as error:
        raise click.ClickException(str(error)) from error
    if not server.started:
        sys.exit(1)


def _run(server: Announcing) -> None:
    """Serve until told to end; uvicorn has logged why when it cannot start."""
    try:
        server.run()
    except SystemExit as error:
        raise click.ClickException("the server could not start") from error


SERVER: dict[str, Any] = {
    "log_config": None,
    "access_log": False,
    "proxy_headers": False,  # forwarded headers are ours to judge, see web/client.py
    "server_header": False,
    "date_header": False,
    "timeout_graceful_shutdown": SHUTDOWN_S,
    "h11_max_incomplete_event_size": 64 * 1024,
}


class Announcing(Server):
    """It says on stderr where it listens, once it does."""

    def __init__(
        self, config: uvicorn.Config, settings: Settings, link: str | None = None
    ) -> None:
        super().__init__(config)
        self._settings = settings
        self._link = link

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        if self.started:
            _announce(self._settings, self._link, self.servers[0].sockets[0])


def _announce(settings: Settings, link: str | None, listening: Any) -> None:
    """Say where the collector listens, and to whoever sets it up how to become its admin."""
    host, port = listening.getsockname()[:2]
    here = f"http://{host}:{port}"
    if link:
        base = (settings.base_url or here).rstrip("/")
        click.echo("Nobody can sign in yet. Become the first admin, by this link once:", err=True)
        click.echo(base + link, err=True)
    click.echo(f"collector listens on {here}", err=True)


def _serve_in_processes(
    settings: Settings, where: dict[str, Any], workers: int, *, with_worker: bool
) -> None:
    """Serve from several processes; settings reach them by the environment."""
    try:
        link = asyncio.run(_try_store(settings))
    except CollectorError as error:
        raise click.ClickException(str(error)) from error
    factory = "process" if with_worker else "process_without_worker"
    config = uvicorn.Config(
        f"{__name__}:{factory}", factory=True, workers=workers, **where, **SERVER
    )
    bound = config.bind_socket()
    bound.listen(BACKLOG)  # from now on nobody is turned away, the first process answers
    _announce(settings, link, bound)
    Multiprocess(config, [bound]).run()


async def _try_store(settings: Settings) -> str | None:
    """Meet what would keep the server from starting while it can still be told in a sentence.

    Answers the path of a one-time link for the first admin, where there is no user at all.
    """
    with serving_alone(settings):
        store = await open_store(settings.database_url)
        try:
            return None if await store.read(has_users) else await make_link(store, None, now())
        finally:
            await store.close()


def process() -> Starlette:
    """Make the app of one process of several."""
    _end_with_parent()
    return create(start())


def process_without_worker() -> Starlette:
    """Make the app of one process of several, for a host where `collector work` delivers."""
    _end_with_parent()
    return create(start(), with_worker=False)


def _end_with_parent() -> None:
    """End as by SIGTERM once the parent was killed: nobody would replace or stop this process."""

    def watch(parent: BaseProcess) -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=watch, args=(parent_process(),), name="parent", daemon=True).start()
