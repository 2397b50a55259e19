"""News: something was stored, here or by another process; who follows a page looks at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress


class News:
    """Wakes whoever waits. A hint: what nobody told of is found by looking again after a while."""

    def __init__(self) -> None:
        self._count = 0
        self._told = asyncio.Event()
        self._wakes: list[Callable[[], None]] = []

    @property
    def count(self) -> int:
        """How often something was told: read it before a look, for what comes meanwhile."""
        return self._count

    def wakes(self, wake: Callable[[], None]) -> None:
        """Call `wake` too, each time."""
        self._wakes.append(wake)

    def tell(self) -> None:
        """Wake everybody."""
        self._count += 1
        told, self._told = self._told, asyncio.Event()
        told.set()
        for wake in self._wakes:
            wake()

    async def after(self, count: int, at_most_s: float) -> None:
        """Wait until more than `count` was told, or for so long."""
        if self._count == count:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), at_most_s)
