"""What stands in front, as nginx does: it serves the site and passes the collector's part on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from yarl import URL

from tests.browser.site import WAIT_S, Site
from tests.serving import Collector

SITE = "www.shop.test"
PARTNER = "www.partner.test"
"""Another company's site, on the same server."""

PREFIX = "/_lc"
_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_OF_ONE_HOP = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}
)

PassOn = Callable[[], Awaitable[Response]]
Between = Callable[[PassOn], Awaitable[Response]]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request to the collector: `path` as the collector sees it."""

    method: str
    host: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Hold:
    """Holds answers back until they are released."""

    def __init__(self) -> None:
        self._arrived = asyncio.Event()
        self._released = asyncio.Event()

    async def __call__(self, pass_on: PassOn) -> Response:
        answer = await pass_on()
        self._arrived.set()
        await self._released.wait()
        return answer

    async def arrived(self) -> None:
        """Wait until an answer is held."""
        async with asyncio.timeout(WAIT_S):
            await self._arrived.wait()

    def release(self) -> None:
        self._released.set()


@dataclass
class Front:
    """`between` stands, by first part of the path, between a browser and the collector."""

    site: Site
    collector: Collector
    asked: list[Asked] = field(default_factory=list)
    between: dict[str, Between] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app = Starlette(routes=[Route("/{path:path}", self._answer, methods=_METHODS)])
        self._arrival = asyncio.Condition()

    def reset(self) -> None:
        """Forget what a test has put here."""
        self.asked = []
        self.between = {}

    def posts(self, part: str) -> list[Asked]:
        """List what was posted to `/t` or `/f`."""
        return [one for one in self.asked if one.method == "POST" and _first(one.path) == part]

    def views(self) -> list[dict[str, Any]]:
        """Read the page views that were reported, in order of arrival."""
        return [json.loads(one.body) for one in self.posts("/t")]

    async def wait_for(self, part: str, count: int) -> list[Asked]:
        """Wait until so many posts to `/t` or `/f` have come."""
        async with asyncio.timeout(WAIT_S), self._arrival:
            await self._arrival.wait_for(lambda: len(self.posts(part)) >= count)
        return self.posts(part)

    @contextmanager
    def holding(self, part: str) -> Iterator[Hold]:
        """Hold answers back until the block ends, or earlier."""
        self.between[part] = hold = Hold()
        try:
            yield hold
        finally:
            del self.between[part]
            hold.release()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep what is needed to pass on open."""
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=True),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        ) as self._session:
            yield

    async def _answer(self, request: Request) -> Response:
        path = request.scope["raw_path"].decode()
        if request.url.hostname == PARTNER:
            return await self.site.answer(request)
        if request.url.hostname != SITE:
            return await self._ask(request, path, "")
        if path.startswith(f"{PREFIX}/"):
            return await self._ask(request, path.removeprefix(PREFIX), PREFIX)
        return await self.site.answer(request)

    async def _ask(self, request: Request, path: str, prefix: str) -> Response:
        asked = Asked(
            method=request.method,
            host=request.url.hostname or "",
            path=path,
            headers=dict(request.headers),
            body=await request.body(),
        )
        async with self._arrival:
            self.asked.append(asked)
            self._arrival.notify_all()

        async def pass_on() -> Response:
            return await self._pass_on(request, asked, prefix)

        between = self.between.get(_first(path))
        return await (between(pass_on) if between else pass_on())

    async def _pass_on(self, request: Request, asked: Asked, prefix: str) -> Response:
        kept = [(n, v) for n, v in request.headers.items() if n not in _OF_ONE_HOP]
        told = {
            "Host": request.headers["host"],
            "X-Forwarded-For": "127.0.0.1",
            "X-Forwarded-Host": request.headers["host"],
            "X-Forwarded-Proto": request.url.scheme,
            "X-Forwarded-Prefix": prefix,
        }
        query = request.scope["query_string"].decode()
        url = URL(f"{self.collector.base}{asked.path}{'?' if query else ''}{query}", encoded=True)
        try:
            async with self._session.request(
                asked.method,
                url,
                headers=[*kept, *told.items()],
                data=asked.body or None,
                allow_redirects=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            ) as answer:
                response = Response(await answer.read(), answer.status)
                response.raw_headers = [
                    (name.lower(), value)
                    for name, value in answer.raw_headers
                    if name.lower().decode() not in _OF_ONE_HOP - {"content-length"}
                ]
                return response
        except aiohttp.ClientConnectionError:
            return Response("Bad Gateway", 502)


def _first(path: str) -> str:
    return "/" + path.split("/")[1]
