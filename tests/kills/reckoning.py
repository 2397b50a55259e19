"""How every run of this folder ends."""

from __future__ import annotations

from tools.faults.scene import Scene


async def settles_without_loss(scene: Scene) -> None:
    """Deliver all that is owed, stop, and reckon."""
    assert await scene.site.settle()
    assert not any(await scene.stop())
    verdict = await scene.reckon()
    print(verdict.table())
    assert verdict.acknowledged == scene.load.acknowledged > 0
    assert verdict.parked == 0
    faults = scene.faults(verdict)
    assert faults == "", faults
