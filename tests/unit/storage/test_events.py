from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import Table
from sqlalchemy.exc import IntegrityError

from collector.domain.consent import NOT_ASKED, Consent
from collector.domain.errors import UnknownEvent
from collector.domain.event import Event
from collector.domain.ids import uuid7
from collector.storage.captures import CreateCapture, LinkDestination
from collector.storage.events import (
    EventFilter,
    ReleaseEvent,
    StoreEvent,
    event_row,
    events_after,
    get_event,
    get_evidence,
    held_events,
    newest_events,
)
from collector.storage.tables import attempts, deliveries, events
from tests.installation import new_capture
from tests.outbox import SOURCE_ID, START, Outbox
from tests.rows import refusing

URL = "https://hooks.example.com/in"


def event(number: int = 1, **changes: Any) -> Event:
    values: dict[str, Any] = {
        "id": uuid7(START + number * 1_000, bytes(10)),
        "event_id": f"e-{number}",
        "event_type": "lead",
        "event_name": "Lead",
        "source_id": SOURCE_ID,
        "created_at": START,
        "received_at": START + number,
        "fields": {"email": "ada@example.org"},
        "metadata": {},
        "attribution": {},
        "consent": NOT_ASKED,
        "device": {},
    }
    return Event(**(values | changes))


def storing(one: Event, reason: str | None = None, evidence: str = "{}") -> StoreEvent:
    return StoreEvent(row=event_row(one, evidence), reason=reason, may_repeat=True)


async def owed(outbox: Outbox) -> list[tuple[str, str, str, str | None]]:
    rows = await outbox.rows()
    return [(row["event"], row["destination_id"], row["state"], row["reason"]) for row in rows]


# ---- one commit -----------------------------------------------------------------------------


@pytest.mark.parametrize("table", [events, deliveries], ids=str)
async def test_an_event_and_what_it_owes_are_stored_together_or_not_at_all(
    outbox: Outbox, table: Table
) -> None:
    await outbox.add_destination(url=URL)
    async with refusing(outbox.store, table):
        with pytest.raises(IntegrityError):
            await outbox.store.write(storing(event()))
    assert await outbox.rows(events) == []
    assert await outbox.rows() == []
    await outbox.store.write(storing(event()))
    assert len(await outbox.rows(events)) == len(await outbox.rows()) == 1


async def test_an_event_owes_to_the_destinations_linked_at_that_moment(outbox: Outbox) -> None:
    one, two = [await outbox.add_destination(url=URL) for _ in range(2)]
    await outbox.store.write(storing(event(1)))
    link = LinkDestination(source_id=SOURCE_ID, destination_id=two, linked=False)
    await outbox.store.write(link)
    await outbox.store.write(storing(event(2)))
    expected = [(event(1).id, one), (event(1).id, two), (event(2).id, one)]
    assert sorted(row[:2] for row in await owed(outbox)) == sorted(expected)


async def test_an_event_owes_nothing_to_the_destinations_of_another_capture(
    outbox: Outbox,
) -> None:
    own = await outbox.add_destination(url=URL)
    other = new_capture()
    await outbox.store.write(CreateCapture(capture=other))
    link = LinkDestination(source_id=SOURCE_ID, destination_id=own, linked=False)
    for one in (link, LinkDestination(source_id=other.source_id, destination_id=own)):
        await outbox.store.write(one)
    await outbox.store.write(storing(event(1)))
    await outbox.store.write(storing(event(2, source_id=other.source_id)))
    assert [row[:2] for row in await owed(outbox)] == [(event(2).id, own)]


async def test_without_a_destination_an_event_is_stored_and_owes_nothing(outbox: Outbox) -> None:
    assert (await outbox.store.write(storing(event()))).repeat is False
    assert await outbox.rows() == []
    assert len(await outbox.rows(events)) == 1


