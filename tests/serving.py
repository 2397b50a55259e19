"""Real servers for tests: `collector serve` as an operator starts it, and apps beside it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket
from typing import Any

import uvicorn
from starlette.applications import Starlette

ROOT = Path(__file__).parent.parent
START_S = 30


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """The environment of a process: nothing of this one's settings, only what is named."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COLLECTOR_")}
    named = {f"COLLECTOR_{name.upper()}": value for name, value in settings.items()}
    return {
        **kept,
        "PYTHONWARNINGS": "error",
        "PYTHONPATH": str(ROOT),
        "COLLECTOR_DATA_DIR": str(data_dir),
        "COLLECTOR_ALLOW_DESTINATIONS": "127.0.0.0/8",
        **named,
    }


@dataclass(kw_only=True)
class Collector:
    """An installation: its data, its settings, and the process that serves it now.

    `said` is what the last command told on stderr.
    """

    data_dir: Path
    settings: dict[str, str] = field(default_factory=dict)
    process: Process | None = None
    base: str = ""
    said: str = ""
    log: list[str] = field(default_factory=list)

    async def cli(self, *arguments: str, code: int = 0) -> str:
        """Run a command beside the server; answers its stdout."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "collector", *arguments),
            env=environment(self.data_dir, **self.settings),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        assert process.returncode == code, (arguments, process.returncode, out, err)
        self.said = err.decode()
        return out.decode()

    async def json(self, *arguments: str) -> Any:
        """Run a command with --json and read what it prints."""
        return json.loads(await self.cli(*arguments, "--json"))

    async def create_capture(
        self, *origins: str, name: str = "Website", more: tuple[str, ...] = ()
    ) -> str:
        """Create a capture; answers its source_id."""
        allowed = [part for origin in origins for part in ("--origin", origin)]
        made = await self.json("capture", "create", name, *allowed, *more)
        source_id: str = made["source_id"]
        return source_id

    async def add_driftrock(self, source_id: str, address: str, api_key: str) -> None:
        """Forward a capture's leads to the Driftrock capture of the same id."""
        settings = {"api_key": api_key, "source_id": source_id, "url": f"{address}/v2/event"}
        given = [part for pair in settings.items() for part in ("--set", "=".join(pair))]
        serving = ("--name", "Driftrock", "--capture", source_id)
        await self.cli("destination", "create", "driftrock", *serving, *given)

    async def start(self, *arguments: str) -> None:
        """Serve on the port of last time, or any free one; returns once it says that it listens."""
        port = self.base.rpartition(":")[2] or "0"
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "collector", "serve", "--port", port, *arguments),
            env=environment(self.data_dir, **self.settings),
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(START_S):
            self.base = await self._announced()
        self._reading = asyncio.create_task(self._read_log())

    async def _announced(self) -> str:
        assert self.process is not None
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.log.append(line.decode())
            if found := re.search(r"listens on (http://\S+)", self.log[-1]):
                return found[1]
        raise AssertionError("".join(self.log))

    async def _read_log(self) -> None:
        assert self.process is not None
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.log.append(line.decode())

    async def restart(self, *arguments: str, **settings: str) -> None:
        """Stop, if it runs, and serve again; settings that are not named stay as they are."""
        if self.process is not None:
            await self.stop()
        self.settings.update(settings)
        await self.start(*arguments)

    async def stop(self) -> int:
        """End the server the way an operator does; answers its exit status."""
        assert self.process is not None
        self.process.terminate()
        return await self._ended()

    async def kill(self) -> None:
        """End the server the way a power cut does."""
        assert self.process is not None
        self.process.kill()
        await self._ended()

    async def _ended(self) -> int:
        assert self.process is not None
        code = await self.process.wait()
        await self._reading
        self.process = None
        return code


@asynccontextmanager
async def serving(data_dir: Path, *arguments: str, **settings: str) -> AsyncIterator[Collector]:
    """An installation that serves until the block ends."""
    collector = Collector(data_dir=data_dir, settings=settings)
    await collector.start(*arguments)
    try:
        yield collector
    finally:
        if collector.process is not None:
            await collector.kill()


@asynccontextmanager
async def working(collector: Collector, count: int) -> AsyncIterator[list[Process]]:
    """`collector work`, so many times."""
    processes = []
    for _ in range(count):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "collector", "work"),
            env=environment(collector.data_dir, **collector.settings),
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        assert b"collector delivers" in await process.stderr.readline()
        processes.append(process)
    try:
        yield processes
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
                await process.communicate()


def bound_socket() -> socket:
    """Take a free port: its number is known before anything listens there."""
    sock = socket()
    sock.bind(("127.0.0.1", 0))
    return sock


class InLoop(uvicorn.Server):
    """An app in the test's own event loop; signals stay the test's."""

    def __init__(self, app: Starlette, **options: Any) -> None:
        chosen = {"log_config": None, "access_log": False, "lifespan": "off", **options}
        super().__init__(uvicorn.Config(app, **chosen))
        self.ready = asyncio.Event()
        self.forced = True
        """Whether it ends at once: an app with a lifespan closes its parts first."""

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def listening(
    app: Starlette, sock: socket | None = None, **options: Any
) -> AsyncIterator[str]:
    """Serve an app until the block ends; gives its address without a last slash."""
    server = InLoop(app, **options)
    server.forced = options.get("lifespan") != "on"
    taken = sock or bound_socket()
    running = asyncio.create_task(server.serve([taken]))
    try:
        await server.ready.wait()
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
    finally:
        server.should_exit, server.force_exit = True, server.forced
        await running
