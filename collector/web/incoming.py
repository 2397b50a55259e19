"""An incoming request, read no further than needed: headers as bytes, a bounded body."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from types import coroutine
from typing import Any, Self
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope

from collector.domain.errors import BodyTooLarge, TooSlow
from collector.domain.sites import registrable_domain

READ_DEADLINE_S = 60
"""A whole body must have arrived by then, whatever pace a sender keeps."""


@dataclass(slots=True)
class Incoming:
    """A request as ASGI gives it. Repeated headers are joined, cookies by `; `."""

    scope: Scope
    receive: Receive
    headers: dict[bytes, bytes] = field(init=False)
    origin: str | None = field(init=False)
    """The `Origin` header; None when absent, `null` stays as it is."""

    def __post_init__(self) -> None:
        pairs = self.scope["headers"]
        headers = dict(pairs)
        self.headers = headers if len(headers) == len(pairs) else _joined(pairs)
        self.origin = self.header(b"origin").strip().lower() or None

    def header(self, name: bytes) -> str:
        """Read a header by its lower-case name; empty when absent."""
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def method(self) -> str:
        """The request's method."""
        method: str = self.scope["method"]
        return method

    def query(self, name: str) -> str | None:
        """Read a parameter of the query; the first non-empty one counts."""
        pairs = parse_qsl(self.scope["query_string"].decode("latin-1"))
        return next((value for key, value in pairs if key == name), None)

    def declared_length(self) -> int:
        """Read `Content-Length`; 0 when absent or no number."""
        text = self.headers.get(b"content-length", b"")
        return int(text) if text.isdigit() else 0

    async def body(self, limit: int) -> bytes:
        """Read the body whole. Raises BodyTooLarge, TooSlow, ClientDisconnect."""
        chunks = self.chunks(limit)
        first = await anext(chunks)
        return b"".join([first, *[chunk async for chunk in chunks]]) if chunks.more else first

    def chunks(self, limit: int) -> Chunks:
        """Read the body as it comes. Raises BodyTooLarge, TooSlow, ClientDisconnect."""
        if self.declared_length() > limit:
            raise too_large(limit)
        return Chunks(self.receive, limit)

    def is_cross_site(self, page_scheme: str, page_host: str, scheme: str, host: str) -> bool:
        """Whether the browser keeps our cookies from this request: the page is on another site.

        By `Sec-Fetch-Site`; where that is absent (plain http, old browsers) by comparing sites,
        scheme included (https://html.spec.whatwg.org/multipage/browsers.html#same-site).
        """
        said = self.headers.get(b"sec-fetch-site")
        if said is not None:
            return said == b"cross-site"
        return page_scheme != scheme or registrable_domain(page_host) != registrable_domain(host)


class Chunks:
    """A body as it comes; event loops keep account of async generators, not of this.

    `more` says whether there is anything left.
    """

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._size = 0
        self._deadline = asyncio.get_running_loop().time() + READ_DEADLINE_S
        self.more = True

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if not self.more:
            raise StopAsyncIteration
        message = await self._next_message()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk: bytes = message.get("body", b"")
        self._size += len(chunk)
        if self._size > self._limit:
            raise too_large(self._limit)
        self.more = message.get("more_body", False)
        return chunk

    async def _next_message(self) -> Message:
        """Receive by the deadline; what has arrived, as most bodies have, is no wait to limit."""
        receiving = self._receive().__await__()
        try:
            waits_for = next(receiving)
        except StopIteration as arrived:
            message: Message = arrived.value
            return message
        try:
            async with asyncio.timeout_at(self._deadline):
                return await _go_on(receiving, waits_for)
        except TimeoutError as error:
            raise TooSlow(
                f"the body did not arrive within {READ_DEADLINE_S} seconds; send it again"
            ) from error


@coroutine
def _go_on(begun: Generator[Any, Any, Message], waits_for: object) -> Generator[Any, Any, Message]:
    """Await what was begun already and waits for something; given up, it ends at once."""
    try:
        yield waits_for
    except BaseException:
        begun.close()
        raise
    return (yield from begun)


def _joined(pairs: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    headers: dict[bytes, bytes] = {}
    for name, value in pairs:
        if name in headers:
            headers[name] += (b"; " if name == b"cookie" else b", ") + value
        else:
            headers[name] = value
    return headers


def too_large(limit: int) -> BodyTooLarge:
    """Say how much would have been accepted."""
    return BodyTooLarge(
        f"{HTTPStatus.REQUEST_ENTITY_TOO_LARGE.phrase}: at most {limit:,} bytes are accepted here"
    )
