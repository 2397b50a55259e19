"""What every database must do for API keys and for the events of one person."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from collector.domain.errors import InputError, UnknownCapture
from collector.domain.event import person_link
from collector.domain.times import MINUTE
from collector.storage.captures import CreateCapture
from collector.storage.events import EventFilter, StoreEvent, event_row, newest_events, person_of
from collector.storage.keys import CreateKey, KeyRing, NoteUse, RevokeKey, list_keys
from collector.storage.store import Store, open_store
from tests.contract.test_store import event
from tests.installation import SOURCE, new_capture
from tests.sender import KEY, KEY_ID, new_key

NOW = 10 * MINUTE


async def test_a_key_comes_back_as_it_was_made(store: Store) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    made = new_key(source_id=SOURCE, scopes=("events:write",), created_at=7)
    await store.write(CreateKey(key=made))
    assert await store.read(list_keys) == [made]
    with pytest.raises(InputError):
        await store.write(CreateKey(key=made))
    with pytest.raises(UnknownCapture):
        await store.write(CreateKey(key=new_key(id="2", digest="2", source_id="nowhere")))


async def test_a_revocation_works_at_once_in_every_process(
    store: Store, database_url: str
) -> None:
    await store.write(CreateKey(key=new_key()))
    other = await open_store(database_url)
    try:
        rings = (KeyRing(store), KeyRing(other))
        assert all([await ring.recognise(KEY, NOW) for ring in rings])
        await store.write(RevokeKey(id=KEY_ID, now=NOW))
        assert [await ring.recognise(KEY, NOW) for ring in rings] == [None, None]
    finally:
        await other.close()


async def test_an_older_use_never_replaces_a_newer_one(store: Store) -> None:
    await store.write(CreateKey(key=new_key()))
    await asyncio.gather(*[store.write(NoteUse(id=KEY_ID, now=now)) for now in (5, 9, 7)])
    assert (await store.read(list_keys))[0].last_used_at == 9


# ---- persons --------------------------------------------------------------------------------


def storing(number: int, **changes: Any) -> StoreEvent:
    one = event(number, fields={"n": number}, **changes)
    return StoreEvent(row=event_row(one, "{}"), may_repeat=True, link=person_link(one))


async def same_person(store: Store, number: int) -> set[int]:
    """The numbers of the events that are of the person of this one."""
    persons = await store.read(person_of, event(number).id)
    found = await store.read(newest_events, EventFilter(persons=persons), 100)
    return {one.fields["n"] for one in found}


async def test_events_are_of_one_person_by_either_id_whatever_came_first(store: Store) -> None:
    other = new_capture(source_id=SOURCE[:-1] + "2")
    for one in (new_capture(), other):
        await store.write(CreateCapture(capture=one))
    sent: list[dict[str, Any]] = [
        {"event_id": "e-1"},
        {"event_id": "e-2", "person_id": "ada", "source_id": other.source_id},
        {"event_id": "e-1", "source_id": other.source_id},
        {"event_id": "e-1", "person_id": "ada"},
        {"event_id": "e-1"},
        {"event_id": "e-2"},
    ]
    for number, changes in enumerate(sent):
        await store.write(storing(number, **changes))
    assert await same_person(store, 0) == await same_person(store, 1) == {0, 1, 3, 4}
    assert await same_person(store, 2) == {2}
    assert await same_person(store, 5) == {5}


async def test_persons_that_two_processes_link_at_once_become_one(
    store: Store, database_url: str
) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    other = await open_store(database_url)
    try:
        writes = [
            opened.write(storing(n, event_id=f"e-{n % 5}", person_id=f"p-{(n + turn) % 5}"))
            for turn, opened in enumerate((store, other))
            for n in range(turn * 20, turn * 20 + 20)
        ]
        await asyncio.gather(*writes)
    finally:
        await other.close()
    for number in (0, 13, 39):
        assert await same_person(store, number) == set(range(40))
