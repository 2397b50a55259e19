"""`collector serve` with a heartbeat in its event loop: how long the loop was kept from beating.

python watched_server.py FILE    the longest stall goes to FILE at the end, in milliseconds
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from socket import socket

import uvicorn

from collector.app import create
from collector.cli.serve import SERVER, Announcing
from collector.cli.session import start

BEAT_S = 0.002


class Heartbeat:
    """Beats in the running loop and keeps the longest delay that was the process's own doing."""

    def __init__(self) -> None:
        self.worst_s = 0.0
        self._schedule = os.open("/proc/thread-self/schedstat", os.O_RDONLY)

    async def beat(self) -> None:
        """Beat until cancelled."""
        while True:
            began, waited = time.monotonic(), self._waited_s()
            await asyncio.sleep(BEAT_S)
            took = time.monotonic() - began
            self.note(took, self._waited_s() - waited)

    def note(self, took_s: float, waited_s: float) -> None:
        """Judge one beat: what it took beyond its time, but for waiting for a core."""
        self.worst_s = max(self.worst_s, took_s - BEAT_S - waited_s)

    def _waited_s(self) -> float:
        """Read how long this thread was ready to run while others had the core."""
        return int(os.pread(self._schedule, 64, 0).split()[1]) / 1e9


class Watched(Announcing):
    """A server whose loop has a heartbeat from the moment it listens."""

    heartbeat: Heartbeat

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start, and begin to beat."""
        await super().startup(sockets)
        self.heartbeat = Heartbeat()
        self._beating = asyncio.create_task(self.heartbeat.beat())

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Stop beating, then end."""
        self._beating.cancel()
        await super().shutdown(sockets)


if __name__ == "__main__":
    settings = start()
    config = uvicorn.Config(create(settings), host="127.0.0.1", port=0, **SERVER)
    server = Watched(config, settings)
    server.run()
    Path(sys.argv[1]).write_text(f"{server.heartbeat.worst_s * 1000:.2f}")
