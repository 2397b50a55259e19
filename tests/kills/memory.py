"""A limit of the kernel on the memory of one program."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.faults.programs import Program

GROUPS = Path("/sys/fs/cgroup")
NEEDS_ROOT = (
    f"this test makes a memory group of its own below {GROUPS}: run it as root where that may be"
    " written and the controller `memory` is given on (not in a container of common rights)"
)


@dataclass(frozen=True, kw_only=True)
class Controller:
    """One of the kernel's two ways to limit memory: the files by which it is used."""

    root: Path
    limit: str
    told: str
    """Holds the line `oom_kill N`."""


FIRST = Controller(
    root=GROUPS / "memory", limit="memory.limit_in_bytes", told="memory.oom_control"
)
SECOND = Controller(root=GROUPS, limit="memory.max", told="memory.events")


@dataclass(frozen=True)
class Group:
    """Programs of one limit; what they held before they joined is not counted."""

    folder: Path
    controller: Controller

    def join(self, program: Program) -> None:
        """Count from now on what this program takes."""
        assert program.process is not None
        (self.folder / "cgroup.procs").write_text(str(program.process.pid))

    @property
    def killed(self) -> int:
        """How many processes the kernel has ended for the limit's sake."""
        lines = (self.folder / self.controller.told).read_text().splitlines()
        [times] = [line.split()[1] for line in lines if line.startswith("oom_kill ")]
        return int(times)


@contextmanager
def memory_group(limit: int) -> Iterator[Group]:
    """Make a group that may take so many bytes; without the right to, fail."""
    controller = FIRST if FIRST.root.is_dir() else SECOND
    folder = controller.root / f"lead-collector-test-{os.getpid()}"
    try:
        if controller is SECOND:
            (controller.root / "cgroup.subtree_control").write_text("+memory")
        folder.mkdir()
        (folder / controller.limit).write_text(str(limit))
    except OSError as error:
        pytest.fail(f"{NEEDS_ROOT} ({error})")
    try:
        yield Group(folder, controller)
    finally:
        for left in (folder / "cgroup.procs").read_text().split():
            (controller.root / "cgroup.procs").write_text(left)
        folder.rmdir()
