"""The snapshot of all captures that requests are judged by."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

import structlog

from collector.domain.capture import Capture
from collector.domain.errors import StoreUnavailable
from collector.domain.sites import registrable_domain
from collector.storage.captures import get_capture, last_change, list_captures
from collector.storage.store import Store

SNAPSHOT_AGE_S = 1.0
_log = structlog.get_logger()


class CaptureSnapshot:
    """All captures in memory, at most a second old: the hot path asks no database."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._captures: dict[str, Capture] = {}
        self._own_domains: frozenset[str] = frozenset()
        self._seen: tuple[int, int] | None = None

    def get(self, source_id: str) -> Capture | None:
        """Look a capture up in memory only."""
        return self._captures.get(source_id)

    def all(self) -> Collection[Capture]:
        """Give every capture in memory."""
        return self._captures.values()

    def allowing(self, origin: str) -> Capture | None:
        """Find any capture in use that allows an origin."""
        usable = (one for one in self._captures.values() if one.state != "archived")
        return next((one for one in usable if one.allows_origin(origin)), None)

    def owns_host(self, host: str) -> bool:
        """Whether a host is on an own domain of any capture."""
        return registrable_domain(host) in self._own_domains

    async def find(self, source_id: str) -> Capture:
        """Look a capture up, if need be in the database. Raises UnknownCapture."""
        known = self._captures.get(source_id)
        return await self._store.read(get_capture, source_id) if known is None else known

    async def refresh(self) -> None:
        """Read the captures again if one has changed."""
        seen = await self._store.read(last_change)
        if seen != self._seen:
            found = await self._store.read(list_captures)
            self._captures = {capture.source_id: capture for capture in found}
            self._own_domains = frozenset().union(*(capture.own_domains for capture in found))
            self._seen = seen

    async def keep_fresh(self) -> None:
        """Refresh for ever, so often that a change is seen within a second.

        While that fails the last snapshot stays in use.
        """
        while True:
            await asyncio.sleep(SNAPSHOT_AGE_S / 2)
            try:
                await self.refresh()
            except StoreUnavailable as error:
                _log.warning("captures_not_refreshed", error=str(error))
            except Exception:  # noqa: BLE001  (no fault may leave the server with old captures)
                _log.exception("captures_not_refreshed")
