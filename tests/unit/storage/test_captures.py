from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from collector.domain.errors import UnknownCapture, UnknownDestination
from collector.storage.captures import (
    CreateCapture,
    LinkDestination,
    destinations_of,
    list_captures,
)
from collector.storage.store import Store, open_store
from tests.installation import SOURCE, new_capture
from tests.outbox import SOURCE_ID, Outbox

SECOND = SOURCE[:-1] + "2"
UNKNOWN = SOURCE[:-1] + "9"


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = await open_store(database_url)
    await opened.write(CreateCapture(capture=new_capture()))
    yield opened
    await opened.close()


async def test_captures_are_listed_oldest_first(store: Store) -> None:
    for number, created_at in ((2, 7), (3, 6)):
        capture = new_capture(source_id=f"{SOURCE[:-1]}{number}", created_at=created_at)
        await store.write(CreateCapture(capture=capture))
    assert [one.created_at for one in await store.read(list_captures)] == [1, 6, 7]


async def test_destinations_are_linked_once_and_unlinked(outbox: Outbox) -> None:
    one, two = [await outbox.add_destination(url="https://e.org/") for _ in range(2)]
    link = LinkDestination(source_id=SOURCE_ID, destination_id=one)
    await outbox.store.write(link)
    assert await outbox.store.read(destinations_of, SOURCE_ID) == sorted([one, two])
    for _ in range(2):
        await outbox.store.write(replace(link, linked=False))
    assert await outbox.store.read(destinations_of, SOURCE_ID) == [two]
    assert await outbox.store.read(destinations_of, UNKNOWN) == []


async def test_what_is_not_there_cannot_be_linked(store: Store) -> None:
    with pytest.raises(UnknownCapture, match=UNKNOWN):
        await store.write(LinkDestination(source_id=UNKNOWN, destination_id="a"))
    with pytest.raises(UnknownDestination, match="nowhere"):
        await store.write(LinkDestination(source_id=SOURCE, destination_id="nowhere"))