@pytest.mark.parametrize(
    ("reason", "state"), [(None, "ready"), ("spam", "held"), ("paused", "held")]
)
async def test_a_delivery_begins_due_at_receipt_or_withheld_with_its_reason(
    outbox: Outbox, reason: str | None, state: str
) -> None:
    await outbox.add_destination(url=URL)
    await outbox.store.write(storing(event(), reason))
    [row] = await outbox.rows()
    assert (row["state"], row["reason"]) == (state, reason)
    assert row["next_at"] == row["created_at"] == event().received_at
    assert (row["attempts"], row["generation"], row["first_try_at"]) == (0, 1, None)
    assert await outbox.rows(attempts) == []


# ---- repeats --------------------------------------------------------------------------------

REPEATS: dict[str, tuple[dict[str, Any], bool]] = {
    "the very same": ({}, True),
    "received later": ({"received_at": START + 9, "created_at": START + 9}, True),
    "with another attribution": ({"metadata": {"gclid": "x"}, "attribution": {"a": 1}}, True),
    "of another person": ({"person_id": "p"}, True),
    "with the fields in another order": ({"fields": {"n": 1, "email": "ada@example.org"}}, True),
    "marked as a bot": ({"marks": {"bot": "x"}}, True),
    "with another field": ({"fields": {"email": "ada@example.org", "n": 2}}, False),
    "with a number as a text": ({"fields": {"email": "ada@example.org", "n": "1"}}, False),
    "of another name": ({"event_name": "Other"}, False),
    "of another type": ({"event_type": "action"}, False),
    "with another id of the sender's": ({"event_id": "e-2"}, False),
    "a test": ({"marks": {"test": "check code"}}, False),
}


@pytest.mark.parametrize(("changes", "repeat"), REPEATS.values(), ids=REPEATS)
@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one after another"])
async def test_only_an_exact_repeat_is_stored_once_and_answered_with_the_first_id(
    outbox: Outbox, changes: dict[str, Any], repeat: bool, together: bool
) -> None:
    await outbox.add_destination(url=URL)
    first = event(fields={"email": "ada@example.org", "n": 1})
    second = event(id=event(2).id, **({"fields": first.fields} | changes))
    futures = [outbox.store.write(storing(first))]
    if not together:
        await futures[0]
    futures.append(outbox.store.write(storing(second)))
    stored = await asyncio.gather(*futures)
    assert [one.repeat for one in stored] == [False, repeat]
    assert [one.id for one in stored] == [first.id, first.id if repeat else second.id]
    assert len(await outbox.rows(events)) == len(await outbox.rows()) == (1 if repeat else 2)


async def test_repeats_among_many_in_one_batch_owe_once_and_name_their_own_first(
    outbox: Outbox,
) -> None:
    await outbox.add_destination(url=URL)
    sent = [event(n, event_id=f"e-{n % 40}", fields={"n": n % 40}) for n in range(200)]
    stored = await asyncio.gather(*[outbox.store.write(storing(one)) for one in sent])
    assert [one.repeat for one in stored] == [False] * 40 + [True] * 160
    assert [one.id for one in stored] == [sent[n % 40].id for n in range(200)]
    assert sorted(row[0] for row in await owed(outbox)) == sorted(one.id for one in sent[:40])


async def test_a_repeat_of_what_was_withheld_does_not_let_it_go(outbox: Outbox) -> None:
    await outbox.add_destination(url=URL)
    await outbox.store.write(storing(event(1), "spam"))
    await outbox.store.write(storing(event(1, id=event(2).id)))
    assert [row[2:] for row in await owed(outbox)] == [("held", "spam")]


# ---- reading --------------------------------------------------------------------------------


async def test_an_event_and_its_evidence_come_back_as_they_were_stored(outbox: Outbox) -> None:
    one = event(
        fields={"naïve 🙂": ["a", {"b": None}], "big": 10**17, "float": 0.1},
        consent=Consent(state="granted", by="tcf"),
        person_id="p",
        affiliate_id="a",
        marks={"bot": "curl"},
    )
    await outbox.store.write(storing(one, evidence='{"page":"https://x"}'))
    assert await outbox.store.read(get_event, one.id) == one
    assert await outbox.store.read(get_evidence, one.id) == '{"page":"https://x"}'


