"""A load generator: one request over and over on keep-alive connections; prints how many it did.

    python load.py PORT SECONDS CONNECTIONS START < REQUEST    the request byte for byte

In it, `{number:012}` becomes a number that counts up from START, so that every request is a new
visitor's. It prints how many were answered, and how many of them with a refusal.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count

COUNTER = b"{number:012}"


class Sender(asyncio.Protocol):
    """Sends the next request when the answer to the last is complete."""

    def __init__(self, template: bytes, numbers: count[int], stop: asyncio.Event) -> None:
        self.done = 0
        self.bad = 0
        self._parts = template.split(COUNTER)
        self._numbers = numbers
        self._stop = stop
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        """Count an answer once its body is there."""
        self._answer += data
        head, found, body = self._answer.partition(b"\r\n\r\n")
        if not found:
            return
        lower = head.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(body) < length:
            return
        self.done += 1
        self.bad += not (head.startswith((b"HTTP/1.1 2", b"HTTP/1.1 3")))
        self._answer = b""
        if self._stop.is_set():
            self._transport.close()
        else:
            self._send()

    def _send(self) -> None:
        number = b"%012d" % next(self._numbers)
        self._transport.write(number.join(self._parts))


async def generate(
    port: int, seconds: float, connections: int, template: bytes, start: int = 1
) -> tuple[int, int]:
    """Load a port of this machine; answers how many were answered, and how many refused."""
    stop, numbers = asyncio.Event(), count(start)
    loop = asyncio.get_running_loop()
    senders = []
    for _ in range(connections):
        made = await loop.create_connection(
            lambda: Sender(template, numbers, stop), "127.0.0.1", port
        )
        senders.append(made[1])
    await asyncio.sleep(seconds)
    stop.set()
    return sum(sender.done for sender in senders), sum(sender.bad for sender in senders)


if __name__ == "__main__":
    _, port, seconds, connections, start = sys.argv
    template = sys.stdin.buffer.read()
    print(
        *asyncio.run(generate(int(port), float(seconds), int(connections), template, int(start)))
    )
