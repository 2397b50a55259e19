"""The database's clock: one time for all machines, whatever their own clocks say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, text

from collector.domain.errors import StoreUnavailable
from collector.domain.times import SECOND
from collector.storage.store import Store

LOOK_EVERY_S: Final = 30.0
LOOK_AGAIN_S: Final = 1.0
SLOW_LOOK: Final = SECOND // 5
"""What took longer tells the time less exactly than the last look does."""

_NOW: Final = text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")


class DatabaseClock:
    """Tells PostgreSQL's time in microseconds UTC, by a steady clock between looks at it.

    `steady` counts microseconds from anywhere, never jumps, and needs `look` once before it is
    called.
    """

    def __init__(self, store: Store, steady: Callable[[], int]) -> None:
        self._store = store
        self._steady = steady
        self._ahead: int | None = None

    def __call__(self) -> int:
        """Tell the time."""
        return self._steady() + (self._ahead or 0)

    async def look(self) -> None:
        """Ask the database for the time. Raises StoreUnavailable."""
        before = self._steady()
        found = await self._store.read(read_clock)
        after = self._steady()
        if self._ahead is None or after - before < SLOW_LOOK:
            self._ahead = found - (before + after) // 2

    async def keep_right(self) -> None:
        """Look again and again; a database that is away leaves the time as it is."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.look()
            except StoreUnavailable:
                await asyncio.sleep(LOOK_AGAIN_S)


def read_clock(connection: Connection) -> int:
    """Ask PostgreSQL for the time."""
    at: int = connection.execute(_NOW).scalar_one()
    return at
