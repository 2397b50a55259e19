"""A delivery worker that runs while a test does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import ip_network
from random import Random

from collector.delivery.sender import Sender, open_sender
from collector.delivery.worker import Worker
from tests.outbox import Outbox

LOOPBACK = ip_network("127.0.0.0/8")


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
