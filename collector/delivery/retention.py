"""Retention: delivered events that are old enough are erased, a page at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from collector.domain.errors import StoreUnavailable
from collector.domain.times import DAY, HOUR
from collector.storage.erasure import EraseOld
from collector.storage.store import Store

PASS_EVERY: Final = 6 * HOUR
PAGE_EVERY_S: Final = 1.0
BEGINNING: Final = (0, "")

log = structlog.get_logger()


class Retention:
    """Looks through all that is old, four times a day; with `days` 0 it keeps everything."""

    def __init__(self, store: Store, days: int, clock: Callable[[], int]) -> None:
        self._store = store
        self._days = days
        self._clock = clock
        self._after: tuple[int, str] | None = BEGINNING
        self._next_pass_at = 0

    async def run(self) -> None:
        """Erase until cancelled."""
        while self._days:
            try:
                await self.tend()
            except StoreUnavailable as error:
                log.warning("retention waits for the store", error=str(error))
            await asyncio.sleep(PAGE_EVERY_S)

    async def tend(self) -> None:
        """Erase what of the next page may go. Raises StoreUnavailable."""
        now = self._clock()
        if self._after is None:
            if now < self._next_pass_at:
                return
            self._after = BEGINNING
        look = EraseOld(after=self._after, before=now - self._days * DAY, now=now)
        done = await self._store.write(look)
        self._after, self._next_pass_at = done.after, now + PASS_EVERY
        if done.erased:
            log.info("old events erased", count=done.erased)
