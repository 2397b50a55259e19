"""Stores events as fast as the disk takes them, so many always waiting.

    python store_events.py DATABASE_URL SOURCE_ID PAIRS SECONDS WAITING

Ours and the bare writer take turns of so many seconds. Prints pairs of slices as JSON.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from hashlib import sha256
from itertools import count
from typing import Any

import msgspec
import uvloop

from collector.domain.consent import NOT_ASKED
from collector.domain.event import Event
from collector.storage.events import StoreEvent, event_row
from collector.storage.store import open_store
from tools.benchmarks.programs.bare_writers import Row, bare_writer

TOUCH = {
    "at": "2026-11-24T02:15:00.000Z",
    "source": "google",
    "medium": "cpc",
    "campaign": "spring",
    "term": None,
    "content": None,
    "channel": "Paid Search",
    "channel_rule": "paid-search",
    "parameters": {"utm_source": "google", "utm_medium": "cpc", "gclid": "Cj0KCQiA" * 8},
    "referrer": "https://www.google.com/",
    "landing_page": "https://www.example.com/garden-rooms",
    "reason": "gclid",
}


def template(source_id: str) -> Mapping[str, Any]:
    """Lay out a lead with all its attribution, about 2 kB."""
    event = Event(
        id="",
        event_id="",
        event_type="lead",
        event_name="Lead",
        source_id=source_id,
        created_at=1_763_950_500_000_000,
        received_at=1_763_950_500_000_000,
        fields={"email": "ada@example.org", "message": "Please call me back. " * 5},
        metadata={"utm_source": "google", "utm_medium": "cpc", "gclid": "Cj0KCQiA" * 8},
        attribution={"first": TOUCH, "last": TOUCH, "touches": 2},
        consent=NOT_ASKED,
        device={"class": "desktop", "browser": "Chrome", "os": "Windows"},
    )
    return event_row(event, "{}")


def numbered(row: Mapping[str, Any], number: int) -> Row:
    """Make a row nobody has stored yet; ids go up, as those of real events do."""
    own = f"{number:036}"
    return {**row, "id": own, "event_id": own, "repeat_key": sha256(own.encode()).hexdigest()}


Save = Callable[[Row], Awaitable[Any]]


class OurWriter:
    """The store as the collector uses it."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url

    async def __aenter__(self) -> Save:
        """Open the store."""
        self._store = await open_store(self._url)
        return lambda row: self._store.write(StoreEvent(row=row))

    async def __aexit__(self, *_error: object) -> None:
        """Commit what waits."""
        await self._store.close()


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """What one writer stored in its turn, from the first wish to the last commit."""

    acknowledged: int
    seconds: float
    cpu_s: float

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.acknowledged / self.seconds


async def store_for(save: Save, rows: Iterator[Row], seconds: float, waiting: int) -> Slice:
    """Keep so many waiting for a while."""
    acknowledged = 0
    began, cpu = time.monotonic(), time.process_time()
    until = began + seconds

    async def keep_storing() -> None:
        nonlocal acknowledged
        while time.monotonic() < until:
            await save(next(rows))
            acknowledged += 1

    await asyncio.gather(*(keep_storing() for _ in range(waiting)))
    return Slice(
        acknowledged=acknowledged,
        seconds=time.monotonic() - began,
        cpu_s=time.process_time() - cpu,
    )


async def alternate(
    database_url: str, source_id: str, pairs: int, seconds: float, waiting: int
) -> list[tuple[Slice, Slice]]:
    """Let ours and the bare writer store in turns, by turns the one and the other first."""
    row = template(source_id)
    rows = (numbered(row, number) for number in count())
    found = []
    async with OurWriter(database_url) as ours, bare_writer(database_url) as bare:
        gc.collect()
        gc.freeze()  # as the collector does it when it starts
        for number in range(pairs):
            order = (ours, bare) if number % 2 == 0 else (bare, ours)
            slices = {save: await store_for(save, rows, seconds, waiting) for save in order}
            found.append((slices[ours], slices[bare]))
    return found


def main(database_url: str, source_id: str, pairs: str, seconds: str, waiting: str) -> None:
    """Store, and print the slices."""
    work = alternate(database_url, source_id, int(pairs), float(seconds), int(waiting))
    print(msgspec.json.encode(uvloop.run(work)).decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
