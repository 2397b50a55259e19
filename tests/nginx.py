"""Debian's nginx from the shipped nginx.conf: only where things are differs from an installation."""

from __future__ import annotations

import asyncio
import ssl
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPMessage, HTTPResponse
from io import BytesIO
from pathlib import Path
from shutil import rmtree
from socket import IPPROTO_TCP, SO_REUSEADDR, SOL_SOCKET, socket
from tempfile import mkdtemp
from typing import Any, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.browser.certificate import Certificate, make_certificate
from tests.serving import ROOT, START_S, listening

CONF = ROOT / "nginx.conf"
BINARY = "/usr/sbin/nginx"
SITE_HOST = "www.example.com"
OWN_HOST = "leads.example.com"
HERE = "127.0.0.1"
IN_PLACE_OF_IPV6 = "127.0.0.2"
"""Where the file listens on IPv6: not every machine has it."""

PUBLIC = (SITE_HOST, "/_lc"), (OWN_HOST, "")
"""The two hosts, and where the browser paths lie on each."""

QUICK = {"10s;        # EDIT": "1s;"}
"""All three timeouts against slow clients, changed."""

LEAKING = {"server_tokens       off;": "server_tokens off; proxy_request_buffering off;"}
"""What stands around the blocks in an nginx that has other work as well."""

HASTY = {
    "server_tokens       off;": "server_tokens off; proxy_read_timeout 1s;",
    "proxy_connect_timeout   5s;": "proxy_connect_timeout 1s;",
}
"""Little patience with the collector, but on live pages."""

_TEMP = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")

