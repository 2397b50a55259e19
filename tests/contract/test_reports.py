"""What every database must do for reports: values alone, bounded, by day and by month."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from collector.domain.tally import OTHER, Place, Spot
from collector.domain.times import DAY, HOUR
from collector.storage import migration, value_counts
from collector.storage.captures import CreateCapture, LinkDestination
from collector.storage.delivery_pages import DeliveryPageFilter, find_deliveries
from collector.storage.destinations import CreateDestination, StoredDestination
from collector.storage.erasure import EraseEvents
from collector.storage.events import StoreEvent, event_row
from collector.storage.recount import Recount
from collector.storage.reports import (
    ReportFilter,
    measures_by_capture,
    measures_by_day,
    measures_in_all,
    owed_by_destination,
    touches_by_day,
    values_by,
    values_statement,
)
from collector.storage.sqlite import create_sqlite_engine
from collector.storage.store import Store, open_store
from collector.storage.tallies import AddTouches, CountLeads
from collector.storage.tally_tables import daily_counts, daily_measures
from collector.storage.tally_tables import value_counts as value_counts_table
from collector.storage.undelivered import (
    find_undelivered,
    next_waiting,
    oldest_waiting,
    waiting_of,
)
from tests.contract.test_console import plans
from tests.contract.test_store import EVENT, event
from tests.databases import ON_SQLITE, sqlite_url
from tests.installation import SOURCE, new_capture

OTHER_SOURCE = SOURCE[:-1] + "2"
TODAY = EVENT.received_at // DAY
WANTED = ReportFilter(since=TODAY, until=TODAY)
NOBODY = ReportFilter(since=TODAY, until=TODAY, source_ids=())
YEAR = ReportFilter(since=TODAY - 364, until=TODAY)
AD = {
    "at": "2026-11-24T02:00:00.000Z",
    "channel": "Paid Search",
    "source": "google",
    "medium": "cpc",
    "campaign": "spring",
    "content": "red",
    "term": "shoes",
    "parameters": {"gclid": "x", "utm_content": "red"},
    "landing_page": "https://www.example.com/a?b=c",
}
MAIL = {
    **AD,
    "at": "2026-11-24T02:10:00.000Z",
    "channel": "Email",
    "source": "letter",
    "content": None,
    "parameters": {},
}


def spot(
    day: int = TODAY, *, source_id: str = SOURCE, term: str = "shoes", **changes: Any
) -> Spot:
    values = {"channel": "Paid Search", "source": "google", "medium": "cpc", "campaign": "c"}
    page = {"landing_page": "www.example.com/a"}
    place = Place(day, source_id, **{**values, **page, **changes})
    return Spot(place, content="red", term=term)


@pytest.fixture
async def counted(store: Store) -> Store:
    for source_id in (SOURCE, OTHER_SOURCE):
        await store.write(CreateCapture(capture=new_capture(source_id=source_id)))
    return store


async def lead(store: Store, number: int, reason: str | None = None, **changes: Any) -> None:
    attribution = {"model": "last_campaign", "first": AD, "last": MAIL, "touches": 2}
    made = event(
        number, event_id=str(number), **{"attribution": attribution, "marks": {}, **changes}
    )
    await store.write(StoreEvent(row=event_row(made, "{}"), reason=reason))


async def found(store: Store, wanted: ReportFilter, dimension: str) -> dict[str, tuple[int, ...]]:
    rows = await store.read(values_by, wanted, dimension)
    return {row["value"]: tuple(row[name] for name in value_counts.SUMS) for row in rows}


async def test_a_lead_is_counted_by_the_touch_that_decided_and_by_each_model(
    counted: Store,
) -> None:
    await counted.write(AddTouches(touches={spot(): 3}))
    await lead(counted, 1)
    await counted.write(CountLeads())
    assert await found(counted, WANTED, "channel") == {
        "Paid Search": (3, 1, 1, 0, 1, 1),
        "Email": (0, 0, 0, 1, 0, 0),
    }
    assert await found(counted, WANTED, "content") == {
        "red": (3, 1, 1, 0, 1, 1),
        "(none)": (0, 0, 0, 1, 0, 0),
    }
    assert await found(counted, WANTED, "term") == {"shoes": (3, 1, 1, 1, 1, 1)}
    assert await found(counted, NOBODY, "term") == {}


async def test_a_recount_takes_the_leads_out_and_leaves_the_touches(counted: Store) -> None:
    await counted.write(AddTouches(touches={spot(): 3}))
    await lead(counted, 1)
    await counted.write(CountLeads())
    before = await found(counted, YEAR, "channel")
    await counted.write(Recount())
    assert await found(counted, YEAR, "term") == {"shoes": (3, 0, 0, 0, 0, 0)}
    await counted.write(CountLeads())
    assert await found(counted, YEAR, "channel") == before


async def tables(store: Store) -> list[list[tuple[Any, ...]]]:
    def read(connection: Connection) -> list[list[tuple[Any, ...]]]:
        statements = [select(one) for one in (daily_counts, daily_measures, value_counts_table)]
        return [sorted(map(tuple, connection.execute(one))) for one in statements]

    return await store.read(read)


async def test_a_day_with_an_erased_lead_stays_as_it_was_counted(counted: Store) -> None:
    await counted.write(AddTouches(touches={spot(): 3}))
    await lead(counted, 1)
    await lead(counted, 2)
    await lead(counted, 3, received_at=EVENT.received_at - DAY)
    await lead(counted, 4, source_id=OTHER_SOURCE)
    await counted.write(CountLeads())
    before = await tables(counted)
    await counted.write(EraseEvents(ids=[event(1).id], now=9))
    assert await counted.write(Recount()) == 1
    assert (await found(counted, YEAR, "channel"))["Email"][3] == 2
    await counted.write(CountLeads())
    assert await tables(counted) == before


async def test_an_erased_test_keeps_no_day_from_a_recount(counted: Store) -> None:
    await lead(counted, 1, marks={"test": "button"})
    await counted.write(EraseEvents(ids=[event(1).id], now=9))
    assert await counted.write(Recount()) == 0


async def test_months_say_the_same_as_their_days(counted: Store) -> None:
    touches = {spot(TODAY - ago, source_id=one): 1 for ago in range(0, 364, 7) for one in (SOURCE, OTHER_SOURCE)}  # fmt: skip
    await counted.write(AddTouches(touches=touches))
    assert (await found(counted, YEAR, "source"))["google"][0] == 104
    one = ReportFilter(since=YEAR.since, until=YEAR.until, source_ids=(SOURCE,))
    assert (await found(counted, one, "source"))["google"][0] == 52
    part = ReportFilter(since=TODAY - 100, until=TODAY - 10)
    by_day = await counted.read(touches_by_day, part)
    assert len(by_day) == 13
    assert sum(by_day.values()) == (await found(counted, part, "source"))["google"][0] == 26


async def test_each_dimension_has_its_own_room(
    counted: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(value_counts, "ROOM", {"day": 3, "month": 4})
    for start in (0, 4):
        numbers = range(start, start + 4)
        await counted.write(AddTouches(touches={spot(term=f"t{n}"): 1 for n in numbers}))
    await counted.write(AddTouches(touches={spot(term="t0"): 1}))
    terms = {name: sums[0] for name, sums in (await found(counted, WANTED, "term")).items()}
    assert terms == {"t0": 2, "t1": 1, "t2": 1, OTHER: 5}
    month = ReportFilter(since=TODAY - 23, until=TODAY + 6)
    assert len(await found(counted, month, "term")) == 5
    assert (await found(counted, WANTED, "source"))["google"][0] == 9


async def test_measures_are_read_by_name_and_by_capture(counted: Store) -> None:
    await lead(counted, 1)
    await lead(counted, 2, source_id=OTHER_SOURCE, attribution={})
    await counted.write(CountLeads())
    assert await counted.read(measures_by_day, WANTED, ("leads",)) == {TODAY: {"leads": 2}}
    by_capture = await counted.read(measures_by_capture, WANTED, ("leads", "click_id"))
    assert by_capture == {
        SOURCE: {TODAY: {"leads": 1, "click_id": 1}},
        OTHER_SOURCE: {TODAY: {"leads": 1}},
    }
    assert await counted.read(measures_in_all, WANTED, ("time:", "touches:")) == {
        "time:1h": 1,
        "touches:2": 1,
    }


async def destination(store: Store, *source_ids: str) -> str:
    made = StoredDestination(
        id="d_1", kind="webhook", name="W", config={}, secrets="", created_at=1, changed_at=1
    )
    await store.write(CreateDestination(destination=made))
    for source_id in source_ids:
        await store.write(LinkDestination(source_id=source_id, destination_id="d_1"))
    return "d_1"


async def test_what_a_destination_was_owed_and_did_not_get(counted: Store) -> None:
    key = await destination(counted, SOURCE, OTHER_SOURCE)
    await lead(counted, 1)
    await lead(counted, 2, received_at=EVENT.received_at + HOUR, source_id=OTHER_SOURCE)
    await lead(counted, 3, "spam", marks={"spam": "x"})
    await counted.write(CountLeads())
    assert await counted.read(owed_by_destination, WANTED) == {key: 2}
    assert await counted.read(owed_by_destination, NOBODY) == {}
    day, at = (TODAY * DAY, (TODAY + 1) * DAY), EVENT.received_at + 1
    every = await counted.read(find_undelivered, None, *day)
    assert (every.waiting, every.waits_since, every.stopped) == ({key: 2}, at, False)
    own = await counted.read(find_undelivered, (OTHER_SOURCE,), *day)
    assert (own.of(key), own.failed, own.waits_since) == (1, {}, EVENT.received_at + HOUR)
    assert (await counted.read(find_undelivered, None, 0, day[0])).total == 0
    for found, source_ids in ((every, None), (own, (OTHER_SOURCE,))):
        listed = DeliveryPageFilter(
            tab="undelivered", source_ids=source_ids, since=day[0], until=day[1]
        )
        page = await counted.read(find_deliveries, listed)
        assert len(page.deliveries) == found.total
    early = DeliveryPageFilter(tab="undelivered", until=day[0])
    assert (await counted.read(find_deliveries, early)).deliveries == []
    assert await counted.read(waiting_of, key) == 2
    assert await counted.read(oldest_waiting, key) == at
    assert await counted.read(oldest_waiting, "?") is None
    assert await counted.read(next_waiting, key) == at
    assert await counted.read(next_waiting, "?") is None


async def test_nothing_that_pages_of_numbers_ask_walks_a_table(counted: Store) -> None:
    await destination(counted, SOURCE)
    await lead(counted, 1)
    asked: list[tuple[Any, ...]] = [
        (values_by, WANTED, "channel"),
        (values_by, YEAR, "landing_page"),
        (values_by, ReportFilter(since=1, until=400, source_ids=(SOURCE,)), "term"),
        (touches_by_day, YEAR),
        (measures_by_day, YEAR, ("leads",)),
        (measures_by_capture, YEAR, ("leads",)),
        (measures_in_all, YEAR, ("time:",)),
        (owed_by_destination, YEAR),
        (find_undelivered, None, 0, 1),
        (find_undelivered, (SOURCE,), 0, 1),
        (waiting_of, "d_1"),
        (oldest_waiting, "d_1"),
        (next_waiting, "d_1"),
    ]
    for query, *arguments in asked:
        said = [
            plan
            for plan in await counted.read(plans, query, *arguments)
            if "destinations" not in plan or "deliveries" in plan  # a handful
        ]
        assert said, query.__name__
        for plan in said:
            assert "Seq Scan" not in plan, plan
            for table in ("events", "deliveries", "value_counts", "daily_measures"):
                assert f"SCAN {table}'" not in plan, plan


def test_a_year_is_read_by_its_months() -> None:
    statement = str(values_statement(YEAR, "campaign"))
    assert statement.count("UNION ALL") == 2
    assert "UNION" not in str(values_statement(WANTED, "campaign"))


@ON_SQLITE
async def test_what_was_counted_before_is_taken_over(database_url: str, tmp_path: Path) -> None:
    del database_url
    folder = tmp_path / "earlier"
    folder.mkdir()
    engine = create_sqlite_engine(folder / "collector.db")
    with engine.begin() as connection:
        migration.upgrade(connection, "0006")
        for number, day in enumerate((TODAY, TODAY - 1, TODAY - 40)):
            place = spot(day, campaign=f"c{number}").place
            sums = {"touches": 9, "first": 1, "last": 2, "last_paid": 3}
            members = {name: getattr(place, name) for name in place.__struct_fields__}
            connection.execute(insert(daily_counts).values(key=place.key(), **members, **sums))
    engine.dispose()
    opened = await open_store(sqlite_url(folder))
    assert await found(opened, WANTED, "campaign") == {"c0": (9, 2, 1, 2, 3, 0)}
    assert await found(opened, YEAR, "channel") == {"Paid Search": (27, 6, 3, 6, 9, 0)}
    assert await found(opened, YEAR, "term") == {}
    await opened.close()
