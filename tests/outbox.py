"""A real store with a capture, destinations and events in it, for tests of delivery."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import Connection, Table, select

from collector.destinations import Registry, find_kind
from collector.domain.capture import Capture
from collector.domain.consent import NOT_ASKED
from collector.domain.event import Event
from collector.domain.ids import uuid7
from collector.domain.lane import Lane
from collector.domain.times import parse_time
from collector.storage.captures import CreateCapture, LinkDestination
from collector.storage.destinations import (
    CreateDestination,
    StoredDestination,
    get_destination,
)
from collector.storage.events import StoreEvent, event_row
from collector.storage.lanes import save_lanes
from collector.storage.secrets import SecretBox
from collector.storage.store import Store, open_store
from collector.storage.tables import attempts, deliveries

START = parse_time("2026-11-24T02:15:00Z")
SOURCE_ID = "01900000-0000-7000-8000-000000000001"


@dataclass
class Clock:
    """Time as a value."""

    now: int = START

    def __call__(self) -> int:
        return self.now


@dataclass(frozen=True)
class SetLane:
    """Put a lane where a test needs it."""

    destination_id: str
    lane: Lane

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[SetLane]) -> Sequence[None]:
        for write in writes:
            save_lanes(connection, {write.destination_id: write.lane})
        return [None] * len(writes)


@dataclass
class Outbox:
    store: Store
    clock: Clock = field(default_factory=Clock)
    random: Random = field(default_factory=lambda: Random(1))
    registry: Registry = field(
        default_factory=lambda: Registry(SecretBox([Fernet.generate_key().decode()]))
    )

    def new_id(self) -> str:
        return uuid7(self.clock.now, self.random.randbytes(10))

    async def add_destination(self, kind: str = "webhook", **given: str) -> str:
        """Store a destination that serves the capture; answers its id."""
        made = self.registry.new(
            find_kind(kind), name=kind, given=given, new_id=self.new_id(), now=self.clock.now
        )
        await self.store.write(CreateDestination(destination=made))
        link = LinkDestination(source_id=SOURCE_ID, destination_id=made.id)
        await self.store.write(link)
        return made.id

    async def add_event(
        self, *, reason: str | None = None, rate_key: str | None = None, **changes: Any
    ) -> Event:
        """Store an event with what it owes."""
        own_id = self.new_id()
        values: dict[str, Any] = {
            "id": own_id,
            "event_id": f"sender-{own_id}",
            "event_type": "lead",
            "event_name": "Lead",
            "source_id": SOURCE_ID,
            "created_at": self.clock.now,
            "received_at": self.clock.now,
            "fields": {"email": "ada@example.com", "answer": 42, "list": ["a", "b"]},
            "metadata": {"gclid": "Cj0KCQ", "utm_source": "google"},
            "attribution": {"touches": 1},
            "consent": NOT_ASKED,
            "device": {"class": "mobile"},
        }
        event = Event(**(values | changes))
        await self.store.write(StoreEvent(row=event_row(event, "{}", rate_key), reason=reason))
        return event

    async def add_events(self, count: int) -> list[Event]:
        return [await self.add_event() for _ in range(count)]

    async def rows(self, table: Table = deliveries) -> list[dict[str, Any]]:
        """Read a table as it lies there, in the order of its key."""
        return await self.store.read(_all_rows, table)

    async def states(self) -> list[str]:
        return [row["state"] for row in await self.rows()]

    async def outcomes(self) -> list[tuple[str | None, str | None]]:
        """Give each attempt's outcome and reason, oldest first."""
        return [(row["outcome"], row["reason"]) for row in await self.rows(attempts)]

    async def destination(self, destination_id: str) -> StoredDestination:
        return await self.store.read(get_destination, destination_id)

    async def lane(self, destination_id: str) -> Lane:
        return (await self.destination(destination_id)).lane

    async def set_lane(self, destination_id: str, lane: Lane) -> None:
        await self.store.write(SetLane(destination_id, lane))


def _all_rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    statement = select(table).order_by(*table.primary_key)
    return [dict(row) for row in connection.execute(statement).mappings()]


@asynccontextmanager
async def open_outbox(database_url: str) -> AsyncIterator[Outbox]:
    """Open an empty database and put one capture into it."""
    store = await open_store(database_url)
    outbox = Outbox(store)
    capture = Capture(
        source_id=SOURCE_ID,
        name="Website",
        origins=("https://www.example.com",),
        created_at=START,
    )
    await store.write(CreateCapture(capture=capture))
    try:
        yield outbox
    finally:
        await store.close()
