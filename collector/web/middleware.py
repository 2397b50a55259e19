"""What holds for every request: the host must be ours, and no failure goes without an answer."""

from __future__ import annotations

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collector.domain.errors import HostRefused
from collector.web.answer import json_answer
from collector.web.client import is_loopback
from collector.web.errors import refuse_as_json
from collector.web.incoming import Incoming
from collector.web.services import services_of

_ANY_HOST = frozenset({"/healthz", "/readyz", "/metrics"})
_log = structlog.get_logger()


class KnownHost:
    """Answers only for the base URL's host, own domains of captures, and loopback."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a foreign `Host` before anything is built on it."""
        if scope["type"] != "http" or scope["path"] in _ANY_HOST:
            return await self._app(scope, receive, send)
        services = services_of(scope)
        host = services.clients.read(Incoming(scope, receive)).host
        if host in services.public_hosts or is_loopback(host) or services.captures.owns_host(host):
            return await self._app(scope, receive, send)
        error = HostRefused(
            f"this server does not answer for {host[:200]!r}; set COLLECTOR_BASE_URL, or allow an "
            "origin of that domain in a capture",
            field="Host",
        )
        return await refuse_as_json(error).send(send)


class LastResort:
    """Turns an error nobody expected into a logged 500 that shows nothing of the inside."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, and answer if nothing else did."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            _log.exception("request_failed", path=scope["path"], method=scope["method"])
            if started:
                raise
            await json_answer(
                500, {"error": "an error of ours; it was logged", "code": "internal"}
            ).send(send)
        return None
