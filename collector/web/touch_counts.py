"""New touches and faults of landings, counted in memory and written each second.

A crash loses that second's at most.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Final, TypeVar

import structlog

from collector.domain.errors import CollectorError
from collector.domain.landing_faults import landing_faults, may_be_faulty
from collector.domain.tables import Tables
from collector.domain.tally import Spot, spot_of_touch
from collector.domain.times import DAY
from collector.domain.touch import PageView, Touch
from collector.storage.landing_faults import AddLandingFaults, FaultSpot
from collector.storage.store import Store
from collector.storage.tallies import AddTouches, count_leads
from collector.storage.words import add_lacking_words

FLUSH_S: Final = 1.0
MOST_WAITING: Final = 50_000
"""Touches beyond that within a second are not counted: memory stays bounded in a flood."""

MOST_VIEWS: Final = 10_000
"""The same for page views, which are longer."""

_SPOTS_A_WRITE: Final = 100
_TOUCHES_A_STEP: Final = 500
_VIEWS_A_STEP: Final = 20
"""How many are looked at before other requests have their turn."""

_T = TypeVar("_T")
_log = structlog.get_logger("tallies")


class TouchCounts:
    """Takes new touches on the request's path, which costs one append; all else is done later."""

    def __init__(self, store: Store, tables: Tables) -> None:
        self._store = store
        self._tables = tables
        self._seen: list[tuple[str, Touch, int]] = []
        self._views: list[tuple[str, PageView, int]] = []
        self._writing = asyncio.Lock()

    def count(self, source_id: str, touch: Touch, now: int) -> None:
        """Count a new touch of a capture."""
        if len(self._seen) < MOST_WAITING:
            self._seen.append((source_id, touch, now))

    def look_at(self, source_id: str, view: PageView, now: int) -> None:
        """Look later at what may be wrong with the UTMs of a page view."""
        if len(self._views) < MOST_VIEWS and may_be_faulty(view):
            self._views.append((source_id, view, now))

    async def flush(self) -> None:
        """Write what was counted; on return all of it is. Raises StoreUnavailable: it is lost."""
        async with self._writing:
            seen, self._seen = self._seen, []
            views, self._views = self._views, []
            await self._write(seen)
            await self._write_faults(views)

    async def _write(self, seen: list[tuple[str, Touch, int]]) -> None:
        spots: Counter[Spot] = Counter()
        for start in range(0, len(seen), _TOUCHES_A_STEP):
            for source_id, touch, now in seen[start : start + _TOUCHES_A_STEP]:
                spots[spot_of_touch(now, source_id, touch, self._tables)] += 1
            await asyncio.sleep(0)
        for part in _parts(spots):
            await self._store.write(AddTouches(touches=part))

    async def _write_faults(self, views: list[tuple[str, PageView, int]]) -> None:
        spots: Counter[FaultSpot] = Counter()
        for start in range(0, len(views), _VIEWS_A_STEP):
            for source_id, view, now in views[start : start + _VIEWS_A_STEP]:
                for fault in landing_faults(view):
                    spots[FaultSpot(now // DAY, source_id, fault)] += 1
            await asyncio.sleep(0)
        for part in _parts(spots):
            await self._store.write(AddLandingFaults(views=part))

    async def keep_counting(self) -> None:
        """Each second write touches and count new leads; a fault is told and outlived."""
        while True:
            await asyncio.sleep(FLUSH_S)
            try:
                await self.flush()
                await count_leads(self._store)
                await add_lacking_words(self._store)
            except CollectorError as error:
                _log.warning("not_counted", error=str(error))
            except Exception:  # noqa: BLE001  (no fault may end the counting)
                _log.exception("not_counted")


def _parts(counted: Counter[_T]) -> Iterator[dict[_T, int]]:
    waiting = iter(counted.items())
    while part := dict(islice(waiting, _SPOTS_A_WRITE)):
        yield part
