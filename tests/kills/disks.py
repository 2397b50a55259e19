"""Small disks of a test's own, which may fill up or fail as no disk of the machine should."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import pytest

NEEDS_ROOT = "this test mounts a small disk of its own: run it as root where `mount` is allowed"


@contextmanager
def mounted(folder: Path, *how: str) -> Iterator[Path]:
    """Mount something on a new folder, and take it away again; without the right to, fail."""
    folder.mkdir()
    done = subprocess.run(["mount", *how, folder], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.fail(f"{NEEDS_ROOT} ({done.stderr.strip()})")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)
        folder.rmdir()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk in memory of that size."""
    with mounted(folder, "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs") as disk:
        yield disk


@asynccontextmanager
async def filled(disk: Path) -> AsyncIterator[None]:
    """Leave not a byte of it."""
    ballast = disk / "ballast"
    await asyncio.to_thread(fill_up, ballast)
    yield
    ballast.unlink()


def fill_up(ballast: Path) -> None:
    """Write to a file until its disk takes no more."""
    with ballast.open("wb", buffering=0) as file:
        for piece in (bytes(1024 * 1024), bytes(1024)):
            with suppress(OSError):
                while True:
                    file.write(piece)