@pytest.mark.parametrize("query", [get_event, get_evidence])
async def test_an_event_that_is_not_there_is_named(outbox: Outbox, query: Any) -> None:
    with pytest.raises(UnknownEvent, match="e-404"):
        await outbox.store.read(query, "e-404")


FILTERS: dict[str, tuple[EventFilter, list[int]]] = {
    "everything": (EventFilter(), [4, 3, 2, 1]),
    "one mark": (EventFilter(mark="spam"), [3, 1]),
    "another mark": (EventFilter(mark="rate"), [3]),
    "a mark that only a cause mentions": (EventFilter(mark="origin"), []),
    "one capture": (EventFilter(source_id=SOURCE_ID), [4, 3, 2, 1]),
    "another capture": (EventFilter(source_id="nowhere"), []),
    "a sender's id": (EventFilter(event_id="e-2"), [2]),
    "our ids": (EventFilter(ids=(event(1).id, event(4).id)), [4, 1]),
    "all at once": (EventFilter(ids=(event(1).id,), mark="spam", source_id=SOURCE_ID), [1]),
    "a mark that is none": (EventFilter(mark="%"), []),
}


async def test_a_filter_finds_what_it_names_and_nothing_else(outbox: Outbox) -> None:
    marks = {1: {"spam": 'cause "origin": here'}, 3: {"spam": "x", "rate": "y"}, 4: {"bot": "z"}}
    for number in (1, 2, 3, 4):
        await outbox.store.write(storing(event(number, marks=marks.get(number, {}))))
    for name, (wanted, numbers) in FILTERS.items():
        found = await outbox.store.read(newest_events, wanted, 100)
        assert [one.event_id for one in found] == [f"e-{n}" for n in numbers], name
        paged = await outbox.store.read(events_after, wanted, (0, ""))
        assert paged == found[::-1], name


async def test_pages_lose_and_repeat_nothing_where_many_came_at_one_moment(
    outbox: Outbox,
) -> None:
    for number in range(7):
        await outbox.store.write(storing(event(number, received_at=START)))
    after, seen = (0, ""), []
    while page := await outbox.store.read(events_after, EventFilter(), after, 2):
        seen += [one.id for one in page]
        after = (page[-1].received_at, page[-1].id)
    assert seen == [event(number).id for number in range(7)]


# ---- releasing ------------------------------------------------------------------------------


async def test_a_release_makes_only_the_withheld_deliveries_of_that_event_due(
    outbox: Outbox,
) -> None:
    await outbox.add_destination(url=URL)
    for number, reason in ((1, "rate"), (2, "rate"), (3, None)):
        await outbox.store.write(storing(event(number, marks={"rate": "x"}), reason))
    wanted = EventFilter(mark="rate")
    assert await outbox.store.read(held_events, wanted) == [event(1).id, event(2).id]
    now = START + 99
    assert await outbox.store.write(ReleaseEvent(event=event(1).id, now=now)) == 1
    assert [row[2:] for row in await owed(outbox)] == [
        ("ready", None),
        ("held", "rate"),
        ("ready", None),
    ]
    assert (await outbox.rows())[0]["next_at"] == now
    assert await outbox.store.read(held_events, wanted) == [event(2).id]
    assert await outbox.store.write(ReleaseEvent(event=event(1).id, now=now)) == 0


async def test_a_release_that_concludes_again_changes_the_conclusions_and_nothing_else(
    outbox: Outbox,
) -> None:
    one = event(marks={"origin": "https://x"}, metadata={"utm_source": "old"})
    await outbox.store.write(storing(one, "origin"))
    concluded = {"metadata": '{"gclid":"new"}', "attribution": '{"reason":"again"}'}
    await outbox.store.write(ReleaseEvent(event=one.id, now=1, concluded=concluded))
    changed = event(
        marks={"origin": "https://x"}, metadata={"gclid": "new"}, attribution={"reason": "again"}
    )
    assert await outbox.store.read(get_event, one.id) == changed
