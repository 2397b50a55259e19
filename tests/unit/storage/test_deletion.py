from __future__ import annotations

import pytest

from collector.domain.errors import DeliveriesOwed, InputError, UnknownDestination
from collector.domain.lane import Lane
from collector.storage.captures import LinkDestination
from collector.storage.deletion import CancelDeleted, DeleteDestination, Owed
from collector.storage.deliveries import DeliveryFilter, RetryDeliveries
from collector.storage.destinations import captures_of, due_lanes, list_destinations
from collector.storage.tables import capture_destinations, deliveries, destinations, events
from tests.outbox import SOURCE_ID, START, Outbox
from tests.rows import SetColumns

STATES = ("ready", "held", "delivered", "refused", "expired", "cancelled")
SECRET = "whsec_" + "A" * 32


@pytest.fixture
async def key(outbox: Outbox) -> str:
    return await outbox.add_destination(url="https://hooks.example.com/in", secret=SECRET)


async def delete(outbox: Outbox, key: str, *, cancel: bool = False) -> Owed:
    write = DeleteDestination(destination_id=key, now=START + 1, cancel=cancel)
    owed: Owed = await outbox.store.write(write)
    return owed


async def put(outbox: Outbox, delivery_id: int, state: str) -> None:
    await outbox.store.write(SetColumns(deliveries, delivery_id, {"state": state}))


@pytest.mark.parametrize("state", ["ready", "held", "leased"])
async def test_nothing_is_changed_while_something_is_owed(
    outbox: Outbox, key: str, state: str
) -> None:
    await outbox.add_event()
    await put(outbox, 1, state)
    before = [await outbox.rows(table) for table in (destinations, deliveries)]
    with pytest.raises(DeliveriesOwed, match="owed 1 deliveries"):
        await delete(outbox, key)
    assert [await outbox.rows(table) for table in (destinations, deliveries)] == before


async def test_only_what_waits_is_cancelled_and_no_event_or_delivery_goes(
    outbox: Outbox, key: str
) -> None:
    for number, state in enumerate(STATES, 1):
        await outbox.add_event()
        await put(outbox, number, state)
    stored = await outbox.rows(events)
    assert await delete(outbox, key, cancel=True) == Owed(waiting=2, under_way=0)
    assert await outbox.rows(events) == stored
    rows = await outbox.rows()
    assert [row["state"] for row in rows] == ["cancelled", "cancelled", *STATES[2:]]
    assert [row["reason"] for row in rows] == ["deleted", "deleted", *[None] * 4]


async def test_another_destination_keeps_what_it_is_owed(outbox: Outbox, key: str) -> None:
    other = await outbox.add_destination(url="https://hooks.example.com/other")
    await outbox.add_event()
    await delete(outbox, key, cancel=True)
    assert {row["destination_id"]: row["state"] for row in await outbox.rows()} == {
        key: "cancelled",
        other: "ready",
    }
    assert [one.id for one in await outbox.store.read(list_destinations)] == [other]
    assert await outbox.store.read(captures_of) == {other: [SOURCE_ID]}


async def test_its_row_stays_without_secrets_and_it_is_owed_no_new_event(
    outbox: Outbox, key: str
) -> None:
    await delete(outbox, key)
    [row] = await outbox.rows(destinations)
    assert (row["id"], row["deleted_at"], row["secrets"]) == (key, START + 1, "")
    assert await outbox.rows(capture_destinations) == []
    await outbox.add_event()
    assert await outbox.rows() == []


async def test_it_is_known_to_nobody_any_more(outbox: Outbox, key: str) -> None:
    await delete(outbox, key)
    with pytest.raises(UnknownDestination):
        await outbox.destination(key)
    with pytest.raises(UnknownDestination):
        await delete(outbox, key)
    with pytest.raises(UnknownDestination):
        await outbox.store.write(LinkDestination(source_id=SOURCE_ID, destination_id=key))


async def test_what_was_refused_there_is_not_sent_again(outbox: Outbox, key: str) -> None:
    await outbox.add_event()
    await put(outbox, 1, "refused")
    await delete(outbox, key)
    by_many = RetryDeliveries(wanted=DeliveryFilter(destination_id=key), now=START)
    assert await outbox.store.write(by_many) == 0
    with pytest.raises(InputError, match="its destination was deleted"):
        await outbox.store.write(RetryDeliveries(wanted=DeliveryFilter(delivery_id=1), now=START))
    assert await outbox.states() == ["refused"]


async def test_what_becomes_due_after_all_is_never_sent_and_cancelled(
    outbox: Outbox, key: str
) -> None:
    await outbox.add_event()
    other = await outbox.add_destination(url="https://hooks.example.com/other")
    await outbox.add_event()
    await put(outbox, 1, "leased")
    await put(outbox, (await owed_to_both(outbox))[key], "delivered")
    assert await delete(outbox, key, cancel=True) == Owed(waiting=0, under_way=1)
    await put(outbox, 1, "ready")
    await outbox.set_lane(key, Lane())
    assert [one.id for one in await outbox.store.read(due_lanes, START)] == [other]
    assert await outbox.store.write(CancelDeleted()) == 1
    assert sorted(await outbox.states()) == ["cancelled", "delivered", "ready"]


async def owed_to_both(outbox: Outbox) -> dict[str, int]:
    """Give the newest event's delivery to each destination."""
    return {row["destination_id"]: row["id"] for row in await outbox.rows()}
