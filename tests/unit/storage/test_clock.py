from __future__ import annotations

import time

import pytest

from collector.domain.times import SECOND
from collector.storage.clock import DatabaseClock
from collector.storage.store import Store, open_store
from tests.postgres import Cluster


class Steady:
    def __init__(self) -> None:
        self.at = 5

    def __call__(self) -> int:
        return self.at


@pytest.fixture
async def clock_and_steady(postgres: Cluster, reused: object) -> tuple[DatabaseClock, Steady]:
    del reused
    store: Store = await open_store(postgres.url("reused"))
    steady = Steady()
    clock = DatabaseClock(store, steady)
    await clock.look()
    await store.close()
    return clock, steady


async def test_it_tells_the_databases_time_whatever_the_machine_counts_from(
    clock_and_steady: tuple[DatabaseClock, Steady],
) -> None:
    clock, _ = clock_and_steady
    assert abs(clock() - time.time_ns() // 1000) < 5 * SECOND


async def test_between_looks_it_goes_on_with_the_steady_clock(
    clock_and_steady: tuple[DatabaseClock, Steady],
) -> None:
    clock, steady = clock_and_steady
    before = clock()
    steady.at += 1234
    assert clock() == before + 1234
