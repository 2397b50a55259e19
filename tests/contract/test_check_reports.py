"""What live checks keep, on every database."""

from __future__ import annotations

from typing import Any

import pytest

from collector.domain.check_report import KEPT_FOR, MOST, Kind, Report
from collector.storage.check_reports import (
    AddReports,
    find_followed_check,
    read_check,
    read_reports,
    source_of_check,
)
from tests.outbox import SOURCE_ID as SOURCE
from tests.outbox import START, Outbox

URL = "https://hooks.example.com/in"
CODE = "1-x"


async def add(outbox: Outbox, *told: tuple[Kind, dict[str, Any]], at: int = START) -> int:
    reports = [(CODE, SOURCE, Report(at, kind, found)) for kind, found in told]
    released: int = await outbox.store.write(AddReports(reports=reports, now=at))
    return released


async def test_evidence_is_read_back_in_order(outbox: Outbox) -> None:
    await add(outbox, ("begun", {"page": "https://www.example.com/ü"}), ("view", {"url": "a"}))
    await add(outbox, ("view", {"url": "b"}))
    found = await outbox.store.read(read_reports, CODE)
    assert [one.kind for one in found] == ["begun", "view", "view"]
    assert found[0].found == {"page": "https://www.example.com/ü"}
    assert await outbox.store.read(read_reports, "2-y") == []
    assert await outbox.store.read(source_of_check, CODE) == SOURCE
    assert await outbox.store.read(source_of_check, "2-y") is None


async def test_a_code_has_bounded_room_and_evidence_goes_after_a_day(outbox: Outbox) -> None:
    await add(outbox, *[("view", {"n": n}) for n in range(MOST - 1)])
    await add(outbox, *[("view", {"n": n}) for n in range(5)])
    assert len(await outbox.store.read(read_reports, CODE)) == MOST
    await add(outbox, ("view", {"url": "new"}), at=START + KEPT_FOR + 1)
    assert len(await outbox.store.read(read_reports, CODE)) == 1


@pytest.mark.parametrize("asked_first", [True, False])
async def test_a_test_goes_where_it_was_asked_for_and_nowhere_else(
    outbox: Outbox, *, asked_first: bool
) -> None:
    wanted, other = [await outbox.add_destination(url=URL) for _ in range(2)]
    event = (await outbox.add_event(reason="test")).id
    told: list[tuple[Kind, dict[str, Any]]] = [
        ("deliver", {"destination": wanted}),
        ("lead", {"event": event}),
    ]
    first, second = told if asked_first else told[::-1]
    assert await add(outbox, first) == 0
    assert await add(outbox, second) == 1
    assert await add(outbox, second) == 0
    found = await outbox.rows()
    assert {row["destination_id"]: (row["state"], row["reason"]) for row in found} == {
        wanted: ("ready", None),
        other: ("held", "test"),
    }
    state = await outbox.store.read(read_check, CODE, SOURCE)
    assert state.lead is not None
    assert state.delivery is not None
    assert state.lead.id == event
    assert state.delivery["state"] == "ready"
    assert (state.destination, state.linked) == ("webhook", True)


async def test_what_is_withheld_for_another_cause_stays_so(outbox: Outbox) -> None:
    key = await outbox.add_destination(url=URL)
    event = (await outbox.add_event(reason="spam")).id
    assert await add(outbox, ("deliver", {"destination": key}), ("lead", {"event": event})) == 0
    await add(outbox, ("deliver", {"destination": None}))
    state = await outbox.store.read(read_check, CODE, SOURCE)
    assert (state.delivery, state.destination) == (None, None)


async def test_a_follower_sees_every_change(outbox: Outbox) -> None:
    marks = []
    for told in (("begun", {}), ("deliver", {"destination": "x"})):
        await add(outbox, told)
        session, mark = await outbox.store.read(find_followed_check, "nobody", START, CODE)
        assert session is None
        marks.append(mark)
    assert marks[0] != marks[1]
