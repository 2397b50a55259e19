from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from collector.domain.errors import UnknownEvent
from collector.domain.event import Event
from collector.domain.times import DAY
from collector.storage.claims import Claim, Turn
from collector.storage.erasure import (
    EraseEvents,
    EraseOld,
    OldErased,
    events_of_email,
    sent_where,
)
from collector.storage.events import EventFilter, StoreEvent, event_row, get_event, newest_events
from collector.storage.leases import Claimed
from collector.storage.tables import attempts, captures, deliveries, events
from tests.databases import sqlite_url
from tests.outbox import SOURCE_ID, START, Outbox, open_outbox
from tests.rows import SetColumns

URL = "https://hooks.example.com/in"
CANARY = "canary-of-the-mine@example.net"


@pytest.fixture
async def key(outbox: Outbox) -> str:
    return await outbox.add_destination(url=URL)


async def claim(outbox: Outbox, key: str) -> list[Claimed]:
    wish = Claim(
        destination_id=key,
        changed_at=START,
        probe=False,
        limit=8,
        render=lambda one: str(one.fields).encode(),
    )
    done = await outbox.store.write(Turn(token="t", now=START, claims=[wish]))
    claimed: list[Claimed] = done.claimed[0]
    return claimed


async def put(outbox: Outbox, delivery_id: int, state: str) -> None:
    await outbox.store.write(SetColumns(deliveries, delivery_id, {"state": state}))


async def erase(outbox: Outbox, *found: Event) -> int:
    write = EraseEvents(ids=[one.id for one in found], now=START + 1)
    count: int = await outbox.store.write(write)
    return count


async def test_nothing_personal_is_left_of_an_event_in_any_table(outbox: Outbox, key: str) -> None:
    lead = await outbox.add_event(
        event_id=f"of {CANARY}",
        person_id=CANARY,
        affiliate_id=CANARY,
        fields={"email": CANARY},
        attribution={"page": f"https://www.example.com/?mail={CANARY}"},
    )
    await claim(outbox, key)
    await outbox.store.write(SetColumns(attempts, 1, {"excerpt": CANARY}))
    assert await erase(outbox, lead) == 1
    left = [await outbox.rows(table) for table in (events, deliveries, attempts)]
    assert CANARY not in repr(left)
    assert left[0][0]["erased_at"] == START + 1
    assert (left[1][0]["state"], left[1][0]["reason"], left[2]) == ("cancelled", "erased", [])


async def test_an_erased_event_is_in_no_listing(outbox: Outbox) -> None:
    lead = await outbox.add_event()
    await erase(outbox, lead)
    assert await outbox.store.read(newest_events, EventFilter(), 9) == []
    with pytest.raises(UnknownEvent, match="it was erased"):
        await outbox.store.read(get_event, lead.id)


async def test_what_is_sent_once_more_after_it_was_erased_is_a_repeat(outbox: Outbox) -> None:
    lead = await outbox.add_event()
    await erase(outbox, lead)
    again = StoreEvent(row=event_row(lead, "{}") | {"id": outbox.new_id()}, may_repeat=True)
    stored = await outbox.store.write(again)
    assert (stored.id, stored.repeat) == (lead.id, True)
    assert len(await outbox.rows(events)) == 1


async def test_an_attempt_under_way_records_nothing_after_the_erasure(
    outbox: Outbox, key: str
) -> None:
    lead = await outbox.add_event()
    await claim(outbox, key)
    [told] = await outbox.store.read(sent_where, [lead.id])
    assert (told.delivered, told.under_way) == (0, 1)
    await erase(outbox, lead)
    [row] = await outbox.rows()
    assert (row["state"], row["lease_token"], row["body"]) == ("cancelled", None, None)


async def test_a_delivery_that_was_made_still_tells_where(outbox: Outbox, key: str) -> None:
    lead = await outbox.add_event()
    await put(outbox, 1, "delivered")
    await erase(outbox, lead)
    [told] = await outbox.store.read(sent_where, [lead.id])
    assert (told.destination, told.delivered, told.under_way) == ("webhook", 1, 0)


