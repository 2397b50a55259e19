"""What people and processes do at the same moment: one event, one delivery, one schedule."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import msgspec
from cryptography.fernet import Fernet

from collector.delivery.worker import Worker
from collector.destinations import Registry
from collector.domain.errors import InputError
from collector.domain.lane import Lane
from collector.domain.times import HOUR, MINUTE
from collector.storage.deliveries import DeliveryFilter, RetryDeliveries
from collector.storage.destinations import ChangeLane
from collector.storage.erasure import EraseEvents, events_of_email
from collector.storage.events import StoreEvent, event_row
from collector.storage.secrets import SecretBox
from collector.storage.store import open_store
from collector.storage.tables import attempts, events
from tests.databases import ON_SQLITE, sqlite_url
from tests.outbox import START, Outbox
from tests.sink import Received, Reply, Sink
from tests.workers import working

WITHIN_S = 30
ADA = "ada@example.com"
SECRET = "whsec_" + "A" * 32


async def add_proven(outbox: Outbox, sink: Sink) -> str:
    key = await outbox.add_destination(url=sink.url)
    await outbox.set_lane(key, Lane(first_success_at=START, last_success_at=START))
    return key


async def all_delivered(outbox: Outbox, worker: Worker, step: int = 0) -> None:
    """Let time go on until nothing is owed."""
    async with asyncio.timeout(WITHIN_S):
        while set(await outbox.states()) != {"delivered"}:
            outbox.clock.now += step
            worker.wake()
            await asyncio.sleep(0.01)


async def test_one_submission_sent_to_two_processes_at_once_is_stored_once(
    outbox: Outbox, database_url: str
) -> None:
    """A double click, a second tab, a retry after a lost answer: the same id, many times."""
    first = await outbox.add_event(event_id="one-submission")
    other = await open_store(database_url)
    writes = []
    for number in range(40):
        again = msgspec.structs.replace(first, id=outbox.new_id(), event_id="another")
        store = (outbox.store, other)[number % 2]
        writes.append(store.write(StoreEvent(row=event_row(again, "{}"), may_repeat=True)))
    stored = await asyncio.gather(*writes)
    await other.close()
    assert len({one.id for one in stored}) == 1
    assert sum(not one.repeat for one in stored) == 1
    assert Counter(row["event_id"] for row in await outbox.rows(events)) == {
        "one-submission": 1,
        "another": 1,
    }


async def test_a_destination_paused_while_requests_are_under_way_begins_no_more_of_them(
    outbox: Outbox,
) -> None:
    may_answer = asyncio.Event()
    async with Sink(otherwise=Reply(until=may_answer)) as sink, working(outbox) as worker:
        key = await add_proven(outbox, sink)
        await outbox.add_events(2)
        worker.wake()
        await sink.wait_for(2)
        await outbox.store.write(ChangeLane(destination_id=key, state="paused", now=START + 1))
        await outbox.add_events(3)
        worker.wake()
        may_answer.set()
        async with asyncio.timeout(WITHIN_S):
            while (await outbox.states()).count("delivered") < 2:
                await asyncio.sleep(0.01)
        assert await outbox.states() == ["delivered"] * 2 + ["ready"] * 3
        assert len(sink.received) == 2
        await outbox.store.write(ChangeLane(destination_id=key, state="active", now=START + 2))
        await all_delivered(outbox, worker)
        assert len(sink.received) == 5


class Busy(Sink):
    """Notes how many requests for one event were under way at once; fails at first."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.under_way: Counter[str] = Counter()
        self.most = 0
        self._failures = failures

    async def reply_to(self, received: Received) -> Reply:
        key = received.headers["webhook-id"]
        self.under_way[key] += 1
        self.most = max(self.most, self.under_way[key])
        await asyncio.sleep(0.01)
        self.under_way[key] -= 1
        self._failures -= 1
        return Reply(503) if self._failures >= 0 else Reply()


