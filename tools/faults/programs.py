"""Programs under test: started, killed, frozen, and what they said on stderr."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from socket import socket

START_S = 60
READY = re.compile(r"collector (listens on|delivers)")
COMPLAINT = re.compile(r'"level": ?"(error|critical)"|Traceback|Warning')


def free_port() -> int:
    """Find a port that nobody uses."""
    with socket() as taken:
        taken.bind(("127.0.0.1", 0))
        number: int = taken.getsockname()[1]
        return number


@dataclass(kw_only=True)
class Program:
    """A `collector` command in a process of its own, as often as it is started."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    said: list[str] = field(default_factory=list)
    process: Process | None = None

    async def start(self, fail_at: str = "", *, until_ready: bool = True) -> None:
        """Start it; with a fail point it dies there. Returns once it says that it is ready."""
        self._ready, self._heard = asyncio.Event(), asyncio.Event()
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tools.faults.launcher", *self.arguments),
            env={**self.environment, "COLLECTOR_FAIL_AT": fail_at},
            stdin=DEVNULL,
            stderr=PIPE,
        )
        self._listening = asyncio.create_task(self._listen(self.process))
        if until_ready:
            await self.ready()

    async def ready(self) -> None:
        """Wait until it serves. Raises RuntimeError with what it said when it ended instead."""
        async with asyncio.timeout(START_S):
            await self._ready.wait()
        if self._listening.done():
            raise RuntimeError("".join(self.said))

    async def says(self, pattern: str) -> None:
        """Wait until it has said something."""
        async with asyncio.timeout(START_S):
            while not any(re.search(pattern, line) for line in self.said):
                self._heard.clear()
                await self._heard.wait()

    def complaints(self) -> list[str]:
        """Give what it said of errors that nobody expected."""
        return [line for line in self.said if COMPLAINT.search(line)]

    @property
    def runs(self) -> bool:
        """Whether the process is there."""
        return self.process is not None and self.process.returncode is None

    async def died(self) -> int:
        """Wait until it ends by itself; answers its status."""
        assert self.process is not None
        async with asyncio.timeout(START_S):
            await self._listening
            return await self.process.wait()

    async def kill(self) -> None:
        """End it the way a power cut does."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """End it the way an operator does; answers its status."""
        return await self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """Stop it from running, and leave it as it stands."""
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on as if nothing had happened."""
        self._send(signal.SIGCONT)

    async def _end(self, sign: signal.Signals) -> int:
        if self.runs:
            self._send(sign)
        return await self.died()

    def _send(self, sign: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(sign)

    async def _listen(self, process: Process) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            self.said.append(line.decode())
            self._heard.set()
            if READY.search(self.said[-1]):
                self._ready.set()
        self._ready.set()
