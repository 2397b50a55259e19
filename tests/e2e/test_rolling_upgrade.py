"""A rolling upgrade: the older version's processes go on beside the newer's, none is started more.

The older version is this one without its newest migration, which is all that its schema knows.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from collector.delivery.lanes import ALL_SLOTS
from collector.destinations import Registry
from collector.domain.pace import Pace
from collector.storage import schema
from collector.storage.destinations import ChangeLane, SetPace
from collector.storage.secrets import SecretBox
from collector.storage.store import open_database
from collector.storage.tables import attempts
from tests.databases import migrate, sqlite_url
from tests.outbox import Clock, Outbox, open_outbox
from tests.postgres import Cluster
from tests.serving import ROOT, START_S, environment
from tests.sink import Sink

AT_ONCE = 100
MORE_THAN_ONE_TAKES = 2 * ALL_SLOTS
"""So many under way that one worker leaves the other some."""
ENCRYPTION_KEY = Fernet.generate_key().decode()

_numbers = count(1)


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """Give a folder with the version before."""
    folder = tmp_path / "older"
    ignored = shutil.ignore_patterns("__pycache__", f"{schema.HEAD}_*.py")
    shutil.copytree(ROOT / "collector", folder / "collector", ignore=ignored)
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    cluster: Cluster = request.getfixturevalue("postgres")
    name = f"rolling{next(_numbers)}"
    cluster.sql(f"CREATE DATABASE {name}")
    return cluster.url(name)


async def start(code: Path, url: str, folder: Path, *arguments: str, **settings: str) -> Process:
    """Start a command of one version's code."""
    keys = {"secret_keys": "s" * 40, "encryption_keys": ENCRYPTION_KEY}
    given = environment(folder, database_url=url, **keys, **settings)
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "collector", *arguments),
        env=given | {"PYTHONPATH": str(code)},
        cwd=code,
        stdout=PIPE,
        stderr=PIPE,
    )


async def run(code: Path, url: str, folder: Path, *arguments: str) -> tuple[int | None, str]:
    """Run a command to its end; answers its exit status and what it told on stderr."""
    process = await start(code, url, folder, *arguments)
    async with asyncio.timeout(START_S):
        _, err = await process.communicate()
    return process.returncode, err.decode()


async def revision(url: str) -> str | None:
    database = open_database(url)
    try:
        return await database.read(schema.current_revision)
    finally:
        await database.close()


@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("migrate",), ("event", "list")])
async def test_the_version_before_is_not_started_on_a_newer_schema_and_says_why(
    older: Path, url: str, tmp_path: Path, command: tuple[str, ...]
) -> None:
    assert await run(ROOT, url, tmp_path, "migrate") == (0, "")
    code, said = await run(older, url, tmp_path, *command)
    assert code == 1
    [line] = said.splitlines()
    assert f"schema {schema.HEAD}, made by a newer version" in line
    assert "start the newer version" in line
    assert await revision(url) == schema.HEAD


@dataclass
class Worker:
    """`collector work` of one version, and what it told."""

    process: Process
    said: list[str] = field(default_factory=list)

    async def begin(self) -> None:
        self._ready = asyncio.Event()
        self._listening = asyncio.create_task(self._listen())
        async with asyncio.timeout(START_S):
            await self._ready.wait()

    async def _listen(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.said.append(line.decode())
            if "collector delivers" in self.said[-1]:
                self._ready.set()

    async def end(self) -> int:
        """Stop it; answers how many deliveries it told of."""
        self.process.terminate()
        await self._listening
        assert await self.process.wait() == 0
        return sum('"outcome":"ok"' in line for line in self.said)


@asynccontextmanager
async def working(code: Path, url: str, folder: Path) -> AsyncIterator[Worker]:
    worker = Worker(await start(code, url, folder, "work", log_format="json"))
    try:
        await worker.begin()
        yield worker
    finally:
        if worker.process.returncode is None:
            worker.process.kill()
            await worker.process.wait()


async def park(outbox: Outbox, sink: Sink, count: int) -> set[str]:
    """Store leads whose lane is paused, and let them go; answers which."""
    outbox.registry, outbox.clock = Registry(SecretBox([ENCRYPTION_KEY])), Clock(_now())
    lane = await outbox.add_destination(url=sink.url)
    pace = Pace(max_in_flight=MORE_THAN_ONE_TAKES)
    await outbox.store.write(SetPace(destination_id=lane, pace=pace))
    await outbox.store.write(ChangeLane(destination_id=lane, state="paused", now=_now()))
    stored = set()
    for _ in range(count // AT_ONCE):
        made = await asyncio.gather(*[outbox.add_event() for _ in range(AT_ONCE)])
        stored |= {event.id for event in made}
    assert set(await outbox.states()) == {"ready"}
    await outbox.store.write(ChangeLane(destination_id=lane, state="active", now=_now()))
    return stored


async def arrived(sink: Sink, count: int) -> None:
    """Wait for so many, as long as some come."""
    for some in range(AT_ONCE, count + 1, AT_ONCE):
        await sink.wait_for(some)


@pytest.mark.parametrize("parked", [400, pytest.param(10_000, marks=pytest.mark.long)])
async def test_what_was_parked_is_delivered_once_while_one_version_replaces_the_other(
    older: Path, postgres: Cluster, tmp_path: Path, parked: int
) -> None:
    name = f"rolling{next(_numbers)}"
    postgres.sql(f"CREATE DATABASE {name}")
    url = postgres.url(name)
    assert await run(older, url, tmp_path, "migrate") == (0, "")
    async with working(older, url, tmp_path) as before:
        assert await revision(url) == schema.KNOWN[-2]
        await migrate(url)
        async with (
            working(ROOT, url, tmp_path) as after,
            open_outbox(url) as outbox,
            Sink() as sink,
        ):
            stored = await park(outbox, sink, parked)
            await arrived(sink, parked // 2)
            told = [await before.end()]
            await arrived(sink, parked)
            told.append(await after.end())
            bodies = {row["event"]: row["body"] for row in await outbox.rows()}
            assert await outbox.states() == ["delivered"] * parked
            assert [row["number"] for row in await outbox.rows(attempts)] == [1] * parked
    sent = Counter((one.headers["webhook-id"], one.body.decode()) for one in sink.received)
    assert sent == {(event, bodies[event]): 1 for event in stored}
    assert sum(told) == parked
    assert min(told) > parked // 10, told


def _now() -> int:
    return time.time_ns() // 1000
