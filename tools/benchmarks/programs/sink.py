"""A sink that answers at once, and counts.

    python sink.py

`GET /count` says how many deliveries came, `GET /last` gives the last one's body.
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import uvloop


class Sink:
    """What all connections have received."""

    def __init__(self) -> None:
        self.count = 0
        self.last = b""

    def answer(self, head: bytes, body: bytes) -> bytes:
        """Take a request and say what to answer."""
        if head.startswith(b"GET /count "):
            return b"%d" % self.count
        if head.startswith(b"GET /last "):
            return self.last
        self.count += 1
        self.last = body
        return b"ok"


class Connection(asyncio.Protocol):
    """Reads requests one after the other, in whatever pieces they come."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what to answer on."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer every request that is there whole."""
        self._received += data
        while True:
            head, found, rest = self._received.partition(b"\r\n\r\n")
            length = _length(head)
            if not found or len(rest) < length:
                return
            self._received = rest[length:]
            answer = self._sink.answer(head, rest[:length])
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(answer), answer)
            )


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


async def serve() -> None:
    """Serve until killed."""
    sink = Sink()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(sink), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(f"sink listens on http://127.0.0.1:{port}", file=sys.stderr, flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve())
