"""What every database must do for leads that wait for their page's origin to be allowed."""

from __future__ import annotations

import asyncio
import dataclasses
import re

import pytest
from msgspec.structs import replace

from collector.domain.errors import InputError, UnknownCapture
from collector.storage import held_origins as held
from collector.storage.allowed_origins import AllowOrigin
from collector.storage.captures import ChangeCapture, CreateCapture, get_capture
from collector.storage.events import ReleaseEvent, StoreEvent, event_row
from collector.storage.held_origins import HeldOrigin, held_from, held_origins
from collector.storage.store import Store, open_store
from tests.contract.test_console import plans
from tests.contract.test_store import event, link
from tests.installation import SOURCE, new_capture

SHOP, FAIR = "https://shop.example", "https://fair.example"


async def send(store: Store, number: int, origin: str, reason: str = "origin", **more: str) -> str:
    marks = {"origin": origin, **more}
    one = replace(event(number, event_id=str(number)), marks=marks, received_at=number)
    await store.write(StoreEvent(row=event_row(one, "{}"), reason=reason))
    return one.id


async def test_leads_are_counted_once_by_origin_newest_first(store: Store) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    for destination in ("d1", "d2"):
        await link(store, destination)
    first = await send(store, 1, SHOP)
    second = await send(store, 2, SHOP, bot="its user agent")
    await send(store, 3, FAIR)
    await send(store, 4, SHOP, reason="spam", spam="filled")
    assert await store.read(held_origins, None) == [
        HeldOrigin(source_id=SOURCE, origin=FAIR, count=1, newest_at=3),
        HeldOrigin(source_id=SOURCE, origin=SHOP, count=2, newest_at=2),
    ]
    assert await store.read(held_origins, ("another",)) == []
    assert await store.read(held_from, SOURCE, SHOP, 9) == [first, second]
    assert await store.read(held_from, SOURCE, SHOP, 1) == [first]
    assert await store.read(held_from, SOURCE, "https://shop.exampl%", 9) == []
    await store.write(ReleaseEvent(event=first, now=9))
    assert await store.read(held_from, SOURCE, SHOP, 9) == [second]


async def test_of_many_that_wait_the_newest_are_counted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    await link(store, "d1")
    for number in range(1, 6):
        await send(store, number, FAIR if number < 3 else SHOP)
    monkeypatch.setattr(held, "MOST_LOOKED_AT", 4)
    assert await store.read(held_origins, None) == [
        HeldOrigin(source_id=SOURCE, origin=SHOP, count=3, newest_at=5),
        HeldOrigin(source_id=SOURCE, origin=FAIR, count=1, newest_at=2),
    ]


async def test_what_waits_is_counted_from_indexes_alone(store: Store) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    await link(store, "d1")
    await send(store, 1, SHOP)
    [plan] = await store.read(plans, held_origins, None)
    for index in ("ix_deliveries_held", "ix_events_origin"):
        assert re.search(f"COVERING INDEX {index}|Index Only Scan.* {index}", plan), plan


async def test_a_list_of_origins_replaces_only_the_one_that_was_seen(store: Store) -> None:
    before = new_capture()
    await store.write(CreateCapture(capture=before))
    change = ChangeCapture(
        source_id=SOURCE,
        changes={"origins": (FAIR,), "redirect": f"{FAIR}/thanks"},
        now=2,
        seen={"origins": before.origins, "redirect": None},
    )
    await store.write(AllowOrigin(source_id=SOURCE, origin=SHOP, now=1))
    with pytest.raises(InputError, match="somebody else"):
        await store.write(change)
    seen = (await store.read(get_capture, SOURCE)).origins
    assert seen == (*before.origins, SHOP)
    await store.write(dataclasses.replace(change, seen={"origins": seen, "redirect": None}))
    assert (await store.read(get_capture, SOURCE)).origins == (FAIR,)
    with pytest.raises(UnknownCapture):
        await store.write(dataclasses.replace(change, source_id="nobody"))


async def test_origins_that_two_allow_in_one_instant_are_both_allowed(
    store: Store, database_url: str
) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    other = await open_store(database_url)
    wanted = [f"https://shop-{number}.example" for number in range(20)]
    await asyncio.gather(
        *(
            (store, other)[number % 2].write(
                AllowOrigin(source_id=SOURCE, origin=origin, now=number)
            )
            for number, origin in enumerate(wanted)
        )
    )
    await other.close()
    found = await store.read(get_capture, SOURCE)
    assert set(found.origins) == {*new_capture().origins, *wanted}
    assert len(found.origins) == len(wanted) + len(new_capture().origins)


async def test_what_is_allowed_already_changes_nothing(store: Store) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    before = await store.read(get_capture, SOURCE)
    again = AllowOrigin(source_id=SOURCE, origin=before.origins[0], now=9)
    await store.write(again)
    assert await store.read(get_capture, SOURCE) == before
    with pytest.raises(InputError):
        await store.write(dataclasses.replace(again, origin="no origin"))
    with pytest.raises(UnknownCapture):
        await store.write(dataclasses.replace(again, source_id="x"))
