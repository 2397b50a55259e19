"""What every database must do for captures and events."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from collector.domain.consent import NOT_ASKED
from collector.domain.errors import InputError, UnknownCapture
from collector.domain.event import Event
from collector.domain.ids import uuid7
from collector.storage.captures import (
    ChangeCapture,
    CreateCapture,
    ResumeCapture,
    get_capture,
    list_captures,
)
from collector.storage.events import (
    EventFilter,
    ReleaseEvent,
    StoreEvent,
    event_row,
    events_after,
    get_event,
    held_events,
    newest_events,
)
from collector.storage.store import Store
from collector.storage.tables import capture_destinations, deliveries, destinations, metadata
from tests.installation import SOURCE, new_capture

EVENT = Event(
    id="",
    event_id="e-1",
    event_type="lead",
    event_name="Lead",
    source_id=SOURCE,
    created_at=1_795_486_500_000_000,
    received_at=1_795_486_500_123_456,
    fields={"email": "ada@example.org", "name": "Zoë 🙂", "n": [1, 2.5, None, True, {"x": "y"}]},
    metadata={"gclid": "Cj0KCQ_a-Z"},
    attribution={"reason": "gclid", "notes": []},
    consent=NOT_ASKED,
    device={"class": "mobile", "browser": None, "os": "iOS"},
    marks={"bot": "curl"},
)


def event(number: int, **changes: Any) -> Event:
    own = {
        "id": uuid7(EVENT.received_at + number * 1000, bytes(10)),
        "received_at": EVENT.received_at + number,
    }
    return msgspec.structs.replace(EVENT, **{**own, **changes})


def write(one: Event, **said: Any) -> StoreEvent:
    return StoreEvent(row=event_row(one, "{}"), **said)


def migrated(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_migrating_gives_the_tables_as_they_are_declared(store: Store) -> None:
    assert await store.read(migrated) == []


async def test_a_capture_comes_back_as_it_was_made(store: Store) -> None:
    made = new_capture(
        derive_utm=True, utm_keyword_from="utm_term", redirect="https://example.com/x"
    )
    await store.write(CreateCapture(capture=made))
    assert await store.read(get_capture, SOURCE) == made
    assert await store.read(list_captures) == [made]


async def test_a_source_id_is_taken_once(store: Store) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    with pytest.raises(InputError, match="exists already"):
        await store.write(CreateCapture(capture=new_capture()))


async def test_changing_what_is_not_there_says_so(store: Store) -> None:
    with pytest.raises(UnknownCapture):
        await store.write(ChangeCapture(source_id=SOURCE, changes={"state": "paused"}, now=1))


async def test_an_event_comes_back_as_it_was_stored(store: Store) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    one = event(1)
    stored = await store.write(write(one))
    assert (stored.id, stored.repeat) == (one.id, False)
    assert await store.read(get_event, one.id) == one


@dataclass(frozen=True)
class Link:
    """Destinations of the capture, without the settings that only sending needs."""

    names: tuple[str, ...]

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Link]) -> Sequence[None]:
        for name in (name for write in writes for name in write.names):
            row: dict[str, Any] = {
                "id": name,
                "kind": "webhook",
                "name": name,
                "config": "{}",
                "secrets": "",
            }
            row |= {"state": "active", "created_at": 1, "changed_at": 1}
            connection.execute(destinations.insert().values(row))
            pair = {"source_id": SOURCE, "destination_id": name}
            connection.execute(capture_destinations.insert().values(pair))
        return [None] * len(writes)


async def link(store: Store, *names: str) -> None:
    await store.write(Link(names))


def owed(connection: Connection) -> list[tuple[str, str, str, str | None]]:
    columns = (
        deliveries.c.event,
        deliveries.c.destination_id,
        deliveries.c.state,
        deliveries.c.reason,
    )
    rows = connection.execute(select(*columns).order_by(deliveries.c.id))
    return [tuple(row) for row in rows]


async def test_an_event_and_what_it_owes_are_one_commit(store: Store) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    await link(store, "d1", "d2")
    one, withheld = event(1, event_id="a"), event(2, event_id="b")
    await asyncio.gather(store.write(write(one)), store.write(write(withheld, reason="spam")))
    assert sorted(await store.read(owed)) == sorted(
        [(one.id, name, "ready", None) for name in ("d1", "d2")]
        + [(withheld.id, name, "held", "spam") for name in ("d1", "d2")]
    )


async def test_fifty_at_once_of_one_event_are_stored_once(store: Store) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    await link(store, "d1")
    stored = await asyncio.gather(
        *[store.write(write(event(n), may_repeat=True)) for n in range(50)]
    )
    assert len({one.id for one in stored}) == 1
    assert sum(not one.repeat for one in stored) == 1
    assert len(await store.read(owed)) == 1


async def test_the_same_id_with_other_fields_is_another_event(store: Store) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    stored = await asyncio.gather(
        *[store.write(write(event(n, fields={"n": n}), may_repeat=True)) for n in range(50)]
    )
    assert len({one.id for one in stored}) == 50


async def test_a_bad_row_in_a_batch_fails_its_own_caller_only(store: Store) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    events_ = [
        event(
            n,
            event_id=str(n),
            source_id="00000000-0000-0000-0000-000000000000" if n == 13 else SOURCE,
        )
        for n in range(64)
    ]
    results = await asyncio.gather(
        *[store.write(write(one)) for one in events_], return_exceptions=True
    )
    failed = [n for n, result in enumerate(results) if isinstance(result, Exception)]
    assert failed == [13]
    assert isinstance(results[13], IntegrityError)
    assert len(await store.read(newest_events, EventFilter(), 1000)) == 63


async def test_events_are_listed_filtered_and_paged(store: Store) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    spam = {"spam": "honeypot"}
    made = [event(n, event_id=str(n), marks=spam if n % 3 == 0 else {}) for n in range(10)]
    for one in made:
        await store.write(write(one))
    newest = await store.read(newest_events, EventFilter(), 3)
    assert [one.id for one in newest] == [one.id for one in reversed(made[-3:])]
    marked = await store.read(newest_events, EventFilter(mark="spam"), 100)
    assert [one.event_id for one in marked] == ["9", "6", "3", "0"]
    after, paged = (0, ""), []
    while page := await store.read(events_after, EventFilter(), after, 4):
        paged += page
        after = (page[-1].received_at, page[-1].id)
    assert paged == made


async def test_resuming_a_capture_lets_go_what_it_held_and_nothing_else(store: Store) -> None:
    other = SOURCE[:-1] + "2"
    for source_id in (SOURCE, other):
        await store.write(CreateCapture(capture=new_capture(source_id=source_id)))
    await link(store, "d1")
    for number, reason in enumerate(("paused", "spam")):
        await store.write(write(event(number, event_id=str(number)), reason=reason))
    await store.write(ChangeCapture(source_id=SOURCE, changes={"state": "paused"}, now=2))
    assert await store.write(ResumeCapture(source_id=other, now=3)) == 0
    assert await store.write(ResumeCapture(source_id=SOURCE, now=3)) == 1
    assert (await store.read(get_capture, SOURCE)).state == "active"
    assert sorted(row[2:] for row in await store.read(owed)) == [("held", "spam"), ("ready", None)]


async def test_a_release_makes_withheld_deliveries_due(store: Store) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    await link(store, "d1")
    one = event(1, marks={"origin": "https://x.example"})
    await store.write(write(one, reason="origin"))
    assert await store.read(held_events, EventFilter(mark="origin")) == [one.id]
    concluded = {"metadata": '{"gclid":"new"}', "attribution": "{}"}
    assert await store.write(ReleaseEvent(event=one.id, now=5, concluded=concluded)) == 1
    assert await store.read(owed) == [(one.id, "d1", "ready", None)]
    assert (await store.read(get_event, one.id)).metadata == {"gclid": "new"}
    assert await store.read(held_events, EventFilter()) == []
