from __future__ import annotations

from typing import Any

import pytest

from collector.domain.errors import UnknownDestination
from collector.domain.times import HOUR
from collector.storage.backfill import Backfill, count_missing, missing_events
from collector.storage.captures import LinkDestination
from collector.storage.erasure import EraseEvents
from collector.storage.events import EventFilter
from tests.outbox import SOURCE_ID, START, Outbox

BEGINNING = (0, "")


@pytest.fixture
async def late(outbox: Outbox) -> str:
    """A destination that was added when four events had come."""
    for age in (3, 2, 1):
        await outbox.add_event(received_at=START - age * HOUR)
    await outbox.add_event(reason="spam", marks={"spam": "honeypot"})
    return await outbox.add_destination(url="https://hooks.example.com/in")


async def fill(outbox: Outbox, key: str, **wanted: Any) -> None:
    found = await outbox.store.read(missing_events, key, EventFilter(**wanted), BEGINNING)
    write = Backfill(destination_id=key, missing=found, now=outbox.clock.now)
    await outbox.store.write(write)


async def count(outbox: Outbox, key: str, **wanted: Any) -> tuple[int, int]:
    counted: tuple[int, int] = await outbox.store.read(count_missing, key, EventFilter(**wanted))
    return counted


async def test_past_events_are_owed_as_if_the_destination_had_been_there(
    outbox: Outbox, late: str
) -> None:
    assert await count(outbox, late) == (4, 1)
    await fill(outbox, late)
    rows = await outbox.rows()
    assert [(row["state"], row["reason"]) for row in rows] == [
        *[("ready", None)] * 3,
        ("held", "spam"),
    ]
    assert {row["next_at"] for row in rows} == {START}


async def test_twice_owes_nothing_twice(outbox: Outbox, late: str) -> None:
    found = await outbox.store.read(missing_events, late, EventFilter(), BEGINNING)
    for _ in range(2):
        write = Backfill(destination_id=late, missing=found, now=START)
        await outbox.store.write(write)
    assert len(await outbox.rows()) == 4
    assert await count(outbox, late) == (0, 0)


async def test_only_what_was_received_in_a_span_is_owed(outbox: Outbox, late: str) -> None:
    span = {"since": START - 2 * HOUR, "until": START - HOUR}
    assert await count(outbox, late, **span) == (1, 0)
    await fill(outbox, late, **span)
    assert len(await outbox.rows()) == 1


async def test_a_destination_that_serves_no_capture_gets_what_is_named_only(
    outbox: Outbox, late: str
) -> None:
    unlink = LinkDestination(source_id=SOURCE_ID, destination_id=late, linked=False)
    await outbox.store.write(unlink)
    assert await count(outbox, late) == (0, 0)
    assert await count(outbox, late, source_id=SOURCE_ID) == (4, 1)


async def test_what_was_erased_is_owed_to_nobody(outbox: Outbox, late: str) -> None:
    found = await outbox.store.read(missing_events, late, EventFilter(), BEGINNING)
    await outbox.store.write(EraseEvents(ids=[found[0].event], now=START))
    assert await count(outbox, late) == (3, 1)


async def test_an_unknown_destination_is_said_to_be(outbox: Outbox) -> None:
    with pytest.raises(UnknownDestination):
        await count(outbox, "nobody")
