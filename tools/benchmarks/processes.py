"""Processes to measure: pinned to a core each, their CPU and memory read from the kernel."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile
from time import sleep

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(__file__).parent / "programs"
SERVER_CORE, LOAD_CORE = 0, 1
START_S = 30
NUMBERS_A_RUN = 10**7
"""No two runs of the load generator share a number: what was sent before is a repeat."""

_TICKS = os.sysconf("SC_CLK_TCK")
_READY = re.compile(rb"listens on http://[^:]+:(\d+)|delivers")
_runs = count(1)


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: its process, and its port if it has one."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long to measure: rounds that alternate, and the seconds of each."""

    rounds: int
    seconds: float


def busy_ms(pids: Iterable[int]) -> float:
    """Read what the threads of processes have taken of the CPU, to the microsecond."""
    files = (path for pid in pids for path in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return sum(int(path.read_text().split()[0]) for path in files) / 1_000_000


def pinned(core: int) -> list[str]:
    """Begin a command line that runs on one core."""
    return ["taskset", "-c", str(core % (os.cpu_count() or 1))]


def clean_environment(given: Mapping[str, str]) -> dict[str, str]:
    """Make a process's environment: none of this one's own settings, only what is given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COLLECTOR_")}
    return {**kept, "PYTHONPATH": str(ROOT), **given}


@contextmanager
def serving(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    given: bytes = b"",
    core: int = SERVER_CORE,
) -> Iterator[Served]:
    """Run a Python program until the block ends; it says on stderr that it listens or delivers.

    What it says goes to a file: a pipe that nobody empties would stop it.
    """
    with NamedTemporaryFile(prefix="bench-") as said:
        process = subprocess.Popen(
            [*pinned(core), sys.executable, *command],
            env=clean_environment(environment or {}),
            stderr=said,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.PIPE,
        )
        assert process.stdin is not None
        process.stdin.write(given)
        process.stdin.close()
        try:
            yield Served(process.pid, _port(process, said.name))
        finally:
            process.terminate()
            process.wait()


def _port(process: subprocess.Popen[bytes], said: str) -> int:
    for _ in range(START_S * 50):
        text = Path(said).read_bytes()
        if found := _READY.search(text):
            return int(found[1] or 0)
        if process.poll() is not None:
            break
        sleep(0.02)
    raise SystemExit(f"{process.args!r} did not start: {Path(said).read_text()}")


def load(port: int, request: bytes, seconds: float, connections: int = 64) -> int:
    """Load a server and say how many requests it answered; a refused one ends the benchmark."""
    start = next(_runs) * NUMBERS_A_RUN
    printed = subprocess.run(
        [
            *pinned(LOAD_CORE),
            *(sys.executable, str(PROGRAMS / "load.py")),
            *(str(port), str(seconds), str(connections), str(start)),
        ],
        input=request,
        check=True,
        capture_output=True,
    ).stdout
    done, bad = map(int, printed.split())
    if bad or not done:
        raise SystemExit(f"{bad} of {done} requests were refused")
    return done
