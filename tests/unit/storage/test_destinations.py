from __future__ import annotations

from pathlib import Path

import pytest

from collector.domain.errors import UnknownDestination
from collector.domain.lane import Lane
from collector.domain.times import DAY, HOUR, SECOND
from collector.storage.destinations import (
    ChangeLane,
    RecordTest,
    captures_of,
    due_lanes,
    list_destinations,
    waiting_counts,
)
from tests.databases import ON_SQLITE
from tests.outbox import SOURCE_ID, START, Outbox

URL = "https://hooks.example.com/in"
SECRET = "whsec_" + "A" * 32


async def test_a_destination_is_read_back_as_it_was_stored(outbox: Outbox) -> None:
    key = await outbox.add_destination(url=URL, secret=SECRET)
    stored = await outbox.destination(key)
    assert (stored.kind, stored.config, stored.lane) == ("webhook", {"url": URL}, Lane())
    assert outbox.registry.open(stored).settings == {"url": URL, "secret": SECRET}
    assert await outbox.store.read(list_destinations) == [stored]
    assert await outbox.store.read(captures_of) == {key: [SOURCE_ID]}


@ON_SQLITE
async def test_no_secret_lies_in_the_file_in_the_clear(outbox: Outbox, tmp_path: Path) -> None:
    await outbox.add_destination(url=URL, secret=SECRET)
    files = [path.read_bytes() for path in tmp_path.iterdir()]
    assert any(URL.encode() in content for content in files)
    assert not any(SECRET.removeprefix("whsec_").encode() in content for content in files)


async def test_an_unknown_destination_is_an_error(outbox: Outbox) -> None:
    with pytest.raises(UnknownDestination, match="nowhere"):
        await outbox.destination("nowhere")
    with pytest.raises(UnknownDestination, match="nowhere"):
        await outbox.store.write(ChangeLane(destination_id="nowhere", state="paused", now=START))


@pytest.mark.parametrize(
    ("lane", "due"),
    [
        (Lane(), True),
        (Lane(resume_at=START), True),
        (Lane(resume_at=START + 1), False),
        (Lane(state="held", resume_at=START), True),
        (Lane(state="held", resume_at=START + 1), False),
        (Lane(state="held"), False),
        (Lane(state="paused"), False),
        (Lane(state="paused", resume_at=START), False),
    ],
)
async def test_only_open_and_probing_lanes_are_due(
    outbox: Outbox, lane: Lane, *, due: bool
) -> None:
    key = await outbox.add_destination(url=URL)
    await outbox.add_event()
    await outbox.set_lane(key, lane)
    found = await outbox.store.read(due_lanes, START)
    assert [one.id for one in found] == ([key] if due else [])


async def test_a_lane_that_is_owed_nothing_now_is_not_due(outbox: Outbox) -> None:
    await outbox.add_destination(url=URL)
    assert await outbox.store.read(due_lanes, START) == []
    await outbox.add_event(received_at=START + HOUR)
    await outbox.add_event(reason="spam")
    assert await outbox.store.read(due_lanes, START) == []
    assert len(await outbox.store.read(due_lanes, START + HOUR)) == 1


async def test_what_is_waiting_is_counted_for_each_destination(outbox: Outbox) -> None:
    keys = [await outbox.add_destination(url=URL) for _ in range(2)]
    await outbox.add_events(3)
    await outbox.add_event(reason="spam")
    assert await outbox.store.read(waiting_counts) == dict.fromkeys(keys, 3)


async def test_pausing_touches_no_delivery(outbox: Outbox) -> None:
    key = await outbox.add_destination(url=URL)
    await outbox.add_events(3)
    before = await outbox.rows()
    await outbox.store.write(ChangeLane(destination_id=key, state="paused", now=START))
    assert await outbox.rows() == before
    assert (await outbox.lane(key)).state == "paused"


async def test_resuming_starts_the_lane_afresh_and_makes_everything_due(outbox: Outbox) -> None:
    key = await outbox.add_destination(url=URL)
    await outbox.add_event(received_at=START + DAY)
    held = Lane(state="held", reason="gone", held_at=START, failures=9, refusals=5)
    await outbox.set_lane(key, held)
    await outbox.store.write(ChangeLane(destination_id=key, state="active", now=START + SECOND))
    assert await outbox.lane(key) == Lane(ramp=1)
    assert [row["next_at"] for row in await outbox.rows()] == [START + SECOND]
    assert (await outbox.destination(key)).changed_at == START + SECOND


async def test_a_test_that_passed_proves_the_lane_and_ends_a_hold(outbox: Outbox) -> None:
    key = await outbox.add_destination(url=URL)
    await outbox.set_lane(key, Lane(state="held", reason="first_refused", held_at=START))
    passed = RecordTest(destination_id=key, started_at=START + 1, now=START + 2)
    await outbox.store.write(passed)
    expected = Lane(first_success_at=START + 2, last_success_at=START + 2, ramp=1)
    assert await outbox.lane(key) == expected
