"""The whole demo in one process: collector, site and stand-in account, a port for each."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from socket import SO_REUSEADDR, SOL_SOCKET, socket

import click
import uvicorn
from starlette.applications import Starlette

from collector.app import create, system_clock
from collector.config import Settings, load, with_generated_secrets
from collector.demo.driftrock import create_driftrock
from collector.demo.guide import render_guide
from collector.demo.site import create_site
from collector.destinations import Registry, find_kind
from collector.domain.capture import Capture
from collector.domain.ids import RANDOM_BYTES, uuid7
from collector.domain.user import User
from collector.storage.captures import CreateCapture, LinkDestination
from collector.storage.destinations import CreateDestination
from collector.storage.secrets import SecretBox
from collector.storage.store import open_store
from collector.storage.users import CreateUser
from collector.web.console.links import make_link
from collector.web.server import Server

ADMIN = "admin@example.com"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the three parts listen, bound already: nobody can take a port in between."""

    collector: socket
    site: socket
    driftrock: socket


def bind_ports(first: int) -> Ports:
    """Bind three ports in a row. Raises OSError naming the one that is taken."""
    bound: list[socket] = []
    for port in range(first, first + 3):
        sock = socket()
        sock.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        try:
            sock.bind((LOOPBACK, port if first else 0))
        except OSError as error:
            for taken in (*bound, sock):
                taken.close()
            raise OSError(f"port {port} is taken: choose another with --port") from error
        bound.append(sock)
    return Ports(collector=bound[0], site=bound[1], driftrock=bound[2])


def origin(sock: socket) -> str:
    """Write a bound port as an origin."""
    return f"http://{LOOPBACK}:{sock.getsockname()[1]}"


class Beside(uvicorn.Server):
    """A server beside the main one: it leaves signals alone and ends when it is told."""

    def __init__(self, app: Starlette) -> None:
        super().__init__(_config(app))
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start, and let the main server know."""
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the main server."""
        yield


class Announcing(Server):
    """The main server: it prints the guide once all ports answer."""

    def __init__(self, app: Starlette, beside: Sequence[Beside], guide: str) -> None:
        super().__init__(_config(app))
        self._beside = beside
        self._guide = guide

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start, and say what to do now."""
        await super().startup(sockets)
        for server in self._beside:
            await server.ready.wait()
        if self.started:
            click.echo(self._guide)


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app, log_config=None, access_log=False, proxy_headers=False, timeout_graceful_shutdown=5
    )


async def run_demo(folder: Path, ports: Ports) -> None:
    """Set everything up in a folder that is thrown away later, and serve until interrupted."""
    settings = with_generated_secrets(
        load(
            {
                "COLLECTOR_DATA_DIR": str(folder),
                "COLLECTOR_ALLOW_DESTINATIONS": "127.0.0.0/8",
                "COLLECTOR_BASE_URL": origin(ports.collector),
            }
        )
    )
    app = create(settings)
    source_id, api_key = await set_up(settings, ports)
    account = create_driftrock(api_key, [source_id], now=lambda: datetime.now(UTC))
    site = create_site(origin(ports.collector), source_id)
    beside = [Beside(site), Beside(account)]
    serving = [
        asyncio.create_task(server.serve([sock]))
        for server, sock in zip(beside, (ports.site, ports.driftrock), strict=True)
    ]
    guide = render_guide(
        site=origin(ports.site),
        driftrock=origin(ports.driftrock),
        console=f"{origin(ports.collector)}/console",
        link=origin(ports.collector) + await make_admin(settings),
    )
    await Announcing(app, beside, guide).serve([ports.collector])
    for server in beside:
        server.should_exit = True
    await asyncio.gather(*serving)


async def set_up(settings: Settings, ports: Ports) -> tuple[str, str]:
    """Create the capture and its destination; answers its source_id and the account's API key."""
    store = await open_store(settings.database_url)
    now = system_clock()
    made = Capture(
        source_id=_new_id(now),
        name="Demo site",
        origins=(origin(ports.site),),
        created_at=now,
    )
    api_key = secrets.token_hex(16)
    await store.write(CreateCapture(capture=made))
    given = {
        "api_key": api_key,
        "source_id": made.source_id,
        "url": f"{origin(ports.driftrock)}/v2/event",
    }
    account = Registry(SecretBox(settings.encryption_keys)).new(
        find_kind("driftrock"), name="Driftrock", given=given, new_id=_new_id(now), now=now
    )
    await store.write(CreateDestination(destination=account))
    await store.write(LinkDestination(source_id=made.source_id, destination_id=account.id))
    await store.close()
    return made.source_id, api_key


async def make_admin(settings: Settings) -> str:
    """Create an admin who has no password; answers the path of the link that signs them in."""
    now = system_clock()
    admin = User(id=_new_id(now), email=ADMIN, role="admin", created_at=now)
    store = await open_store(settings.database_url)
    await store.write(CreateUser(user=admin))
    path = await make_link(store, admin.id, now)
    await store.close()
    return path


def _new_id(now: int) -> str:
    return uuid7(now, secrets.token_bytes(RANDOM_BYTES))
