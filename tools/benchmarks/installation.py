"""An installation to measure: its data, one capture, and the destinations of its events."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.fernet import Fernet
from sqlalchemy import Connection, func, select

from collector.storage.store import open_database
from collector.storage.tables import events
from tests.postgres import Cluster, cluster
from tools.benchmarks.processes import Served, clean_environment, serving
from tools.benchmarks.requests import SITE

NOBODY = "https://hooks.example.com/x"
ORIGINS = ("--origin", SITE, "--origin", SITE.replace("www.", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What a process of it needs to know, and what it consists of."""

    environment: dict[str, str]
    database_url: str
    source_id: str
    destinations: tuple[str, ...]

    def run(self, *arguments: str) -> None:
        """Run a command of the collector's."""
        run(self.environment, *arguments)

    @contextmanager
    def serving(self, *arguments: str) -> Iterator[Served]:
        """Serve it."""
        command = ["-m", "collector", "serve", "--port", "0", *arguments]
        with serving(command, self.environment) as served:
            yield served

    def database_pids(self) -> list[int]:
        """Name the processes of PostgreSQL that serve its connections; none on SQLite."""
        folder = parse_qs(urlsplit(self.database_url).query).get("host")
        if not folder:
            return []
        postmaster = Path(folder[0], "data", "postmaster.pid").read_text().split()[0]
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        return [
            int(pid) for pid in children if b"[local]" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]

    def stored(self) -> int:
        """Count its events."""
        return asyncio.run(_count(self.database_url))


def run(environment: dict[str, str], *arguments: str) -> bytes:
    """Run a command of the collector's and return what it prints."""
    return subprocess.run(
        [sys.executable, "-m", "collector", *arguments],
        env=clean_environment(environment),
        check=True,
        stdout=subprocess.PIPE,
    ).stdout


@contextmanager
def installed(*urls: str, **settings: str) -> Iterator[Installed]:
    """Set up a capture with a webhook for each address, or one that nobody delivers to."""
    with TemporaryDirectory(prefix="bench-") as folder:
        named = {f"COLLECTOR_{name.upper()}": value for name, value in settings.items()}
        environment = {
            "COLLECTOR_DATA_DIR": folder,
            "COLLECTOR_RATE_LIMIT": "0",
            "COLLECTOR_ALLOW_DESTINATIONS": "127.0.0.0/8",
            **named,
        }
        run(environment, "migrate")
        made = run(environment, "capture", "create", "Bench", *ORIGINS, "--json")
        source_id = json.loads(made)["source_id"]
        yield Installed(
            environment=environment,
            database_url=settings.get("database_url", f"sqlite:///{folder}/collector.db"),
            source_id=source_id,
            destinations=tuple(_add(environment, url, source_id) for url in urls or (NOBODY,)),
        )


def _add(environment: dict[str, str], url: str, source_id: str) -> str:
    where = ("--name", "W", "--set", f"url={url}", "--capture", source_id, "--json")
    made = json.loads(run(environment, "destination", "create", "webhook", *where))
    destination_id: str = made["id"]
    return destination_id


@contextmanager
def on_postgresql() -> Iterator[dict[str, str]]:
    """Start a PostgreSQL of our own; gives the settings of an installation on it."""
    with cluster() as running:
        running.sql("CREATE DATABASE bench")
        yield postgresql_settings(running)


def postgresql_settings(running: Cluster) -> dict[str, str]:
    """Give the settings of an installation on the database `bench` of a cluster."""
    return {
        "database_url": running.url("bench"),
        "secret_keys": token_hex(32),
        "encryption_keys": Fernet.generate_key().decode(),
    }


async def _count(database_url: str) -> int:
    database = open_database(database_url)
    try:
        return await database.read(_count_events)
    finally:
        await database.close()


def _count_events(connection: Connection) -> Any:
    return connection.execute(select(func.count()).select_from(events)).scalar()
