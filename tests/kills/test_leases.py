"""Leases: one holder at a time, taken back from the dead, refused to those who come back late."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from collector.domain.pace import Pace
from collector.domain.times import SECOND
from collector.storage.claims import Claim, Turn
from collector.storage.destinations import SetPace
from collector.storage.store import Store
from collector.storage.tables import attempts, deliveries
from tests.kills.reckoning import settles_without_loss
from tests.outbox import Outbox
from tests.sink import Reply
from tools.faults.scene import Scene
from tools.faults.site import LEASE_S, now

ROWS = 60


async def test_two_workers_never_lease_the_same_delivery(scene: Scene) -> None:
    site = scene.site
    async with site.open() as one, site.open() as other:
        outbox = Outbox(one)
        for _ in range(ROWS):
            await outbox.add_event(source_id=site.source_id)
        lane = await outbox.destination(site.destination_ids[0])
        as_many = Pace(max_in_flight=ROWS)
        await one.write(SetPace(destination_id=lane.id, pace=as_many))
        claim = Claim(
            destination_id=lane.id,
            changed_at=lane.changed_at,
            probe=False,
            limit=7,
            render=lambda event: event.id.encode(),
        )
        taken = [
            key
            for keys in await asyncio.gather(
                take_all(one, claim, "a"), take_all(other, claim, "b")
            )
            for key in keys
        ]
    assert len(taken) == ROWS
    assert len(set(taken)) == ROWS


async def take_all(store: Store, claim: Claim, name: str) -> list[int]:
    """Claim until nothing is left."""
    taken: list[int] = []
    for number in range(ROWS):
        turn = Turn(token=f"{name}{number}", now=now(), claims=[claim])
        [claimed] = (await store.write(turn)).claimed
        taken += [one.delivery_id for one in claimed]
    return taken


@pytest.mark.long
async def test_a_worker_frozen_past_its_lease_changes_nothing_when_it_goes_on(
    postgres_scene: Scene,
) -> None:
    scene = postgres_scene
    [sink] = scene.destinations
    may_answer = asyncio.Event()
    sink.script.append(Reply(until=may_answer))
    scene.add_server("--no-worker")
    frozen, other = scene.add_worker(), scene.add_worker()
    await asyncio.gather(scene.programs[0].start(), frozen.start())
    await scene.load.send(1)
    await sink.wait_for(1)
    frozen.freeze()
    await other.start()
    await other.says("leases taken back")
    assert [row["state"] for row in await scene.site.rows(deliveries)] == ["ready"]
    assert await scene.site.settle()
    before = await everything(scene)
    assert [row["reason"] for row in before["attempts"]] == ["interrupted", "ok"]

    may_answer.set()
    frozen.thaw()
    await frozen.says('"recorded":false')
    assert await everything(scene) == before
    await settles_without_loss(scene)


async def everything(scene: Scene) -> dict[str, Any]:
    return {table.name: await scene.site.rows(table) for table in (deliveries, attempts)}


@pytest.mark.long
async def test_what_a_dead_machine_held_is_taken_over_once_its_lease_is_over(
    postgres_scene: Scene,
) -> None:
    scene = postgres_scene
    [sink] = scene.destinations
    sink.script.extend([Reply(until=asyncio.Event())] * 3)
    scene.add_server("--no-worker")
    dead, other = scene.add_worker(), scene.add_worker()
    await scene.start()
    other.freeze()  # it must get none of them
    await scene.load.send(3)
    await sink.wait_for(3)
    await dead.kill()
    other.thaw()
    await other.says("leases taken back")
    leases = [row["started_at"] + LEASE_S * SECOND for row in await scene.site.rows(attempts)]
    assert now() < max(leases) + LEASE_S * SECOND
    await settles_without_loss(scene)
