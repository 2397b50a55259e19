"""A site under load: senders before it, destinations behind it, and the reckoning at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tools.faults.destination import Destination
from tools.faults.load import Load
from tools.faults.programs import Program
from tools.faults.site import Site
from tools.faults.verdict import Verdict, gather, judge, shown

BACK_S = 60
"""Within so long a service that was killed must acknowledge leads again."""

BACK_LEADS = 20
SPELL_S = 0.5
"""The longest time between a service's return and the next kill."""


@dataclass(kw_only=True)
class Scene:
    """What a run needs; `programs` are in the order in which they are killed."""

    site: Site
    destinations: Sequence[Destination]
    programs: list[Program] = field(default_factory=list)
    load: Load

    @property
    def _received(self) -> list[Path]:
        return [destination.record for destination in self.destinations]

    def add_server(self, *arguments: str) -> Program:
        """Add a web server, which gets its share of the load."""
        server, address = self.site.server(*arguments)
        self.load.addresses.append(address)
        self.programs.append(server)
        return server

    def add_worker(self) -> Program:
        """Add a delivery worker."""
        worker = self.site.program("work")
        self.programs.append(worker)
        return worker

    async def start(self) -> None:
        """Start what does not run."""
        idle = [program for program in self.programs if not program.runs]
        await asyncio.gather(*[program.start() for program in idle])

    async def stop(self) -> list[int]:
        """Stop what runs, the way an operator does; answers the statuses."""
        running = [program for program in self.programs if program.runs]
        return list(await asyncio.gather(*[program.stop() for program in running]))

    async def spell(self, random: Random) -> None:
        """Let the load go on for a time that nobody chose."""
        await asyncio.sleep(random.uniform(0, SPELL_S))

    async def back(self) -> None:
        """Wait until leads are acknowledged again."""
        async with asyncio.timeout(BACK_S):
            await self.load.more(BACK_LEADS)

    async def reckon(self) -> Verdict:
        """Read the three files and judge."""
        return judge(await gather(self.site, self.load.record, self._received))

    def faults(self, verdict: Verdict) -> str:
        """List whatever should not be, for a person; empty when nothing is wrong."""
        complaints: Iterable[str] = (
            line for program in self.programs for line in program.complaints()
        )
        odd = (f"{times} times {answer}" for answer, times in self.load.odd.items())
        found = (verdict.lost, verdict.violations, odd, complaints)
        return "\n".join(filter(None, map(shown, found)))


@asynccontextmanager
async def open_scene(
    folder: Path, database_url: str, *, rough: Random | None = None
) -> AsyncIterator[Scene]:
    """Prepare a site with one honest destination and, with `rough`, one that misbehaves."""
    async with AsyncExitStack() as stack:
        manners = [None] if rough is None else [None, rough]
        destinations = [
            await stack.enter_async_context(Destination(folder / f"received{number}.jsonl", how))
            for number, how in enumerate(manners)
        ]
        site = Site(folder=folder, database_url=database_url)
        await site.prepare(*[destination.url for destination in destinations])
        load = Load(record=folder / "acknowledged.jsonl")
        scene = Scene(site=site, destinations=destinations, load=load)
        try:
            yield scene
        finally:
            await asyncio.gather(*[one.kill() for one in scene.programs if one.runs])
