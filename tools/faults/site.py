"""An installation under test: its database, its keys, one capture and where its leads go."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.fernet import Fernet
from sqlalchemy import Connection, Table, func, select

from collector.destinations import Registry, find_kind
from collector.domain.capture import Capture
from collector.domain.ids import uuid7
from collector.storage import schema
from collector.storage.captures import CreateCapture, LinkDestination
from collector.storage.destinations import ChangeLane, CreateDestination
from collector.storage.secrets import SecretBox
from collector.storage.store import Store, open_database, open_store
from collector.storage.tables import attempts, deliveries, destinations, events
from tests.serving import environment
from tools.faults.programs import Program, free_port

ORIGIN: Final = "https://www.example.com"
LEASE_S: Final = 3.0
"""As short as tests need; an attempt's longest time and the reaper's round shrink with it."""

LOOK_S: Final = 0.2
UNSETTLED: Final = ("ready", "leased")
TABLES: Final = (events, deliveries, attempts)

Rows = Sequence[Mapping[str, Any]]


def now() -> int:
    """Read the clock: microseconds UTC."""
    return time.time_ns() // 1000


@dataclass(kw_only=True)
class Site:
    """One installation. `folder` is its data folder; programs of it share settings and keys."""

    folder: Path
    database_url: str
    settings: dict[str, str] = field(default_factory=dict)
    source_id: str = ""
    destination_ids: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._encryption_key = Fernet.generate_key().decode()

    def program(self, *arguments: str) -> Program:
        """Describe a program of this installation."""
        named = {
            "database_url": self.database_url,
            "secret_keys": "k" * 40,
            "encryption_keys": self._encryption_key,
            "rate_limit": "0",
            "log_format": "json",
            "lease_s": str(LEASE_S),
        }
        return Program(
            arguments=arguments,
            environment=environment(self.folder, **(named | self.settings)),
        )

    def server(self, *arguments: str) -> tuple[Program, str]:
        """Describe a web server; answers it and where it takes the capture's leads."""
        port = free_port()
        address = f"http://127.0.0.1:{port}/f/{self.source_id}"
        return self.program("serve", "--port", str(port), *arguments), address

    async def prepare(self, *destination_urls: str) -> None:
        """Make the schema, the capture, and a destination for each address."""
        await self.migrate()
        registry = Registry(SecretBox([self._encryption_key]))
        async with self.open() as store:
            self.source_id = _new_id()
            await store.write(CreateCapture(capture=_capture(self.source_id)))
            for number, url in enumerate(destination_urls):
                made = registry.new(
                    find_kind("webhook"),
                    name=f"destination {number}",
                    given={"url": url},
                    new_id=_new_id(),
                    now=now(),
                )
                await store.write(CreateDestination(destination=made))
                link = LinkDestination(source_id=self.source_id, destination_id=made.id)
                await store.write(link)
                self.destination_ids.append(made.id)

    async def migrate(self) -> None:
        """Bring the database to the newest schema."""
        database = open_database(self.database_url)
        await database.transact([schema.Upgrade()])
        await database.close()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Store]:
        """Open the store beside whatever else uses it."""
        store = await open_store(self.database_url)
        try:
            yield store
        finally:
            await store.close()

    async def rows(self, table: Table) -> Rows:
        """Read a table as it lies there."""
        async with self.open() as store:
            return await store.read(_all_rows, table)

    async def settle(self, patience_s: float = 60) -> bool:
        """Make all that waits due, again and again, until nothing is owed.

        False when for so long nothing that was owed got less.
        """
        least, since = None, time.monotonic()
        async with self.open() as store:
            while owed := await store.read(_owed):
                if least is None or owed < least:
                    least, since = owed, time.monotonic()
                if time.monotonic() > since + patience_s:
                    return False
                if await store.read(_waits, now()):
                    await self._resume(store)
                await asyncio.sleep(LOOK_S)
        return True

    async def _resume(self, store: Store) -> None:
        for key in self.destination_ids:
            await store.write(ChangeLane(destination_id=key, state="active", now=now()))


def _new_id() -> str:
    return uuid7(now(), os.urandom(10))


def _all_rows(connection: Connection, table: Table) -> Rows:
    statement = select(table).order_by(*table.primary_key)
    return [dict(row) for row in connection.execute(statement).mappings()]


def _owed(connection: Connection) -> int:
    """Count what is neither delivered nor given up."""
    owed = select(func.count()).where(deliveries.c.state.in_(UNSETTLED))
    return connection.execute(owed).scalar_one()


def _waits(connection: Connection, moment: int) -> bool:
    """Whether something waits for its time, or its lane for a success or for a person."""
    later = (deliveries.c.state == "ready") & (deliveries.c.next_at > moment)
    waiting = destinations.c.resume_at.is_not(None) | (destinations.c.state == "held")
    return any(
        connection.execute(select(func.count()).where(condition)).scalar_one()
        for condition in (later, waiting)
    )


def _capture(source_id: str) -> Capture:
    return Capture(
        source_id=source_id,
        name="Website",
        origins=(ORIGIN,),
        created_at=now(),
    )
