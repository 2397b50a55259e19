"""Processes killed under load at random moments; senders try again with the same `_event_id`."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from random import Random
from urllib.parse import urlsplit

import pytest

from collector.storage.tables import attempts
from tests.kills.marks import ON_POSTGRESQL_IN_THE_LONG_RUN
from tests.kills.reckoning import settles_without_loss
from tests.sink import Reply
from tools.faults.campaign import kill_in_turn, man
from tools.faults.scene import Scene

KILLS = 52
GONE = (
    b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b'Content-Length: 31\r\n\r\n{"email":"gone%04d@example.eu"}'
)


async def survives(scene: Scene, kills: int, of_each: int) -> None:
    """Kill so often, then everything that was acknowledged must be there and arrive."""
    victims = man(scene, of_each)
    await scene.start()
    async with scene.load.running():
        await scene.back()
        await kill_in_turn(scene, victims, Random(1), lambda done: done < kills)
    print(f"{kills} kills")
    await settles_without_loss(scene)


async def test_server_and_worker_killed_under_load_lose_nothing(scene: Scene) -> None:
    await survives(scene, 2, of_each=1)


@pytest.mark.long
async def test_many_kills_under_load_lose_nothing(scene: Scene) -> None:
    await survives(scene, KILLS, of_each=2)


@ON_POSTGRESQL_IN_THE_LONG_RUN
async def test_a_stop_finishes_what_is_stored_and_what_is_under_way(scene: Scene) -> None:
    """A told server answers whom it took, sends what it began, and ends with status 0."""
    [sink] = scene.destinations
    may_answer = asyncio.Event()
    sink.otherwise = Reply(until=may_answer)
    scene.site.settings["lease_s"] = "45"
    server = scene.add_server()
    await scene.start()
    await scene.load.send(5)
    await sink.wait_for(5)
    stopping = asyncio.create_task(server.stop())
    async with scene.load.running(senders=2):
        await no_more_taken(scene.load.addresses[0])
        ended, _ = await asyncio.wait([stopping], timeout=1)
        assert not ended, "it left while its requests were under way"
        may_answer.set()
        assert await stopping == 0
        await scene.start()
        await scene.back()
    await settles_without_loss(scene)
    rows = await scene.site.rows(attempts)
    assert {row["outcome"] for row in rows} == {"ok"}


@pytest.mark.long
async def test_senders_that_go_away_leave_whole_leads_or_none(scene: Scene) -> None:
    server = scene.add_server()
    await server.start()
    where = urlsplit(scene.load.addresses[0])
    async with scene.load.running():
        for number in range(100):
            _, writer = await asyncio.open_connection(where.hostname, where.port)
            writer.write(GONE % (where.path.encode(), number))
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        await scene.back()
    await settles_without_loss(scene)


async def no_more_taken(address: str) -> None:
    """Wait until a server takes no new connection: it refuses one, or resets one it had queued."""
    where = urlsplit(address)
    with suppress(ConnectionRefusedError, ConnectionResetError):
        while True:
            _, writer = await asyncio.open_connection(where.hostname, where.port)
            writer.close()
            await writer.wait_closed()
