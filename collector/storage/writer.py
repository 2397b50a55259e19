"""The group-commit writer: whatever waits is committed as one transaction.

One writer a process takes every write (events, claims, completions), so that a single fsync
answers many callers. It knows no database: `transact` runs a batch in one transaction.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby
from typing import Any, Protocol, Self

from sqlalchemy import Connection

from collector.domain.errors import StoreUnavailable


class Write(Protocol):
    """A write command: a value, and one synchronous function that runs all waiting of its kind.

    A kind with `is_news = True` gives workers something to deliver once it is committed; one with
    `is_long = True` may take as long as it needs.
    """

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self], /) -> Sequence[Any]:
        """Apply the writes in order and return one result for each."""
        ...


Transact = Callable[[Sequence[Write]], Awaitable[Sequence[Any]]]
Waiting = tuple[Write, "asyncio.Future[Any]"]


def apply_writes(connection: Connection, writes: Sequence[Write]) -> list[Any]:
    """Run a batch inside a transaction that the caller opened: kind by kind, each in one call."""
    results: list[Any] = []
    for kind, same in groupby(writes, _kind):
        results.extend(kind.run(connection, list(same)))
    return results


def is_news(writes: Sequence[Write]) -> bool:
    """Whether workers in other processes should look once this batch is committed."""
    return any(getattr(type(write), "is_news", False) for write in writes)


def is_long(writes: Sequence[Write]) -> bool:
    """Whether a batch may take longer than leads can wait: only commands do such things."""
    return any(getattr(type(write), "is_long", False) for write in writes)


def _kind(write: Write) -> type[Write]:
    return type(write)


class Writer:
    """A bounded queue and the one task that empties it."""

    def __init__(
        self, transact: Transact, *, queue_limit: int = 10_000, batch_limit: int = 512
    ) -> None:
        self._transact = transact
        self._queue_limit = queue_limit
        self._batch_limit = batch_limit
        self._waiting: deque[Waiting] = deque()
        self._arrived = asyncio.Event()
        self._closing = False
        self._task = asyncio.get_running_loop().create_task(self._work(), name="writer")

    def write(self, write: Write) -> asyncio.Future[Any]:
        """Queue a write; the future ends with its result once it is committed.

        Cancelling the future cancels nobody's commit. Raises StoreUnavailable when the queue is
        full or the writer is closing.
        """
        if self._closing or len(self._waiting) >= self._queue_limit:
            raise StoreUnavailable("more is waiting to be written than the disk keeps up with")
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((write, done))
        self._arrived.set()
        return done

    async def close(self) -> None:
        """Take nothing new, commit what waits, end."""
        self._closing = True
        self._arrived.set()
        await self._task

    async def _work(self) -> None:
        while self._waiting or not self._closing:
            await self._arrived.wait()
            self._arrived.clear()
            while self._waiting:
                size = min(len(self._waiting), self._batch_limit)
                batch = [self._waiting.popleft() for _ in range(size)]
                batch.sort(key=lambda item: type(item[0]).__name__)
                await self._commit(batch)

    async def _commit(self, batch: list[Waiting]) -> None:
        """Commit a batch; one that fails is halved until the row at fault stands alone."""
        try:
            results = await self._transact([write for write, _ in batch])
        except Exception as error:  # noqa: BLE001  (every error reaches the caller it belongs to)
            if isinstance(error, StoreUnavailable) or len(batch) == 1:
                _fail(batch, error)
                return
            middle = len(batch) // 2
            await self._commit(batch[:middle])
            await self._commit(batch[middle:])
        else:
            _answer(batch, results)


def _answer(batch: list[Waiting], results: Sequence[Any]) -> None:
    for (_, done), result in zip(batch, results, strict=True):
        if not done.done():  # a caller that went away still had its row committed
            done.set_result(result)


def _fail(batch: list[Waiting], error: Exception) -> None:
    for _, done in batch:
        if not done.done():
            done.set_exception(error)
