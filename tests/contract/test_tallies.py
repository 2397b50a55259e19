"""What every database must do for roll-ups: each lead once, bounded, and read without events."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import Connection

from collector.domain.tally import OTHER, Place, Spot
from collector.domain.times import DAY
from collector.storage import tallies
from collector.storage.captures import CreateCapture
from collector.storage.events import StoreEvent, event_row
from collector.storage.recount import Recount
from collector.storage.reports import (
    ReportFilter,
    counts_by,
    counts_statement,
    measures_by_day,
    measures_statement,
)
from collector.storage.store import Store
from collector.storage.tallies import AddTouches, CountLeads
from tests.contract.test_store import EVENT, event
from tests.installation import SOURCE, new_capture

TODAY = EVENT.received_at // DAY
WANTED = ReportFilter(since=TODAY, until=TODAY)


def touch(**changes: Any) -> dict[str, Any]:
    values = {
        "at": "2026-11-24T02:00:00.000Z",
        "channel": "Paid Search",
        "source": "google",
        "medium": "cpc",
        "campaign": "spring",
        "parameters": {"gclid": "x"},
        "landing_page": "https://www.example.com/a?b=c",
    }
    return {**values, **changes}


def spot(number: int = 0, **changes: Any) -> Spot:
    values = {
        "day": TODAY,
        "source_id": SOURCE,
        "channel": "Paid Search",
        "source": "google",
        "medium": "cpc",
        "campaign": f"c{number}",
        "landing_page": "www.example.com/a",
    }
    return Spot(Place(**{**values, **changes}), content=f"n{number}")


async def leads(store: Store, *numbers: int, **changes: Any) -> None:
    attribution = {"first": touch(), "last": touch(channel="Email", source="n"), "touches": 2}
    for number in numbers:
        one = event(
            number, event_id=str(number), **{"attribution": attribution, "marks": {}, **changes}
        )
        await store.write(StoreEvent(row=event_row(one, "{}")))


@pytest.fixture
async def counted(store: Store) -> Store:
    await store.write(CreateCapture(capture=new_capture()))
    return store


async def total(store: Store, *by: str) -> list[tuple[Any, ...]]:
    rows = await store.read(counts_by, WANTED, by)
    return [tuple(row.values()) for row in rows]


async def test_each_lead_is_counted_once_under_each_model(counted: Store) -> None:
    await leads(counted, 1, 2)
    looked = await asyncio.gather(*(counted.write(CountLeads()) for _ in range(3)))
    assert max(looked) == 2
    await leads(counted, 3)
    assert await counted.write(CountLeads()) == 1
    assert await counted.write(CountLeads()) == 0
    assert sorted(await total(counted, "channel", "source")) == [
        ("Email", "n", 0, 0, 3, 0),
        ("Paid Search", "google", 0, 3, 0, 3),
    ]
    measures = (await counted.read(measures_by_day, WANTED))[TODAY]
    assert measures == {"leads": 3, "click_id": 3, "first_touch": 3, "time:1h": 3, "touches:2": 3}


async def test_tests_spam_and_actions_are_no_leads(counted: Store) -> None:
    await leads(counted, 1, marks={"test": "x"})
    await leads(counted, 2, marks={"spam": "x"})
    await leads(counted, 3, event_type="action")
    await leads(counted, 4, attribution={"reason": "no touch"})
    assert await counted.write(CountLeads()) == 4
    assert await total(counted, "channel") == []
    assert (await counted.read(measures_by_day, WANTED))[TODAY] == {"leads": 1}


async def test_touches_add_up(counted: Store) -> None:
    writes = [AddTouches(touches={spot(1): 2, spot(2): 1}), AddTouches(touches={spot(1): 3})]
    await asyncio.gather(*map(counted.write, writes))
    await counted.write(AddTouches(touches={spot(2): 1}))
    assert await total(counted, "campaign") == [("c1", 5, 0, 0, 0), ("c2", 2, 0, 0, 0)]


async def test_a_day_has_so_many_places_and_no_more(
    counted: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "PLACES_A_DAY", 3)
    for start in (0, 4):
        await counted.write(AddTouches(touches={spot(n): 1 for n in range(start, start + 4)}))
    await counted.write(AddTouches(touches={spot(0): 1}))
    rows = await total(counted, "campaign", "channel")
    assert sorted(rows, key=lambda row: -row[2]) == [
        (OTHER, "Paid Search", 5, 0, 0, 0),
        ("c0", "Paid Search", 2, 0, 0, 0),
        ("c1", "Paid Search", 1, 0, 0, 0),
        ("c2", "Paid Search", 1, 0, 0, 0),
    ]


async def test_leads_are_counted_again_and_touches_stay(counted: Store) -> None:
    await counted.write(AddTouches(touches={spot(): 7}))
    await leads(counted, 1)
    await counted.write(CountLeads())
    before = await total(counted, "channel")
    await counted.write(Recount())
    assert await total(counted) == [(7, 0, 0, 0)]
    await counted.write(CountLeads())
    assert await total(counted, "channel") == before


async def test_no_report_looks_at_events_and_each_uses_the_days(counted: Store) -> None:
    def explained(connection: Connection) -> str:
        prefix = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plans = []
        for statement in (
            counts_statement(WANTED, ("channel", "source")),
            measures_statement(WANTED),
        ):
            compiled = statement.compile(connection, compile_kwargs={"literal_binds": True})
            rows = connection.exec_driver_sql(f"{prefix} {compiled}")
            plans += [str(row[-1]) for row in rows]
        return "\n".join(plans)

    plan = await counted.read(explained)
    assert "events" not in plan
    assert "ix_daily_counts_day_source_id" in plan
    assert "daily_measures" in plan
    assert "SCAN daily" not in plan
    assert "Seq Scan" not in plan


async def test_uncounted_leads_are_found_by_their_index(counted: Store) -> None:
    def explained(connection: Connection) -> str:
        sqlite = connection.dialect.name == "sqlite"
        if not sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        compiled = tallies._UNCOUNTED.compile(connection, compile_kwargs={"literal_binds": True})
        prefix = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
        return "\n".join(
            str(row[-1]) for row in connection.exec_driver_sql(f"{prefix} {compiled}")
        )

    plan = await counted.read(explained)
    assert "ix_events_uncounted" in plan
    assert "SORT" not in plan.upper().replace("B-TREE", "SORT")
