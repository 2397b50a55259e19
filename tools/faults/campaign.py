"""A campaign: programs of one installation killed in turn, at random moments, under load."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from random import Random

from tests.postgres import Cluster
from tools.faults.programs import Program
from tools.faults.scene import Scene

Victim = Program | Cluster


def man(scene: Scene, of_each: int) -> list[Program]:
    """Add what serves the site: one process on SQLite, else so many servers and workers."""
    if scene.site.database_url.startswith("sqlite"):
        return [scene.add_server()]
    for _ in range(of_each):
        scene.add_server("--no-worker")
        scene.add_worker()
    return scene.programs


async def kill_in_turn(
    scene: Scene, victims: Sequence[Victim], random: Random, go_on: Callable[[int], bool]
) -> int:
    """Kill one after another while `go_on(kills)` says so; answers how often.

    After each kill the site must acknowledge leads again.
    """
    kills = 0
    while go_on(kills):
        victim = victims[kills % len(victims)]
        await scene.spell(random)
        if isinstance(victim, Cluster):
            await crash(victim)
        else:
            await victim.kill()
            await victim.start()
        await scene.back()
        kills += 1
    return kills


async def crash(cluster: Cluster) -> None:
    """Stop PostgreSQL as a power cut does, and start it again."""
    await asyncio.to_thread(cluster.stop, "immediate")
    await asyncio.to_thread(cluster.start)