async def test_retries_by_hand_and_by_schedule_never_send_one_delivery_twice_at_once(
    outbox: Outbox,
) -> None:
    async with Busy(failures=4) as sink, working(outbox) as worker:
        await add_proven(outbox, sink)
        await outbox.add_event()
        done = asyncio.create_task(all_delivered(outbox, worker, MINUTE // 10))
        refused = 0
        while not done.done():
            try:
                await outbox.store.write(retry(outbox, delivery_id=1))
            except InputError:
                refused += 1  # it is under way, or delivered
            worker.wake()
        await done
        assert sink.most == 1
        assert refused > 0
    accepted = [kind for kind, _ in await outbox.outcomes() if kind == "ok"]
    assert len(accepted) == 1
    assert len(sink.received) == len(await outbox.rows(attempts))


def retry(outbox: Outbox, delivery_id: int | None = None) -> RetryDeliveries:
    wanted = DeliveryFilter(delivery_id=delivery_id)
    return RetryDeliveries(wanted=wanted, now=outbox.clock.now)


async def test_two_replays_of_the_same_events_make_no_second_delivery(outbox: Outbox) -> None:
    async with Sink(Reply(422), Reply(422), Reply(422)) as sink, working(outbox) as worker:
        await add_proven(outbox, sink)
        await outbox.add_events(3)
        worker.wake()
        async with asyncio.timeout(WITHIN_S):
            while await outbox.states() != ["refused"] * 3:
                await asyncio.sleep(0.01)
        moved = await asyncio.gather(
            outbox.store.write(retry(outbox)), outbox.store.write(retry(outbox))
        )
        assert sorted(moved) == [0, 3]
        await all_delivered(outbox, worker)
        assert len(sink.received) == 6
    assert len(await outbox.rows()) == 3


async def test_keys_may_be_rotated_while_deliveries_are_parked(outbox: Outbox) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    outbox.registry = Registry(SecretBox([old]))
    async with Sink(Reply(503)) as sink:
        key = await outbox.add_destination(url=sink.url, secret=SECRET)
        await outbox.set_lane(key, Lane(first_success_at=START, last_success_at=START))
        await outbox.add_event()
        async with working(outbox):
            await sink.wait_for(1)
        outbox.registry = Registry(SecretBox([new, old]))
        async with working(outbox) as worker:
            await all_delivered(outbox, worker, HOUR)
    assert all("webhook-signature" in received.headers for received in sink.received)
    assert len({received.body for received in sink.received}) == 1


@ON_SQLITE
async def test_a_backup_put_back_sends_again_what_came_later_under_the_same_id_and_bytes(
    outbox: Outbox, tmp_path: Path
) -> None:
    """What a receiver sees of a restore are repeats that it can recognise, and no new events."""
    async with Sink() as sink:
        await add_proven(outbox, sink)
        await outbox.add_events(3)
        (tmp_path / "restored").mkdir()
        with (
            closing(sqlite3.connect(tmp_path / "collector.db")) as source,
            closing(sqlite3.connect(tmp_path / "restored" / "collector.db")) as target,
        ):
            source.backup(target)
        async with working(outbox) as worker:
            await all_delivered(outbox, worker)
        before = {received.headers["webhook-id"]: received.body for received in sink.received}
        store = await open_store(sqlite_url(tmp_path / "restored"))
        restored = Outbox(store, clock=outbox.clock, registry=outbox.registry)
        async with working(restored) as worker:
            await all_delivered(restored, worker)
        await store.close()
        again = {received.headers["webhook-id"]: received.body for received in sink.received[3:]}
        assert again == before


@ON_SQLITE
async def test_who_was_erased_and_comes_back_with_a_backup_is_erased_again_and_not_sent(
    outbox: Outbox, tmp_path: Path
) -> None:
    """The older file knows nothing of the erasure: done again before a start, it holds."""
    async with Sink() as sink:
        await add_proven(outbox, sink)
        await outbox.add_events(2)
        (tmp_path / "restored").mkdir()
        with (
            closing(sqlite3.connect(tmp_path / "collector.db")) as source,
            closing(sqlite3.connect(tmp_path / "restored" / "collector.db")) as target,
        ):
            source.backup(target)
        ids = await outbox.store.read(events_of_email, ADA)
        assert await outbox.store.write(EraseEvents(ids=ids, now=START)) == 2
        store = await open_store(sqlite_url(tmp_path / "restored"))
        restored = Outbox(store, clock=outbox.clock, registry=outbox.registry)
        assert await store.read(events_of_email, ADA) == ids
        assert await store.write(EraseEvents(ids=ids, now=START)) == 2
        await restored.add_event(fields={"email": "bob@example.com"})
        async with working(restored):
            await sink.wait_for(1)
        assert sorted(await restored.states()) == ["cancelled", "cancelled", "delivered"]
        assert await store.read(events_of_email, ADA) == []
        await store.close()
        assert len(sink.received) == 1
