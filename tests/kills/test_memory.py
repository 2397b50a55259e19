"""The kernel ends the server for want of memory, again and again, in the middle of long leads."""

from __future__ import annotations

from signal import SIGKILL

import pytest

from tests.kills.memory import memory_group
from tests.kills.reckoning import settles_without_loss
from tools.faults.scene import Scene

KILLS = 3
GROWS_AT_MOST = 12 * 2**20
"""Bytes beyond what it holds at rest."""

SENDERS = 64
LONGEST = 100_000


@pytest.mark.long
async def test_a_server_that_the_kernel_ends_for_want_of_memory_loses_nothing(
    scene: Scene,
) -> None:
    server = scene.add_server()
    await server.start()
    scene.load.longest = LONGEST
    with memory_group(GROWS_AT_MOST) as group:
        async with scene.load.running(SENDERS):
            for kill in range(1, KILLS + 1):
                group.join(server)
                before = scene.load.acknowledged
                assert await server.died() == -SIGKILL
                assert group.killed == kill
                assert scene.load.acknowledged > before
                await server.start()
            await scene.back()
        await settles_without_loss(scene)
