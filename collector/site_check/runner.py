"""Checks that run in the background: few at once, and few that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from collector.domain.errors import TooManyRequests
from collector.site_check.check import Expected, check_site, render_report
from collector.site_check.fetch import Fetcher
from collector.site_check.names import Resolver
from collector.storage.site_checks import EndSiteCheck
from collector.storage.store import Store

AT_ONCE: Final = 2
MOST_UNDER_WAY: Final = 8

_log = structlog.get_logger("site_check")


@dataclass(slots=True, kw_only=True)
class SiteChecks:
    """The checks of one process; `open_fetcher` gives each its own guarded session."""

    store: Store
    open_fetcher: Callable[[], Fetcher]
    resolve: Resolver
    clock: Callable[[], int]
    under_way: set[asyncio.Task[None]] = field(default_factory=set)
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def make_sure_of_room(self) -> None:
        """Raise TooManyRequests while enough checks are under way."""
        if len(self.under_way) >= MOST_UNDER_WAY:
            raise TooManyRequests("several sites are being checked already; wait a little")

    def start(self, check_id: str, url: str, expected: Expected) -> None:
        """Check a link in the background, and keep the report."""
        task = asyncio.create_task(self._run(check_id, url, expected), name="site check")
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def close(self) -> None:
        """Break off what is under way."""
        tasks = list(self.under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, check_id: str, url: str, expected: Expected) -> None:
        report = None
        try:
            async with self._turns, self.open_fetcher() as fetcher:
                found = await check_site(url, fetcher, self.resolve, expected)
            report = render_report(found)
        except Exception:  # noqa: BLE001  (whatever a stranger's page does, its check ends)
            _log.exception("site_check_failed", check=check_id)
        await self.store.write(EndSiteCheck(id=check_id, now=self.clock(), report=report))
