"""The promise under fire: leads, random kills, a misbehaving destination; then the reckoning.

    python3 tools/dev.py soak --minutes N --database sqlite|postgresql [--kills N] [--json]

Server and worker (on PostgreSQL two of each, and the database too) are killed in turn at random
moments for so many minutes, and for longer until there were so many kills. Then everything is
delivered that still can be, and three records are compared: what senders saw acknowledged, what
is stored, what destinations received. Ends with 1 if a lead is lost or a promise broken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.postgres import Cluster, cluster  # noqa: E402  (found through the line above)
from tools.faults.campaign import Victim, kill_in_turn, man  # noqa: E402
from tools.faults.scene import Scene, open_scene  # noqa: E402
from tools.faults.verdict import Verdict  # noqa: E402

LEASE_S = 9.0
"""A fifth of the real lease: what dies with its work is taken over while the soak still runs."""

PATIENCE_S = 120
TELL_S = 30


@dataclass(frozen=True, kw_only=True)
class Soak:
    """What to do: for how long, how many kills at least, and the seed of every choice."""

    seconds: float
    kills: int
    seed: int

    def goes_on(self, scene: Scene) -> Callable[[int], bool]:
        """Say from now on, by the number of kills, whether it goes on; tell how it goes."""
        begin = told = time.monotonic()

        def go_on(kills: int) -> bool:
            nonlocal told
            moment = time.monotonic()
            if moment - told > TELL_S:
                told = moment
                say(f"{moment - begin:.0f} s: {kills} kills, {scene.load.acknowledged} leads")
            return moment - begin < self.seconds or kills < self.kills

        return go_on

    async def run(self, database_url: str, postgres: Cluster | None) -> tuple[int, Verdict, str]:
        """Soak one database; answers the kills, the verdict, and what else was wrong."""
        with TemporaryDirectory(prefix="soak-") as folder:
            random = Random(self.seed)  # noqa: S311  (choices that can be made again)
            async with open_scene(Path(folder), database_url, rough=random) as scene:
                scene.site.settings["lease_s"] = str(LEASE_S)
                return await self._soak(scene, postgres, random)

    async def _soak(
        self, scene: Scene, postgres: Cluster | None, random: Random
    ) -> tuple[int, Verdict, str]:
        victims: list[Victim] = [*man(scene, of_each=2), *([postgres] if postgres else [])]
        await scene.start()
        async with scene.load.running():
            await scene.back()
            kills = await kill_in_turn(scene, victims, random, self.goes_on(scene))
        say("no more kills; what is still owed is delivered")
        for destination in scene.destinations:
            destination.behave()
        settled = await scene.site.settle(PATIENCE_S)
        statuses = await scene.stop()
        verdict = await scene.reckon()
        faults = scene.faults(verdict)
        if any(statuses):
            faults += f"\nprograms that were told to stop ended with {statuses}"
        return kills, verdict, faults if settled else f"{faults}\nnot all was delivered in time"


@contextmanager
def database(kind: str, folder: str) -> Iterator[tuple[str, Cluster | None]]:
    """Give the address of a fresh database, and its server where it has one."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/collector.db", None
        return
    with cluster() as running:
        running.sql("CREATE DATABASE soak")
        yield running.url("soak"), running


def say(message: str) -> None:
    """Tell the person at the terminal."""
    print(f"soak: {message}", file=sys.stderr, flush=True)


def main() -> None:
    """Soak and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), required=True)
    parser.add_argument("--kills", type=int, default=0, help="at least so many")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    soak = Soak(seconds=chosen.minutes * 60, kills=chosen.kills, seed=chosen.seed)
    with TemporaryDirectory(prefix="soak-") as folder, database(chosen.database, folder) as where:
        kills, verdict, faults = asyncio.run(soak.run(*where))
    table = {"database": chosen.database, "kills": kills, **verdict.table()}
    if chosen.json:
        print(json.dumps(table))
    else:
        print("\n".join(f"{name:<14}{value:>12}" for name, value in table.items()))
    if faults:
        say(faults)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
