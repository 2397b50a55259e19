"""SQLite's file and its disk fail under a running server: refused, and nothing is lost."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, closing, contextmanager
from pathlib import Path

import aiohttp
import pytest

from collector.storage.sqlite_backup import copy_sqlite
from tests.kills.reckoning import settles_without_loss
from tools.faults.programs import Program
from tools.faults.scene import Scene, open_scene

WITHIN_S = 60
FILE = "collector.db"


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[tuple[Scene, Program]]:
    """Serve a site on a SQLite file in a folder."""
    async with open_scene(folder, f"sqlite:///{folder / FILE}") as scene:
        server = scene.add_server()
        await server.start()
        yield scene, server


@contextmanager
def files_may_not_grow(server: Program, folder: Path) -> Iterator[None]:
    """Let the server write no file beyond what is there: a write fails as on a full disk."""
    assert server.process is not None
    pid, limit = server.process.pid, resource.RLIMIT_FSIZE
    before = resource.prlimit(pid, limit)
    grown = max(path.stat().st_size for path in folder.glob(f"{FILE}*"))
    resource.prlimit(pid, limit, (grown, before[1]))
    yield
    resource.prlimit(pid, limit, before)


@contextmanager
def another_holds_the_lock(_server: Program, folder: Path) -> Iterator[None]:
    """Hold the write lock from another process's connection, past all patience."""
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


Trouble = Callable[[Program, Path], AbstractContextManager[None]]


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(files_may_not_grow, id="no room for the file"),
        pytest.param(another_holds_the_lock, id="locked for 20 s", marks=pytest.mark.long),
    ],
)
async def test_leads_are_refused_while_the_file_cannot_be_written_and_taken_afterwards(
    tmp_path: Path, trouble: Trouble
) -> None:
    async with serving(tmp_path) as (scene, server):
        async with scene.load.running(senders=4):
            await scene.back()
            with trouble(server, tmp_path):
                await refused(scene)
            await scene.back()
        await settles_without_loss(scene)


async def refused(scene: Scene) -> None:
    """Wait until a lead is refused with 503 or 507, as every answer is that is no success."""
    lead = {"email": "ada@example.com", "long": "x" * 100_000}
    async with aiohttp.ClientSession() as browser, asyncio.timeout(WITHIN_S):
        while True:
            async with browser.post(scene.load.addresses[0], json=lead) as answer:
                if answer.ok:
                    continue
                assert answer.status in (503, 507), await answer.text()
                assert int(answer.headers["Retry-After"]) > 0
                return


@pytest.mark.long
async def test_a_backup_in_the_middle_of_the_load_stops_nothing_and_is_whole(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as (scene, _):
        async with scene.load.running(senders=4):
            await scene.back()
            await asyncio.to_thread(copy_sqlite, tmp_path / FILE, tmp_path / "backup.db")
            await scene.back()
        with closing(sqlite3.connect(tmp_path / "backup.db")) as backup:
            stored = backup.execute("SELECT count(*) FROM events").fetchone()[0]
            owed = backup.execute("SELECT count(DISTINCT event) FROM deliveries").fetchone()[0]
        assert stored == owed > 0
        await settles_without_loss(scene)


def lose_shared_memory(folder: Path) -> None:
    """Lose the WAL's index, which is made anew from the WAL."""
    (folder / f"{FILE}-shm").unlink()


def add_half_a_frame(folder: Path) -> None:
    """Leave what a power cut in the middle of a write leaves at the WAL's end."""
    with (folder / f"{FILE}-wal").open("ab") as wal:
        wal.write(b"\xa5" * 1000)


@pytest.mark.long
@pytest.mark.parametrize("harm", [lose_shared_memory, add_half_a_frame])
async def test_what_a_crash_leaves_beside_the_file_costs_nothing_at_the_next_start(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    async with serving(tmp_path) as (scene, server):
        async with scene.load.running(senders=4):
            await scene.back()
            await server.kill()
            harm(tmp_path)
            await server.start()
            await scene.back()
        await settles_without_loss(scene)


@pytest.mark.long
async def test_killed_in_the_middle_of_checkpoints_it_loses_nothing(tmp_path: Path) -> None:
    """Another connection copies the WAL into the file all the while."""
    async with serving(tmp_path) as (scene, server):
        ends = asyncio.Event()
        checkpoints = asyncio.create_task(checkpoint_until(ends, tmp_path))
        async with scene.load.running(senders=4):
            for _ in range(3):
                await scene.back()
                await server.kill()
                await server.start()
            await scene.back()
            ends.set()
            assert await checkpoints > 0
        await settles_without_loss(scene)


async def checkpoint_until(ends: asyncio.Event, folder: Path) -> int:
    """Checkpoint again and again; answers how often."""
    times = 0
    with closing(sqlite3.connect(folder / FILE, check_same_thread=False)) as other:
        while not ends.is_set():
            await asyncio.to_thread(other.execute, "PRAGMA wal_checkpoint(PASSIVE)")
            times += 1
    return times


@pytest.mark.long
async def test_with_no_file_descriptor_left_leads_wait_or_are_refused_and_then_flow(
    tmp_path: Path,
) -> None:
    """Idle connections hold every descriptor; once they are gone, all goes on."""
    async with serving(tmp_path) as (scene, server):
        assert server.process is not None
        pid = server.process.pid
        used = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 4, before[1]))
        port = int(scene.load.addresses[0].split(":")[2].partition("/")[0])
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
        async with asyncio.timeout(WITHIN_S):
            while len(list(Path(f"/proc/{pid}/fd").iterdir())) < used + 4:
                await asyncio.sleep(0.01)
        for _, writer in idle:
            writer.close()
            await writer.wait_closed()
        await scene.load.send(20)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
        await scene.load.send(20)
        server.said[:] = [line for line in server.said if "out of system resource" not in line]
        await settles_without_loss(scene)
