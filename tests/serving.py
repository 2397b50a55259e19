"""Real processes for tests: `collector serve` as an operator starts it, on a port of its own."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
    """An installation: its data, its settings, and the process that serves it now."""

    data_dir: Path
    settings: dict[str, str] = field(default_factory=dict)
    process: Process | None = None
    base: str = ""
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
