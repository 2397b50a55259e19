"""An acknowledgement leaves the process only after the commit was forced onto the disk."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tools.faults.programs import READY
from tools.faults.scene import Scene, open_scene

LEADS = 5
CALLS = "trace=fdatasync,fsync,pwrite64,write,writev,sendto,sendmsg"
ASKED = re.compile(r"\b(?:write|writev|sendto|sendmsg)\(.*HTTP/1\.1 200 OK")
STARTED_S = 60


@asynccontextmanager
async def traced(scene: Scene, trace: Path) -> AsyncIterator[None]:
    """Serve under strace, which writes each system call down in its order."""
    server, address = scene.site.server("--no-worker")
    scene.load.addresses.append(address)
    process = await asyncio.create_subprocess_exec(
        *("strace", "-f", "-s", "64", "-e", CALLS, "-o", str(trace)),
        *(sys.executable, "-m", "tools.faults.launcher", *server.arguments),
        env=dict(server.environment),
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    async with asyncio.timeout(STARTED_S):
        while not READY.search((await process.stderr.readline()).decode()):
            assert process.returncode is None
    try:
        yield
    finally:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGTERM)  # strace itself takes no signal meanwhile
        await process.communicate()


def synced_before_each_answer(calls: Sequence[str]) -> list[bool]:
    """Say of each lead's answer whether a sync ended since the answer before it."""
    synced, found = False, []
    for call in calls:
        if re.search(r"(?:fdatasync|fsync)(?:\(| resumed).* = 0$", call):
            synced = True
        elif ASKED.search(call):
            found.append(synced)
            synced = False
    return found


@pytest.mark.long
async def test_on_sqlite_the_file_is_synced_before_the_answer_leaves(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    async with open_scene(tmp_path, f"sqlite:///{tmp_path / 'collector.db'}") as scene:
        async with traced(scene, trace):
            for _ in range(LEADS):
                await scene.load.send(1)
        assert scene.load.acknowledged == LEADS
    assert synced_before_each_answer(trace.read_text().splitlines()) == [True] * LEADS
