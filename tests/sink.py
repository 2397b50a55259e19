"""A scripted HTTP server: it answers as told, byte for byte, or not at all."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Self

TIMEOUT_S = 20


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """One answer. `raw` is sent instead of it, and the connection closed behind it.

    With `until` it waits for that event first.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b'{"data":"ok"}'
    raw: bytes | None = None
    until: asyncio.Event | None = None

    def render(self) -> bytes:
        if self.raw is not None:
            return self.raw
        lines = [f"HTTP/1.1 {self.status} Scripted", f"Content-Length: {len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(handler: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve connections by a handler, which is cancelled at the end; gives the port."""
    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            with suppress(asyncio.CancelledError, ConnectionError):
                await handler(reader, writer)
        finally:
            writer.close()
            with suppress(asyncio.CancelledError, ConnectionError, ssl.SSLError):
                await writer.wait_closed()
            connections.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections)
        await server.wait_closed()


class Sink:
    """The server. `script` is used up first, then `otherwise` answers."""

    def __init__(self, *script: Reply, otherwise: Reply | None = None) -> None:
        self.script = deque(script)
        self.otherwise = otherwise or Reply()
        self.received: list[Received] = []
        self._arrival = asyncio.Condition()
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.port = await self._open.enter_async_context(serving(self._serve))
        return self

    async def __aexit__(self, *_how: object) -> None:
        await self._open.aclose()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def wait_for(self, count: int) -> list[Received]:
        """Wait until so many requests have arrived."""
        async with asyncio.timeout(TIMEOUT_S), self._arrival:
            await self._arrival.wait_for(lambda: len(self.received) >= count)
        return self.received

    async def reply_to(self, _received: Received) -> Reply:
        """Choose an answer, and wait until it may be given."""
        reply = self.script.popleft() if self.script else self.otherwise
        if reply.until:
            await reply.until.wait()
        return reply

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await self._answer(reader, writer):
            pass

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        try:
            received = await _read(reader)
        except asyncio.IncompleteReadError:
            return False
        async with self._arrival:
            self.received.append(received)
            self._arrival.notify_all()
        reply = await self.reply_to(received)
        writer.write(reply.render())
        await writer.drain()
        return reply.raw is None


async def _read(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in head[1:] if line)
    headers = {name.lower(): value for name, value in headers.items()}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Received(path=head[0].split(" ")[1], headers=headers, body=body)
