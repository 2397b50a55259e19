"""Deliveries a second to a sink that answers at once, beside bare aiohttp, on one core."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from time import monotonic, sleep

from collector.domain.pace import LANE_SLOTS
from tools.benchmarks.backlog import add_backlog
from tools.benchmarks.installation import Installed, installed
from tools.benchmarks.processes import LOAD_CORE, PROGRAMS, Effort, Served, serving
from tools.benchmarks.ratio import median_ratio
from tools.benchmarks.requests import answer, request

LANES = 4
CONCURRENCY = LANES * LANE_SLOTS
FASTEST = 12_000
"""More deliveries a second than one core can: the backlog must not run out."""
WARM, WARM_TRIES = 300, 3_000


def rate(effort: Effort) -> float:
    """Compare with the posts of bare aiohttp at the same concurrency."""
    with sink() as where, installed(*[f"http://127.0.0.1:{where.port}/hook"] * LANES) as found:
        seconds = effort.rounds * (effort.seconds + 1)
        add_backlog(found, round(FASTEST * seconds / LANES))
        own = partial(_our_rate, found, where, effort.seconds)
        own()  # once for the body that bare sends
        body = answer(where.port, request("GET", "/last")).partition(b"\r\n\r\n")[2]
        bare = partial(_bare_rate, where, body, effort.seconds)
        return median_ratio(own, bare, effort.rounds)


@contextmanager
def sink() -> Iterator[Served]:
    """Serve a sink on the core of the load."""
    with serving([str(PROGRAMS / "sink.py")], core=LOAD_CORE) as served:
        yield served


def received(where: Served) -> int:
    """Ask a sink how many deliveries came."""
    return int(answer(where.port, request("GET", "/count")).partition(b"\r\n\r\n")[2])


def _our_rate(found: Installed, where: Served, seconds: float) -> float:
    with found.serving():
        return _rate(where, seconds)


def _bare_rate(where: Served, body: bytes, seconds: float) -> float:
    url = f"http://127.0.0.1:{where.port}/hook"
    with serving([str(PROGRAMS / "bare_client.py"), url, str(CONCURRENCY)], given=body):
        return _rate(where, seconds)


def _rate(where: Served, seconds: float) -> float:
    """Count what reaches the sink, once it flows."""
    _wait_for(where, received(where) + WARM)
    before, began = received(where), monotonic()
    sleep(seconds)
    count, took = received(where) - before, monotonic() - began
    _wait_for(where, before + count + 1)  # it still flows: the backlog did not run out
    return count / took


def _wait_for(where: Served, count: int) -> None:
    for _ in range(WARM_TRIES):
        if received(where) >= count:
            return
        sleep(0.01)
    raise SystemExit("no deliveries reach the sink")
