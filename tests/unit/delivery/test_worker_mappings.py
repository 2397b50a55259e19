"""What the worker does about an event that a mapping changes, or cannot write."""

from __future__ import annotations

import msgspec

from collector.delivery.sender import Sender
from collector.domain.lane import Lane
from collector.domain.mapping import parse_mapping
from collector.domain.pace import LANE_SLOTS
from collector.storage.deliveries import DeliveryFilter, RetryDeliveries
from collector.storage.mappings import SaveMapping
from collector.storage.tables import attempts, destinations, events
from tests.outbox import SOURCE_ID, START, Outbox
from tests.rows import SetColumns
from tests.sink import Sink
from tests.workers import add_driftrock, work, working


async def test_an_event_that_cannot_be_written_dies_alone(outbox: Outbox, sender: Sender) -> None:
    async with Sink() as sink:
        await add_driftrock(outbox, sink)
        await outbox.add_event()
        poison = await outbox.add_event()
        await outbox.store.write(SetColumns(events, poison.id, {"fields": "{not json"}))
        await outbox.add_event()
        await work(outbox, sender, sink, 2)
    assert await outbox.states() == ["delivered", "refused", "delivered"]


PHONE = parse_mapping({"rules": [{"to": "phone", "from": "Telefon"}]})


async def test_a_mapping_that_fails_refuses_the_delivery_and_blames_no_lane(
    outbox: Outbox, sender: Sender
) -> None:
    """Also where the destination has never accepted anything: nothing was sent to it."""
    async with Sink() as sink:
        key = await add_driftrock(outbox, sink, Lane())
        await outbox.store.write(SaveMapping(source_id=SOURCE_ID, mapping=PHONE))
        for _ in range(LANE_SLOTS + 1):
            await outbox.add_event(fields={"Telefon": "0171 1234567"})
        good = await outbox.add_event(fields={"Telefon": "+49 171 1234567"})
        await work(outbox, sender, sink, 1)
    assert await outbox.states() == ["refused"] * (LANE_SLOTS + 1) + ["delivered"]
    first = (await outbox.rows(attempts))[0]
    assert (first["outcome"], first["reason"]) == ("refused", "mapping")
    assert first["excerpt"].startswith("phone: This number needs the code of its country")
    assert await outbox.lane(key) == Lane(first_success_at=START, last_success_at=START)
    [received] = sink.received
    sent = msgspec.json.decode(received.body)
    assert (sent["event_id"], sent["fields"]) == (good.event_id, {"phone": "+491711234567"})


async def test_what_a_mapping_refused_is_replayed_once_it_is_mended(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink() as sink:
        key = await add_driftrock(outbox, sink)
        await outbox.store.write(SaveMapping(source_id=SOURCE_ID, mapping=PHONE))
        await outbox.add_event(fields={"Telefon": "0171 1234567"})
        await outbox.add_event(fields={"Telefon": "+49 171 7654321"})
        async with working(outbox, sender):
            await sink.wait_for(1)
            assert (await outbox.states())[0] == "refused"
            mended = msgspec.structs.replace(PHONE, country="DE")
            await outbox.store.write(SaveMapping(source_id=SOURCE_ID, mapping=mended))
            wanted = DeliveryFilter(destination_id=key, states=("refused",))
            await outbox.store.write(RetryDeliveries(wanted=wanted, now=START))
            await sink.wait_for(2)
    row, _ = await outbox.rows()
    assert (row["state"], row["generation"]) == ("delivered", 2)
    assert msgspec.json.decode(sink.received[1].body)["fields"] == {"phone": "+491711234567"}
    event, _ = await outbox.rows(events)
    assert msgspec.json.decode(event["fields"]) == {"Telefon": "0171 1234567"}


async def test_each_destination_gets_its_own_mapping_and_a_change_counts_at_once(
    outbox: Outbox, sender: Sender
) -> None:
    async with Sink() as one, Sink() as other:
        for sink in (one, other):
            await add_driftrock(outbox, sink)
        first, second = [row["id"] for row in await outbox.rows(destinations)]
        for key, name in ((first, "Mail"), (second, "MAIL")):
            mapping = parse_mapping({"rules": [{"to": name, "from": "email"}], "unmapped": "drop"})
            await outbox.store.write(
                SaveMapping(source_id=SOURCE_ID, mapping=mapping, destination_id=key)
            )
        async with working(outbox, sender) as worker:
            await outbox.add_event()
            worker.wake()
            await one.wait_for(1)
            await other.wait_for(1)
            await outbox.store.write(
                SaveMapping(source_id=SOURCE_ID, mapping=None, destination_id=second)
            )
            await outbox.add_event()
            worker.wake()
            await one.wait_for(2)
            await other.wait_for(2)
    fields = [
        [msgspec.json.decode(received.body)["fields"] for received in sink.received]
        for sink in (one, other)
    ]
    mail = "ada@example.com"
    assert sorted(fields, key=str) == [
        [{"MAIL": mail}, {"email": mail, "answer": 42, "list": ["a", "b"]}],
        [{"Mail": mail}, {"Mail": mail}],
    ]
