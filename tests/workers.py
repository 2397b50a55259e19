"""A delivery worker that runs while a test does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import ip_network
from random import Random

from collector.delivery.sender import Sender, open_sender
from collector.delivery.worker import Worker
from collector.domain.lane import Lane
from tests.outbox import START, Outbox
from tests.sink import Sink

LOOPBACK = ip_network("127.0.0.0/8")
API_KEY = "drift-key-0123456789"
PROVEN = Lane(first_success_at=START, last_success_at=START)


@asynccontextmanager
async def working(
    outbox: Outbox,
    sender: Sender | None = None,
    *,
    clock: Callable[[], int] | None = None,
    seed: int = 1,
) -> AsyncIterator[Worker]:
    """A worker that is stopped, and has recorded everything, at the end.

    It has a sender of its own and goes by the outbox's clock where none is given.
    """
    async with AsyncExitStack() as stack:
        if sender is None:
            sender = await stack.enter_async_context(open_sender([LOOPBACK]))
        worker = Worker(outbox.store, outbox.registry, sender, clock or outbox.clock, Random(seed))
        running = asyncio.create_task(worker.run())
        try:
            yield worker
        finally:
            worker.stop()
            await running


async def work(outbox: Outbox, sender: Sender, sink: Sink, count: int) -> None:
    """Work until a sink has received so many more requests, and stop."""
    seen = len(sink.received)
    async with working(outbox, sender):
        await sink.wait_for(seen + count)


async def add_driftrock(outbox: Outbox, sink: Sink, lane: Lane = PROVEN) -> str:
    """Store a destination of Driftrock's kind that leads to a sink."""
    key = await outbox.add_destination(
        "driftrock", api_key=API_KEY, source_id="drift-1", url=sink.url
    )
    await outbox.set_lane(key, lane)
    return key