Headers = Iterable[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Behind:
    """What nginx stands in front of, by its address, and under which names it is asked.

    Of several servers of the collector the others are `more`.
    """

    collector: str
    more: tuple[str, ...] = ()
    site: str = "http://127.0.0.1:1"
    site_host: str = SITE_HOST
    own_host: str = OWN_HOST


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: HTTPMessage
    body: bytes


@dataclass(kw_only=True)
class Nginx:
    """A running nginx. `says` is what it says on stderr, `logged` its log files once it has ended."""

    folder: Path
    behind: Behind
    certificate: Certificate
    port: int
    plain_port: int
    process: Process | None = None
    says: list[str] = field(default_factory=list)
    logged: str = ""

    @property
    def conf(self) -> Path:
        """The file it was started with."""
        return self.folder / "nginx.conf"

    async def start(self) -> None:
        """Start; returns once the workers take connections."""
        directives = "daemon off; error_log stderr notice;"
        self.process = await asyncio.create_subprocess_exec(
            *(BINARY, "-c", str(self.conf), "-g", directives), stderr=PIPE
        )
        async with asyncio.timeout(START_S):
            await self._listen("start worker process ")
        self._listening = asyncio.create_task(self._listen(None))

    async def stop(self) -> None:
        """Stop once every request that has begun has ended."""
        assert self.process is not None
        self.process.send_signal(3)
        await self._listening
        assert await self.process.wait() == 0
        self.logged = "".join(log.read_text() for log in sorted(self.folder.glob("*.log")))

    async def _listen(self, until: str | None) -> None:
        assert self.process is not None
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.says.append(line.decode())
            if until and until in self.says[-1]:
                return
        assert until is None, "".join(self.says)

    async def connect(
        self,
        *,
        host: str = SITE_HOST,
        source: str = HERE,
        to: str = HERE,
        context: ssl.SSLContext | None = None,
    ) -> tuple[StreamReader, StreamWriter]:
        """Open a connection to a host of the file, from one of this machine's own addresses."""
        return await asyncio.open_connection(
            *(to, self.port),
            ssl=context or self.context(),
            server_hostname=host,
            local_addr=(source, 0),
        )

    def context(self, protocol: str = "http/1.1") -> ssl.SSLContext:
        """Trust the certificate, and speak a protocol."""
        context = ssl.create_default_context(cafile=str(self.certificate.file))
        context.set_alpn_protocols([protocol])
        return context

    async def ask_plainly(self, raw: bytes, to: str = HERE) -> Answer:
        """Send a request over plain http."""
        reader, writer = await asyncio.open_connection(to, self.plain_port)
        writer.write(raw)
        (answer,) = read_answers(await reader.read())
        await close(writer)
        return answer

    async def converse(
        self, raw: bytes, *, host: str = SITE_HOST, source: str = HERE
    ) -> list[Answer]:
        """Send bytes as they are; reads answers until the connection ends, none if it is cut."""
        reader, writer = await self.connect(host=host, source=source)
        try:
            writer.write(raw)
            return read_answers(await reader.read())
        except ConnectionError:
            return []
        finally:
            await close(writer)

    async def ask(
        self, path: str, *, host: str = SITE_HOST, source: str = HERE, **said: Any
    ) -> Answer:
        """Get a path, or post to it; `said` is what `request` takes."""
        raw = request(path, host=host, **said)
        (answer,) = await self.converse(raw, host=host, source=source)
        return answer


def request(
    path: str,
    *,
    body: bytes | None = None,
    headers: Headers = (),
    host: str = SITE_HOST,
    last: bool = True,
) -> bytes:
    """Write a request: a post if it has a body, the last of its connection unless more follow."""
    lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines += [] if body is None else [f"Content-Length: {len(body)}"]
    lines += ["Connection: close"] if last else []
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")


class _Received(BytesIO):
    """Bytes as http.client reads them: from a socket, which it must not close."""

    def makefile(self, _mode: str) -> _Received:
        return self

    def close(self) -> None:
        pass


def read_answers(raw: bytes) -> list[Answer]:
    """Read every answer of a connection."""
    received, answers = _Received(raw), []
    while received.tell() < len(raw):
        response = HTTPResponse(cast("Any", received))
        response.begin()
        answers.append(
            Answer(status=response.status, headers=response.headers, body=response.read())
        )
    return answers


async def close(writer: StreamWriter) -> None:
    """Hang up, whatever the other side has done, and without waiting for its goodbye."""
    writer.transport.abort()
    with suppress(ConnectionError, ssl.SSLError):
        await writer.wait_closed()


def reserve_port() -> socket:
    """Take a free port; another may listen there for as long as this socket is only bound."""
    sock = socket(proto=IPPROTO_TCP)  # named, or asyncio leaves Nagle's delay on: 40 ms an answer
    sock.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    sock.bind((HERE, 0))
    return sock


def write_conf(made: Nginx, changes: Mapping[str, str]) -> None:
    """Write the shipped file with other places. Every text that is replaced must be there."""
    behind, pem = made.behind, "/etc/ssl"
    servers = [url.removeprefix("http://") for url in (behind.collector, *behind.more)]
    places = {
        "http {": "\n".join(["http {", *(f"{n}_temp_path {made.folder}/{n};" for n in _TEMP)]),
        "/run/nginx.pid": f"{made.folder}/nginx.pid",
        "/var/log/nginx/": f"{made.folder}/",
        f"{pem}/{SITE_HOST}/fullchain.pem": str(made.certificate.file),
        f"{pem}/{SITE_HOST}/privkey.pem": str(made.certificate.key_file),
        f"{pem}/{OWN_HOST}/fullchain.pem": str(made.certificate.file),
        f"{pem}/{OWN_HOST}/privkey.pem": str(made.certificate.key_file),
        "server 127.0.0.1:8000;": " ".join(f"server {server};" for server in servers),
        "127.0.0.1:8080": behind.site.removeprefix("http://"),
        SITE_HOST: behind.site_host,
        OWN_HOST: behind.own_host,
        "listen 80": f"listen {HERE}:{made.plain_port}",
        "listen [::]:80": f"listen {IN_PLACE_OF_IPV6}:{made.plain_port}",
        "listen 443": f"listen {HERE}:{made.port}",
        "listen [::]:443": f"listen {IN_PLACE_OF_IPV6}:{made.port}",
    }
    text = CONF.read_text()
    for before, after in {**changes, **places}.items():
        assert before in text, before
        text = text.replace(before, after)
    made.conf.write_text(text)


@asynccontextmanager
async def nginx(
    behind: Behind,
    changes: Mapping[str, str] | None = None,
    certificate: Certificate | None = None,
) -> AsyncIterator[Nginx]:
    """A running nginx; `changes` replaces further text of the file, such as marked timeouts."""
    folder = Path(mkdtemp(prefix="nginx-"))
    folder.chmod(0o755)  # its workers are nobody's own and have to reach their temporary files
    with reserve_port() as secure, reserve_port() as plain:
        made = Nginx(
            folder=folder,
            behind=behind,
            certificate=certificate or make_certificate(folder, behind.site_host, behind.own_host),
            port=secure.getsockname()[1],
            plain_port=plain.getsockname()[1],
        )
        write_conf(made, changes or {})
        try:
            await made.start()
            yield made
        finally:
            if made.process is not None and made.process.returncode is None:
                await made.stop()
            rmtree(folder)


class Echo:
    """An app that answers with what it was asked; `?padding=` makes the answer so much longer.

    With `?held=` it answers once `ends` is set; `/console/live` is a stream that ends then. Of
    these, `began` says that one has begun, and `left` that whoever asked is gone.
    """

    def __init__(self, *paths: str) -> None:
        self.paths: list[str] = []
        self.began = asyncio.Event()
        self.ends = asyncio.Event()
        self.left = asyncio.Event()
        live = Route("/console/live", self._stream)
        rest = [
            Route(path, self._answer, methods=["GET", "POST"])
            for path in paths or ("/{path:path}",)
        ]
        self.app = Starlette(routes=[live, *rest])

    async def _answer(self, request: Request) -> Response:
        path = request.scope["raw_path"].decode()
        self.paths.append(path)
        padding = " " * int(request.query_params.get("padding", "0"))
        headers, length = dict(request.headers), len(await request.body())
        if "held" in request.query_params:
            self.began.set()
            leaving = asyncio.create_task(self._notice(request))
            await self.ends.wait()
            leaving.cancel()
        via = {"version": request.scope["http_version"], "port": request.scope["client"][1]}
        told = {"path": path, "headers": headers, "length": length, "padding": padding}
        return JSONResponse(told | via)

    async def _notice(self, request: Request) -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        self.left.set()

    async def _stream(self, _request: Request) -> Response:
        async def lines() -> AsyncIterator[bytes]:
            self.began.set()
            yield b"first\n"
            try:
                await self.ends.wait()
            except asyncio.CancelledError:
                self.left.set()
                raise
            yield b"last\n"

        return StreamingResponse(lines())


@dataclass(frozen=True, kw_only=True)
class Echoing:
    """An nginx, and the app that stands behind it in the collector's place."""

    nginx: Nginx
    echo: Echo


@asynccontextmanager
async def echoing(changes: Mapping[str, str] | None = None) -> AsyncIterator[Echoing]:
    """Run nginx before an app that echoes, and a site of two pages that does."""
    echo, site = Echo(), Echo("/", "/page")
    async with (
        listening(echo.app, reserve_port(), proxy_headers=False) as collector,
        listening(site.app, reserve_port(), proxy_headers=False) as shop,
        nginx(Behind(collector=collector, site=shop), changes) as running,
    ):
        yield Echoing(nginx=running, echo=echo)
