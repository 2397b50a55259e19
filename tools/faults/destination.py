"""A destination that writes down every request before it answers, and may behave badly."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

from tests.sink import Received, Reply, Sink

HONEST = Reply()
HUNG_UP = 599
"""Stands for an answer that never came whole, and so accepts nothing."""

MANNERS: Sequence[tuple[int, Reply]] = (
    (60, HONEST),
    (10, Reply(500)),
    (10, Reply(HUNG_UP, raw=b"")),
    (5, Reply(HUNG_UP, raw=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")),
    (5, Reply(429, {"Retry-After": "1"})),
    (5, Reply(422)),
    (5, Reply(503)),
)
"""What a misbehaving destination does, each with its weight."""

SLOW_S = 0.3


class Destination(Sink):
    """Answers at once and well; with `random` as it comes, until told to behave.

    Each request becomes a line of `record`: its event, the hash of its body, whether the answer
    accepts it.
    """

    def __init__(self, record: Path, random: Random | None = None) -> None:
        super().__init__()
        self.record = record
        self._random = random

    def behave(self) -> None:
        """Answer at once and well from now on."""
        self._random = None

    async def reply_to(self, received: Received) -> Reply:
        """Choose an answer and write both down."""
        reply = await self._choose(received)
        line = {
            "event": received.headers["webhook-id"],
            "body": hashlib.sha256(received.body).hexdigest(),
            "accepted": reply.status < 300,  # noqa: PLR2004  (2xx)
        }
        with self.record.open("a") as file:
            file.write(f"{json.dumps(line)}\n")
        return reply

    async def _choose(self, received: Received) -> Reply:
        random = self._random
        if random is None:
            return await super().reply_to(received)
        await asyncio.sleep(random.expovariate(1 / SLOW_S))
        [(_, reply)] = random.choices(MANNERS, [weight for weight, _ in MANNERS])
        return reply
