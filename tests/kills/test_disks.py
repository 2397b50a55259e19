"""The disk itself is full, or fails and turns read-only: leads are refused, and none is lost."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path
from subprocess import CalledProcessError
from tempfile import mkdtemp

import pytest

from collector.domain.errors import DiskFull
from collector.storage.destinations import ChangeLane
from tests.kills.conftest import create_database
from tests.kills.disks import filled, mounted, small_disk
from tests.kills.reckoning import settles_without_loss
from tests.kills.test_sqlite import FILE, WITHIN_S, refused
from tests.postgres import Cluster, cluster
from tools.faults.scene import Scene, open_scene
from tools.faults.site import now

DISK_MB = 256
"""More than the room below which leads are refused before anything is tried."""

MENDED = 1
"""How `e2fsck` ends after it found faults and mended all of them."""


@pytest.mark.long
async def test_leads_are_refused_while_the_disk_is_full_and_taken_once_it_has_room(
    tmp_path: Path,
) -> None:
    with small_disk(tmp_path / "disk", DISK_MB) as disk:
        async with open_scene(tmp_path, f"sqlite:///{disk / FILE}") as scene:
            await scene.add_server().start()
            async with scene.load.running(senders=4):
                await scene.back()
                async with filled(disk):
                    await refused(scene)
                    with pytest.raises(DiskFull):
                        await write_on_and_on(scene)
                    await refused(scene)
                await scene.back()
            assert scene.load.refused["507"] > 0
            await settles_without_loss(scene)


async def write_on_and_on(scene: Scene) -> None:
    """Write beside the server, past its look at the room: SQLite itself is to meet the end."""
    [lane] = scene.site.destination_ids
    async with scene.site.open() as store, asyncio.timeout(WITHIN_S):
        while True:
            await store.write(ChangeLane(destination_id=lane, state="active", now=now()))


@pytest.mark.long
async def test_a_disk_that_fails_and_turns_read_only_costs_no_lead_that_was_acknowledged(
    tmp_path: Path,
) -> None:
    """The kernel itself gives the disk up, as after a fault of the device; it is then mended."""
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(DISK_MB * 1024 * 1024)
    subprocess.run(["mkfs.ext4", "-q", "-m", "0", image], check=True)
    mount = ("-o", "loop,errors=remount-ro", str(image))
    with mounted(tmp_path / "disk", *mount) as disk:
        async with open_scene(tmp_path, f"sqlite:///{disk / FILE}") as scene:
            server = scene.add_server()
            await server.start()
            async with scene.load.running(senders=4):
                await scene.back()
                fail(disk)
                await refused(scene)
                assert server.runs
                await server.stop()
                subprocess.run(["umount", disk], check=True)
                assert subprocess.run(["e2fsck", "-fy", image], check=False).returncode <= MENDED
                subprocess.run(["mount", *mount, disk], check=True)
                await server.start()
                await scene.back()
            await settles_without_loss(scene)


def fail(disk: Path) -> None:
    """Report a fault of the device to its file system, which then takes no more writes."""
    number = disk.stat().st_dev
    device = Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}").resolve().name
    Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("the disk fails")
    with pytest.raises(OSError, match="Read-only"):
        (disk / "anything").touch()


@pytest.mark.long
async def test_leads_are_refused_while_the_disk_of_postgresql_is_full_and_taken_afterwards(
    tmp_path: Path,
) -> None:
    """First its tables cannot grow; then its log, at which it ends in the middle of a commit."""
    folder = Path(mkdtemp(dir="/tmp")) / "disk"  # where PostgreSQL's own account may go
    folder.parent.chmod(0o755)
    with small_disk(folder, DISK_MB) as disk, cluster(on=disk) as own:
        async with open_scene(tmp_path, create_database(own)) as scene:
            await scene.add_server().start()
            async with scene.load.running(senders=4):
                await scene.back()
                async with filled(disk):
                    await refused(scene)
                await scene.back()
                async with filled(disk), asyncio.timeout(WITHIN_S):
                    while await its_log_goes_on(own):
                        await refused(scene)
                    await refused(scene)
                await asyncio.to_thread(own.restart)
                await scene.back()
            assert scene.load.refused["507"] > 0
            await settles_without_loss(scene)
    folder.parent.rmdir()


async def its_log_goes_on(own: Cluster) -> bool:
    """Have the log begin another file: without room for it PostgreSQL ends in a panic."""
    try:
        await asyncio.to_thread(own.sql, "SELECT pg_switch_wal()")
    except CalledProcessError:
        return False
    return True
