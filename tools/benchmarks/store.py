"""Durable events a second: our writer beside a bare group-commit loop over the driver."""

from __future__ import annotations

import subprocess
import sys
from statistics import median

import msgspec

from tools.benchmarks.installation import Installed, installed, on_postgresql
from tools.benchmarks.processes import (
    PROGRAMS,
    SERVER_CORE,
    START_S,
    Effort,
    clean_environment,
    pinned,
)
from tools.benchmarks.programs.store_events import Slice

WAITING = 64
SLICE_S = 0.25
"""The disk of one second is not the disk of the next: both take turns this often."""


def on_sqlite(effort: Effort) -> float:
    """Events a second on SQLite."""
    with installed() as found:
        return _rate_ratio(found, effort)


def on_postgres(effort: Effort) -> float:
    """Events a second on PostgreSQL."""
    with on_postgresql() as settings, installed(**settings) as found:
        return _rate_ratio(found, effort)


def _rate_ratio(found: Installed, effort: Effort) -> float:
    pairs = _alternate(found, round(effort.rounds * effort.seconds / SLICE_S))
    acknowledged = sum(one.acknowledged for pair in pairs for one in pair)
    stored = found.stored()
    if stored != acknowledged:
        raise SystemExit(f"{acknowledged} events were acknowledged, but {stored} are stored")
    return median(ours.rate / bare.rate for ours, bare in pairs)


def _alternate(found: Installed, pairs: int) -> list[tuple[Slice, Slice]]:
    """Let both store in turns, in a process of its own on one core."""
    printed = subprocess.run(
        [
            *pinned(SERVER_CORE),
            *(sys.executable, "-m", f"tools.benchmarks.{PROGRAMS.name}.store_events"),
            *(found.database_url, found.source_id, str(pairs), str(SLICE_S), str(WAITING)),
        ],
        env=clean_environment({}),
        check=True,
        stdout=subprocess.PIPE,
        timeout=START_S + 8 * pairs * SLICE_S,  # a bare writer that fails never answers
    ).stdout
    return msgspec.json.decode(printed, type=list[tuple[Slice, Slice]])