async def test_events_are_found_by_address_in_any_field_and_any_case(outbox: Outbox) -> None:
    wanted = [
        await outbox.add_event(fields={"email": "Ada@Example.com"}),
        await outbox.add_event(fields={"contact": {"work": ["x", "ada@example.com"]}}),
    ]
    for other in (
        "adaXexample.com",
        "bada@example.com",
        "ada@example.com.au",
        "x-ada@example.com",
    ):
        await outbox.add_event(fields={"email": other})
    found = await outbox.store.read(events_of_email, " ADA@example.com ")
    assert found == [one.id for one in wanted]


async def test_erasing_twice_erases_nothing_more(outbox: Outbox) -> None:
    lead = await outbox.add_event()
    assert [await erase(outbox, lead), await erase(outbox, lead)] == [1, 0]


# ---- what is old -----------------------------------------------------------------------------


async def erase_old(outbox: Outbox, after: tuple[int, str] = (0, "")) -> OldErased:
    write = EraseOld(after=after, before=START - 30 * DAY, now=START)
    done: OldErased = await outbox.store.write(write)
    return done


@pytest.mark.parametrize(
    ("states", "goes"),
    [
        (["delivered", "delivered"], True),
        (["delivered", "cancelled"], True),
        (["delivered", "ready"], False),
        (["delivered", "held"], False),
        (["delivered", "refused"], False),
        (["delivered", "expired"], False),
        (["delivered", "leased"], False),
        (["cancelled", "cancelled"], False),
    ],
    ids=str,
)
async def test_only_what_was_delivered_wherever_it_was_owed_goes(
    outbox: Outbox, states: list[str], *, goes: bool
) -> None:
    for _ in states:
        await outbox.add_destination(url=URL)
    await outbox.add_event(received_at=START - 31 * DAY)
    for number, state in enumerate(states, 1):
        await put(outbox, number, state)
    assert await erase_old(outbox) == OldErased(int(goes), None)


async def test_what_is_younger_stays(outbox: Outbox, key: str) -> None:
    await outbox.add_event(received_at=START - 30 * DAY)
    await put(outbox, 1, "delivered")
    assert (await erase_old(outbox)).erased == 0
    assert (await outbox.destination(key)).id == key


async def test_what_was_owed_to_nobody_stays_unless_it_was_to_be_stored_only(
    outbox: Outbox,
) -> None:
    await outbox.add_event(received_at=START - 31 * DAY)
    assert (await erase_old(outbox)).erased == 0
    await outbox.store.write(SetColumns(captures, SOURCE_ID, {"store_only": 1}))
    assert (await erase_old(outbox)).erased == 1


async def test_a_page_that_is_full_says_where_the_next_begins(
    outbox: Outbox, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.storage.erasure.PAGE", 2)
    old = [await outbox.add_event(received_at=START - (40 - n) * DAY) for n in range(3)]
    for number in (1, 2, 3):
        await put(outbox, number, "delivered")
    first = await erase_old(outbox)
    assert first == OldErased(2, (old[1].received_at, old[1].id))
    assert first.after is not None
    assert await erase_old(outbox, first.after) == OldErased(1, None)
    assert (await outbox.destination(key)).id == key


async def test_no_byte_of_it_is_left_in_the_file_once_its_log_is_copied(tmp_path: Path) -> None:
    async with open_outbox(sqlite_url(tmp_path)) as outbox:
        key = await outbox.add_destination(url=URL)
        lead = await outbox.add_event(fields={"email": CANARY, "text": "x" * 9_000 + CANARY})
        await claim(outbox, key)
        await erase(outbox, lead)
    found = await asyncio.to_thread(
        lambda: [path.name for path in tmp_path.iterdir() if CANARY.encode() in path.read_bytes()]
    )
    assert found == []
