from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from collector.domain.errors import StoreUnavailable, UnknownCapture
from collector.storage.capture_snapshot import CaptureSnapshot
from collector.storage.captures import ChangeCapture, CreateCapture
from collector.storage.store import Database, Store, open_store
from collector.storage.writer import Write
from tests.installation import SITE, SOURCE, new_capture

SECOND = SOURCE[:-1] + "2"
UNKNOWN = SOURCE[:-1] + "9"


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = await open_store(database_url)
    await opened.write(CreateCapture(capture=new_capture()))
    yield opened
    await opened.close()


@pytest.fixture
async def beside(database_url: str, store: Store) -> AsyncIterator[Store]:
    """The same database as another process opens it: a command of the CLI, another server."""
    opened = await open_store(database_url)
    yield opened
    await opened.close()


def change(source_id: str = SOURCE, at: int = 2, **changes: Any) -> ChangeCapture:
    return ChangeCapture(source_id=source_id, changes=changes, now=at)


async def test_a_snapshot_is_empty_until_it_is_read_and_then_asks_no_database(
    store: Store,
) -> None:
    snapshot = CaptureSnapshot(store)
    assert snapshot.get(SOURCE) is None
    await snapshot.refresh()
    assert snapshot.get(SOURCE) == new_capture()
    assert snapshot.get(UNKNOWN) is None


async def test_a_snapshot_follows_what_another_process_creates_and_changes(
    store: Store, beside: Store
) -> None:
    snapshot = CaptureSnapshot(store)
    await snapshot.refresh()
    await beside.write(CreateCapture(capture=new_capture(source_id=SECOND, created_at=5)))
    assert snapshot.get(SECOND) is None
    await snapshot.refresh()
    assert snapshot.get(SECOND) == new_capture(source_id=SECOND, created_at=5)
    await beside.write(change(state="archived", at=6))
    await snapshot.refresh()
    archived = snapshot.get(SOURCE)
    assert archived is not None
    assert archived.state == "archived"


@pytest.mark.parametrize("at", [5, 4], ids=["at the same moment", "by a clock that is behind"])
async def test_no_change_is_missed_whatever_the_clock_of_the_process_that_made_it(
    store: Store, beside: Store, at: int
) -> None:
    snapshot = CaptureSnapshot(store)
    await beside.write(CreateCapture(capture=new_capture(source_id=SECOND, created_at=5)))
    await snapshot.refresh()
    await beside.write(change(state="paused", at=at))
    await snapshot.refresh()
    paused = snapshot.get(SOURCE)
    assert paused is not None
    assert paused.state == "paused"


async def test_no_change_is_missed_when_two_processes_make_one_each_at_once(
    store: Store, beside: Store
) -> None:
    await store.write(CreateCapture(capture=new_capture(source_id=SECOND, created_at=5)))
    snapshot = CaptureSnapshot(store)
    for number in range(10):
        name = f"Renamed {number}"
        own = store.write(change(SOURCE, name=name))
        others = beside.write(change(SECOND, name=name))
        for one in (own, others):
            await one
            await snapshot.refresh()
        assert [getattr(snapshot.get(one), "name", None) for one in (SOURCE, SECOND)] == [name] * 2


class Unplugged:
    """A database that can be away for a while; `asked` tells each time it is asked meanwhile."""

    dialect = "sqlite"

    def __init__(self, database: Database, fault: Exception | None = None) -> None:
        self._database = database
        self._fault = fault or StoreUnavailable("the database is away")
        self.away = False
        self.asked = asyncio.Event()

    async def read(self, query: Callable[..., Any], *arguments: Any) -> Any:
        if self.away:
            self.asked.set()
            raise self._fault
        return await self._database.read(query, *arguments)

    async def transact(self, writes: Sequence[Write], /) -> Sequence[Any]:
        return await self._database.transact(writes)

    def news(self, wake: Callable[[], None]) -> AbstractAsyncContextManager[None]:
        return self._database.news(wake)

    async def close(self) -> None:
        """Whoever opened the database closes it."""


async def test_the_last_snapshot_stays_in_use_while_the_store_is_away(store: Store) -> None:
    database = Unplugged(store.database)
    watching = Store(database)
    snapshot = CaptureSnapshot(watching)
    await snapshot.refresh()
    await store.write(change(name="Renamed"))
    database.away = True
    with pytest.raises(StoreUnavailable):
        await snapshot.refresh()
    assert snapshot.get(SOURCE) == new_capture()
    assert snapshot.allowing(SITE) == new_capture()
    assert await snapshot.find(SOURCE) == new_capture()
    database.away = False
    await snapshot.refresh()
    assert snapshot.get(SOURCE) == new_capture(name="Renamed")
    await watching.close()


@pytest.mark.parametrize("fault", [StoreUnavailable("away"), ValueError("a row nobody expected")])
async def test_no_fault_ends_the_refreshing(store: Store, fault: Exception) -> None:
    database = Unplugged(store.database, fault)
    watching = Store(database)
    snapshot = CaptureSnapshot(watching)
    database.away = True
    refreshing = asyncio.create_task(snapshot.keep_fresh())
    async with asyncio.timeout(10):
        for _ in range(2):
            await database.asked.wait()
            database.asked.clear()
    assert not refreshing.done()
    refreshing.cancel()
    await watching.close()


async def test_a_capture_that_the_snapshot_lacks_is_read_through(store: Store) -> None:
    snapshot = CaptureSnapshot(store)
    assert await snapshot.find(SOURCE) == new_capture()
    with pytest.raises(UnknownCapture, match=UNKNOWN) as unknown:
        await snapshot.find(UNKNOWN)
    assert unknown.value.field == "source_id"


async def test_without_a_source_id_any_capture_in_use_that_allows_the_origin_will_do(
    store: Store,
) -> None:
    other = new_capture(source_id=SECOND, origins=("https://*.example.org",), created_at=5)
    await store.write(CreateCapture(capture=other))
    snapshot = CaptureSnapshot(store)
    await snapshot.refresh()
    found = {origin: snapshot.allowing(origin) for origin in (SITE, "https://a.example.org")}
    assert [one and one.source_id for one in found.values()] == [SOURCE, SECOND]
    assert snapshot.allowing("https://example.net") is None
    assert snapshot.allowing("null") is None
    await store.write(change(state="archived", at=6))
    await snapshot.refresh()
    assert snapshot.allowing(SITE) is None


async def test_a_host_is_ours_on_an_own_domain_of_any_capture(store: Store) -> None:
    other = new_capture(source_id=SECOND, origins=("https://*.shop.example.org",), created_at=5)
    await store.write(CreateCapture(capture=other))
    snapshot = CaptureSnapshot(store)
    await snapshot.refresh()
    ours = ("www.example.com", "a.b.example.com", "example.org")
    assert [host for host in (*ours, "example.net", "org", "") if snapshot.owns_host(host)] == [
        *ours
    ]
