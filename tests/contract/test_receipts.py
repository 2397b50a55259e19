"""What every database must do for receipts: events with what they were concluded from."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from sqlalchemy import Connection, update

from collector.storage.captures import CreateCapture
from collector.storage.events import EventFilter, StoreEvent, event_row, get_event, get_evidence
from collector.storage.receipts import ConcludeAgain, Receipt, receipts_after
from collector.storage.store import Store
from collector.storage.tables import deliveries
from tests.contract.test_store import EVENT, event, link
from tests.installation import new_capture


class WriteBody(msgspec.Struct, frozen=True):
    """A claim of the event's deliveries, as far as receipts look at it."""

    event: str

    @classmethod
    def run(cls, connection: Connection, writes: Any) -> list[None]:
        for write in writes:
            connection.execute(
                update(deliveries).where(deliveries.c.event == write.event).values(body="{}")
            )
        return [None] * len(writes)


async def stored(store: Store, *numbers: int) -> list[str]:
    await store.write(CreateCapture(capture=new_capture()))
    await link(store, "d1")
    events = [event(number, event_id=str(number)) for number in numbers]
    for one in events:
        await store.write(StoreEvent(row=event_row(one, f'{{"at":{one.received_at}}}')))
    return [one.id for one in events]


async def receipts(store: Store, **wanted: Any) -> list[Receipt]:
    return await store.read(receipts_after, EventFilter(**wanted), (0, ""))


def again(receipt: Receipt, **changes: str) -> ConcludeAgain:
    values = {
        "event": receipt.event.id,
        "was": receipt.attribution,
        "attribution": '{"reason":"new"}',
        "metadata": '{"gclid":"new"}',
    }
    return ConcludeAgain(**(values | changes))


async def test_receipts_come_in_pages_in_the_order_of_receipt(store: Store) -> None:
    ids = await stored(store, 3, 1, 2)
    found = await receipts(store)
    assert [one.event.id for one in found] == [ids[1], ids[2], ids[0]]
    assert found[0].evidence == f'{{"at":{EVENT.received_at + 1}}}'
    after = (found[0].event.received_at, found[0].event.id)
    page = await store.read(receipts_after, EventFilter(), after, 1)
    assert [one.event.id for one in page] == [ids[2]]
    since = await receipts(store, since=EVENT.received_at + 2)
    assert [one.event.id for one in since] == [ids[2], ids[0]]


async def test_another_conclusion_touches_neither_fields_nor_evidence(store: Store) -> None:
    first, second = await stored(store, 1, 2)
    before = await store.read(get_event, first)
    (receipt, _) = await receipts(store)
    assert not receipt.sent
    assert await store.write(again(receipt)) is True
    after = await store.read(get_event, first)
    assert after == msgspec.structs.replace(
        before, attribution={"reason": "new"}, metadata={"gclid": "new"}
    )
    assert await store.read(get_evidence, first) == receipt.evidence
    assert (await store.read(get_event, second)).metadata == EVENT.metadata


async def test_metadata_that_may_have_been_sent_stay(store: Store) -> None:
    first, second = await stored(store, 1, 2)
    await store.write(WriteBody(first))
    found = await receipts(store)
    assert [one.sent for one in found] == [True, False]
    assert await asyncio.gather(*(store.write(again(one)) for one in found)) == [True, True]
    changed = [await store.read(get_event, one) for one in (first, second)]
    assert [one.attribution for one in changed] == [{"reason": "new"}] * 2
    assert [one.metadata for one in changed] == [EVENT.metadata, {"gclid": "new"}]


async def test_an_event_that_changed_in_between_is_left_alone(store: Store) -> None:
    (only,) = await stored(store, 1)
    (receipt,) = await receipts(store)
    assert await store.write(again(receipt)) is True
    assert await store.write(again(receipt, attribution="{}")) is False
    assert (await store.read(get_event, only)).attribution == {"reason": "new"}
