"""Processes to measure: pinned to a core each, their CPU read from the kernel."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
SERVER_CORE, LOAD_CORE = 0, 1
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: its process and its port."""

    pid: int
    port: int

    def cpu_s(self) -> float:
        """Read user and system time of the process and its ended children, in seconds."""
        stat = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return sum(int(ticks) for ticks in stat[11:15]) / _TICKS

    def memory_mb(self) -> float:
        """Read the resident memory, in megabytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0


def _pinned(core: int) -> list[str]:
    return ["taskset", "-c", str(core % (os.cpu_count() or 1))]


@contextmanager
def serving(
    command: Sequence[str], environment: dict[str, str], given: bytes = b""
) -> Iterator[Served]:
    """Run a server until the block ends; it says `listens on http://…:PORT` on stderr."""
    process = subprocess.Popen(
        [*_pinned(SERVER_CORE), sys.executable, *command],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stdin=subprocess.PIPE,
    )
    assert process.stderr is not None
    assert process.stdin is not None
    process.stdin.write(given)
    process.stdin.close()
    try:
        for line in process.stderr:
            if found := re.search(rb"listens on http://[^:]+:(\d+)", line):
                yield Served(process.pid, int(found[1]))
                return
        raise SystemExit(f"{' '.join(command)} did not start")
    finally:
        process.terminate()
        process.stderr.close()
        process.wait()


def load(
    served: Served, request: bytes, seconds: float, connections: int = 64
) -> tuple[int, float]:
    """Load a server; answers how many requests were answered, and the CPU it took, in seconds."""
    file = Path(f"/tmp/bench-{os.getpid()}.request")  # noqa: S108  (holds nothing of anybody's)
    file.write_bytes(request)
    before = served.cpu_s()
    printed = subprocess.run(
        [
            *_pinned(LOAD_CORE),
            *(sys.executable, str(Path(__file__).with_name("load.py"))),
            *(str(served.port), str(seconds), str(connections), str(file)),
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    done, _, bad = printed.split()
    if int(bad):
        raise SystemExit(f"{bad} of {done} requests were refused")
    return int(done), served.cpu_s() - before


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long to measure: rounds that alternate, and the seconds of each."""

    rounds: int
    seconds: float


def cpu_ratio(ours: Served, bare: Served, request: bytes, effort: Effort) -> float:
    """Compare the CPU a request takes: the median over rounds that alternate."""
    load(ours, request, 0.5)
    load(bare, request, 0.5)
    ratios = []
    for _ in range(effort.rounds):
        done, cpu = load(ours, request, effort.seconds)
        bare_done, bare_cpu = load(bare, request, effort.seconds)
        ratios.append((cpu / done) / (bare_cpu / bare_done))
    return median(ratios)
