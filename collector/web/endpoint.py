"""Endpoints: hosts, errors and CORS in one place for all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from collector.domain.capture import Capture
from collector.domain.errors import CollectorError, HostRefused, MethodRefused
from collector.web.answer import Answer, Headers
from collector.web.client import Client, is_loopback
from collector.web.errors import refuse_as_json
from collector.web.incoming import Incoming
from collector.web.services import Services, services_of

_PREFLIGHT_AGE_S = 7_200


@dataclass(slots=True)
class Exchange:
    """One request on its way to an answer; it learns its capture and language as it is read."""

    incoming: Incoming
    services: Services
    client: Client
    now: int
    capture: Capture | None = None
    language: str | None = None

    def allows(self, origin: str) -> bool:
        """Whether a browser may show our answer to this origin's page."""
        if self.capture is not None and self.capture.allows_origin(origin):
            return True
        return self.services.captures.allowing(origin) is not None


class Endpoint(ABC):
    """An ASGI endpoint for its methods; every error of the tree becomes an answer."""

    methods: ClassVar[tuple[str, ...]] = ("POST",)

    @abstractmethod
    async def answer(self, exchange: Exchange) -> Answer:
        """Answer one of the methods."""

    async def refuse(self, _exchange: Exchange, error: CollectorError) -> Answer:
        """Answer with an error of the tree."""
        return refuse_as_json(error)

    async def answer_other(self, _exchange: Exchange) -> Answer:
        """Answer a method that is none of these. Raises MethodRefused."""
        raise MethodRefused(self.methods)

    def headers(self, _exchange: Exchange) -> Headers:
        """Give the headers that every answer carries."""
        return ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, whatever comes."""
        services = services_of(scope)
        incoming = Incoming(scope, receive)
        exchange = Exchange(incoming, services, services.clients.read(incoming), services.clock())
        try:
            answer = await self._answer(exchange)
        except CollectorError as error:
            answer = await self.refuse(exchange, error)
        except ClientDisconnect:
            return
        await answer.adding(self.headers(exchange)).send(send)

    async def _answer(self, exchange: Exchange) -> Answer:
        _refuse_foreign_host(exchange)
        if exchange.incoming.method in self.methods:
            return await self.answer(exchange)
        return await self.answer_other(exchange)


class BrowserEndpoint(Endpoint):
    """An endpoint that pages on other hosts call, with the preflight that some posts need."""

    async def find_capture(self, exchange: Exchange) -> None:
        """Find the capture before a preflight is answered, where the address names it."""
        exchange.capture = None

    async def answer_other(self, exchange: Exchange) -> Answer:
        """Answer a preflight. Raises MethodRefused."""
        if exchange.incoming.method != "OPTIONS":
            raise MethodRefused((*self.methods, "OPTIONS"))
        await self.find_capture(exchange)
        return Answer(204, headers=_preflight(self.methods))

    def headers(self, exchange: Exchange) -> Headers:
        """Let an allowed origin's page read the answer."""
        return _cors(exchange)


def _refuse_foreign_host(exchange: Exchange) -> None:
    """Answer only for the base URL's host, own domains of captures, and loopback."""
    host, services = exchange.client.host, exchange.services
    if host in services.public_hosts or is_loopback(host) or services.captures.owns_host(host):
        return
    raise HostRefused(
        f"this server does not answer for {host[:200]!r}; set COLLECTOR_BASE_URL, or allow an "
        "origin of that domain in a capture",
        field="Host",
    )


def _preflight(methods: tuple[str, ...]) -> Headers:
    return (
        (b"access-control-allow-methods", ", ".join(methods).encode()),
        (b"access-control-allow-headers", b"content-type, accept"),
        (b"access-control-max-age", b"%d" % _PREFLIGHT_AGE_S),
    )


_VARY = (b"vary", b"Origin")
_CREDENTIALS = (b"access-control-allow-credentials", b"true")


def _cors(exchange: Exchange) -> Headers:
    origin = exchange.incoming.origin
    if origin is None or origin == "null" or not exchange.allows(origin):
        return (_VARY,)
    return ((b"access-control-allow-origin", origin.encode("latin-1")), _CREDENTIALS, _VARY)
