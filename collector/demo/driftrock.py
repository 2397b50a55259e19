"""A stand-in Driftrock account: checks the protocol strictly and shows what it received."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.demo.assets import route_file
from collector.demo.protocol import METADATA_KEYS, ApiRequest, Verdict, judge
from collector.web.pages import open_pages

_HEADERS_KEPT: Final = ("authorization", "content-type", "accept", "user-agent")
_ANY_METHOD: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_SHOWN: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedAnswer:
    """One answer told beforehand; what it leaves out is as the protocol says.

    With `until` it is given once that event is set: a slow account.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    until: asyncio.Event | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request: when it came, what it was, what the protocol says to it, what was answered."""

    at: datetime
    request: ApiRequest
    verdict: Verdict
    status: int


class Account:
    """Everything that arrived, oldest first, and the answers that are told beforehand.

    `now` gives the time of receipt as aware UTC. `source_ids` is looked at anew for each request.
    """

    def __init__(
        self, *, api_key: str, source_ids: Collection[str], now: Callable[[], datetime]
    ) -> None:
        self.received: list[Received] = []
        self.script: deque[ScriptedAnswer] = deque()
        self._api_key = api_key
        self._source_ids = source_ids
        self._now = now
        self._arrival = asyncio.Condition()

    async def answer(self, request: ApiRequest) -> Response:
        """Record a request and answer it: by the script while that lasts, else by the protocol."""
        verdict = judge(request, api_key=self._api_key, source_ids=self._source_ids)
        scripted = self.script.popleft() if self.script else ScriptedAnswer()
        status = scripted.status or verdict.status
        await self._record(
            Received(at=self._now(), request=request, verdict=verdict, status=status)
        )
        if scripted.until:
            await scripted.until.wait()
        body = verdict.render_body() if status == verdict.status else b'{"error":"scripted"}'
        return Response(body, status, scripted.headers, media_type="application/json")

    async def wait_for(self, count: int) -> list[Received]:
        """Wait until so many requests have arrived; for the event loop that serves them."""
        async with self._arrival:
            await self._arrival.wait_for(lambda: len(self.received) >= count)
        return self.received

    async def _record(self, received: Received) -> None:
        async with self._arrival:
            self.received.append(received)
            self._arrival.notify_all()


def create_driftrock(
    api_key: str, source_ids: Collection[str], *, now: Callable[[], datetime]
) -> Starlette:
    """Make the stand-in: the API, and what it received at `/` and `/events.json`.

    `app.state.account` is its `Account`.
    """
    app = Starlette(
        routes=[
            Route("/", _show),
            Route("/events.json", _list),
            route_file("/style.css", "public/style.css"),
            route_file("/driftrock.css", "demo/driftrock.css"),
            Route("/{path:path}", _receive, methods=_ANY_METHOD),
        ]
    )
    app.state.account = Account(api_key=api_key, source_ids=source_ids, now=now)
    app.state.pages = open_pages()
    return app


async def _receive(request: Request) -> Response:
    account: Account = request.app.state.account
    return await account.answer(
        ApiRequest(
            method=request.method,
            path=request.url.path,
            headers={n: value for n, value in request.headers.items() if n in _HEADERS_KEPT},
            body=await request.body(),
        )
    )


async def _show(request: Request) -> Response:
    account: Account = request.app.state.account
    page = request.app.state.pages.render(
        "demo/driftrock.html",
        "en",
        received=_newest_first(account)[:_SHOWN],
        total=len(account.received),
        metadata_keys=METADATA_KEYS,
        live="pause" not in request.query_params,
    )
    return Response(page, media_type="text/html", headers={"Cache-Control": "no-store"})


async def _list(request: Request) -> Response:
    rows = _newest_first(request.app.state.account)
    return Response(msgspec.json.encode({"received": rows}), media_type="application/json")


def _newest_first(account: Account) -> list[dict[str, Any]]:
    return [_describe(received) for received in reversed(account.received)]


def _describe(received: Received) -> dict[str, Any]:
    request, verdict = received.request, received.verdict
    return {
        "at": received.at,
        "method": request.method,
        "path": request.path,
        "status": received.status,
        "verdict": verdict.status,
        "error": verdict.error,
        "event": msgspec.to_builtins(verdict.event),
        "body": request.body.decode(errors="replace"),
    }
