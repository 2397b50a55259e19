"""A whole installation inside the test's process: the real app on a real SQLite file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select
from starlette.testclient import TestClient

from collector.app import create
from collector.config import Settings, load
from collector.domain.capture import Capture
from collector.domain.times import SECOND, parse_time
from collector.storage.captures import ChangeCapture, CreateCapture
from collector.storage.events import EventFilter, newest_events
from collector.storage.store import Store, open_store
from collector.storage.tables import deliveries
from tests.databases import new_sqlite
from tests.rows import SetColumns

SITE = "https://www.example.com"
SOURCE = "01990000-0000-7000-8000-000000000001"
BASE = "http://127.0.0.1:8000"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)


@dataclass
class Clock:
    """A time that stands still until a test moves it."""

    at: int = parse_time("2026-11-24T02:15:00Z")

    def __call__(self) -> int:
        return self.at


def new_capture(**changes: Any) -> Capture:
    values: dict[str, Any] = {
        "source_id": SOURCE,
        "name": "Website",
        "kind": "form",
        "state": "active",
        "origins": (SITE, "https://example.com"),
        "redirect": None,
        "event_type": "lead",
        "event_name": "Lead",
        "attribution_model": "last_campaign",
        "utm_keyword_from": None,
        "derive_utm": False,
        "refuse_other_origins": False,
        "created_at": 1,
    }
    return Capture(**{**values, **changes})


@dataclass
class Installation:
    """The app, a browser-like client, and a look into the database."""

    client: TestClient
    settings: Settings
    clock: Clock = field(default_factory=Clock)

    def touch(self, url: str, **said: Any) -> Any:
        """Report a page view as the script does from the site itself, a second after the last."""
        self.clock.at += SECOND
        headers = {"origin": SITE, "sec-fetch-site": "same-site", **said.pop("headers", {})}
        body = {"source_id": SOURCE, "url": url, **said}
        return self.client.post("/t", json=body, headers={k: v for k, v in headers.items() if v})

    def post(self, fields: Any, **said: Any) -> Any:
        """Post a form as a browser does, a second after the last request, and do not follow."""
        self.clock.at += SECOND
        headers = {"origin": SITE, "accept": "text/html", **said.pop("headers", {})}
        source = said.pop("source", SOURCE)
        return self.client.post(
            f"/f/{source}",
            data=fields,
            headers={k: v for k, v in headers.items() if v},
            follow_redirects=False,
            **said,
        )

    def events(self) -> list[Any]:
        """Read every event, newest first."""
        found: list[Any] = self._read(newest_events, EventFilter(), 1000)
        return found

    def deliveries(self) -> list[tuple[str, str | None]]:
        """Read state and reason of every delivery, oldest first."""

        def states(connection: Connection) -> list[tuple[str, str | None]]:
            rows = connection.execute(
                select(deliveries.c.state, deliveries.c.reason).order_by(deliveries.c.id)
            )
            return [(row.state, row.reason) for row in rows]

        found: list[tuple[str, str | None]] = self._read(states)
        return found

    def change_capture(self, **changes: Any) -> None:
        """Change the capture and let the app see it."""
        write = ChangeCapture(source_id=SOURCE, changes=changes, now=self.clock.at)
        in_store(self.settings, lambda store: store.write(write))
        services = self.client.app_state["services"]
        self.client.portal.call(services.captures.refresh)  # type: ignore[union-attr]

    def metric(self, line: str) -> float:
        """Read one counter from /metrics."""
        text = self.client.get("/metrics").text
        found = [row.rpartition(" ")[2] for row in text.splitlines() if row.startswith(line)]
        return float(found[0]) if found else 0.0

    def _read(self, query: Any, *arguments: Any) -> Any:
        return in_store(self.settings, lambda store: store.read(query, *arguments))


def in_store(settings: Settings, work: Any) -> Any:
    """Work with the database beside the app, as a command of the CLI does."""

    async def run() -> Any:
        store: Store = await open_store(settings.database_url)
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(run())


def delivery_becomes(site: Installation, delivery: int, **columns: Any) -> None:
    """Let a delivery stand as it may come to stand."""
    write = SetColumns(deliveries, delivery, columns)
    in_store(site.settings, lambda store: store.write(write))


@contextmanager
def installation(folder: Path, *captures: Capture, **settings: str) -> Iterator[Installation]:
    """An app with these captures, or one for `SITE`."""
    named = {f"COLLECTOR_{name.upper()}": value for name, value in settings.items()}
    loaded = load({"COLLECTOR_DATA_DIR": str(folder), **named})
    new_sqlite(folder)
    for capture in captures or (new_capture(),):
        in_store(loaded, lambda store, one=capture: store.write(CreateCapture(capture=one)))
    clock = Clock()
    app = create(loaded, with_worker=False, clock=clock)
    client = TestClient(
        app, base_url=BASE, client=("127.0.0.1", 50_000), headers={"user-agent": CHROME}
    )
    with client:
        yield Installation(client, loaded, clock)
