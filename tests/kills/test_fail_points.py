"""Programs that die at a named place: whatever was acknowledged is there, and arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from collector.domain.lane import Lane
from collector.domain.times import MINUTE
from collector.storage.tables import deliveries
from tests.kills.marks import ON_POSTGRESQL_IN_THE_LONG_RUN
from tests.kills.reckoning import settles_without_loss
from tests.outbox import SetLane
from tools.faults.fail_points import FAIL_POINTS, STATUS, arm, find
from tools.faults.programs import Program
from tools.faults.scene import Scene
from tools.faults.site import Site, now

EVERY_DAY = ("event_inserted", "request_sent", "outcome_before_commit")
"""One in each transaction, and one between the two: in one go."""

HALF = (
    b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b'Content-Length: 40\r\n\r\n{"email":"half@ex'
)

BEFORE = {"reaping": ("request_sent",)}
"""What must have happened for a place to be reached at all."""


@pytest.mark.parametrize("name", FAIL_POINTS)
def test_a_fail_point_finds_its_place(name: str) -> None:
    for place in FAIL_POINTS[name].places:
        _, _, function = find(place)
        assert callable(function)


@pytest.mark.parametrize("wish", ["nowhere", "nowhere:2"])
def test_a_fail_point_that_does_not_exist_is_an_error(wish: str) -> None:
    with pytest.raises(KeyError):
        arm(wish)


@ON_POSTGRESQL_IN_THE_LONG_RUN
async def test_dying_in_each_transaction_and_between_them_loses_nothing(scene: Scene) -> None:
    server = scene.add_server()
    async with scene.load.running():
        for name in EVERY_DAY:
            await die(scene, server, f"{name}:3")
        await scene.start()
        await scene.back()
    await settles_without_loss(scene)


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in FAIL_POINTS if name != "migrating"])
async def test_dying_anywhere_loses_nothing(scene: Scene, name: str) -> None:
    server = scene.add_server()
    async with scene.load.running(), half_a_lead(scene, name):
        for before in BEFORE.get(name, ()):
            await die(scene, server, before)
        if name == "probing":
            await let_the_lane_wait(scene)
        await die(scene, server, name)
        await scene.start()
        await scene.back()
    await settles_without_loss(scene)


@pytest.mark.long
async def test_dying_during_a_migration_leaves_one_that_can_be_done_again(
    database_url: str, tmp_path: Path
) -> None:
    site = Site(folder=tmp_path, database_url=database_url)
    migrate = site.program("migrate")
    await migrate.start("migrating", until_ready=False)
    assert await migrate.died() == STATUS
    await migrate.start(until_ready=False)
    assert await migrate.died() == 0
    await site.prepare("http://127.0.0.1:1/hook")
    assert await site.rows(deliveries) == []


async def die(scene: Scene, server: Program, fail_at: str) -> None:
    """Start the server so that it dies there; to drain, it must be told to stop."""
    await server.start(fail_at, until_ready=False)
    if fail_at == "draining":
        await scene.back()
        assert await server.stop() == STATUS
    else:
        assert await server.died() == STATUS
    assert f"fail point {fail_at.partition(':')[0]}\n" in server.said  # the loop may log after it


async def let_the_lane_wait(scene: Scene) -> None:
    """Leave the lane as failures leave it: one delivery may try whether it works again."""
    waiting = Lane(failures=5, resume_at=now() - MINUTE, reason="connect")
    async with scene.site.open() as store:
        await store.write(SetLane(scene.site.destination_ids[0], waiting))


@asynccontextmanager
async def half_a_lead(scene: Scene, name: str) -> AsyncIterator[None]:
    """Send the first half of a lead and wait for what comes, where it matters."""
    if name != "body_half_read":
        yield
        return
    sending = asyncio.create_task(_send_half(scene.load.addresses[0]))
    try:
        yield
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def _send_half(address: str) -> None:
    where = urlsplit(address)
    while True:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(where.hostname, where.port)
            writer.write(HALF % where.path.encode())
            assert await reader.read() == b""
            writer.close()
            return
        await asyncio.sleep(0.05)
