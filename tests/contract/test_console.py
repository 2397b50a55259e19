"""What the console asks of a database: found by an index, page by page, however much there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, event

from collector.storage.captures import CreateCapture
from collector.storage.delivery_pages import (
    DeliveryPageFilter,
    count_tabs,
    find_deliveries,
)
from collector.storage.events import StoreEvent, event_row
from collector.storage.leads import NEWEST, LeadFilter, Place, find_leads
from collector.storage.store import Store
from tests.contract.test_store import event as new_event
from tests.installation import SOURCE, new_capture

OTHER = SOURCE[:-1] + "2"
COUNT = 600

LISTS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "every lead": (find_leads, (LeadFilter(),)),
    "from a place on": (find_leads, (LeadFilter(), Place(300, "x"))),
    "of one capture": (find_leads, (LeadFilter(source_ids=(SOURCE,)),)),
    "of two captures": (find_leads, (LeadFilter(source_ids=(SOURCE, OTHER)),)),
    "of some days": (find_leads, (LeadFilter(since=100, until=200),)),
    "spam": (find_leads, (LeadFilter(tab="spam"),)),
    "failed": (find_leads, (LeadFilter(tab="failed"),)),
    "every delivery": (find_deliveries, (DeliveryPageFilter(),)),
    "deliveries that failed": (find_deliveries, (DeliveryPageFilter(tab="refused"),)),
    "deliveries that wait": (find_deliveries, (DeliveryPageFilter(tab="ready"),)),
    "deliveries that are held": (find_deliveries, (DeliveryPageFilter(tab="held"),)),
    "how many wait and failed": (count_tabs, ()),
}


@pytest.fixture
async def filled(store: Store) -> Store:
    for source_id in (SOURCE, OTHER):
        await store.write(CreateCapture(capture=new_capture(source_id=source_id)))
    for number in range(COUNT):
        marks = {"spam": "x"} if number % 10 == 0 else {}
        made = new_event(
            number,
            received_at=number,
            source_id=SOURCE if number % 3 else OTHER,
            fields={"name": f"N{number}"},
            marks=marks,
        )
        store.write(StoreEvent(row=event_row(made, "{}")))
    await store.write(StoreEvent(row=event_row(new_event(COUNT, received_at=COUNT), "{}")))
    return store


def plans(connection: Connection, query: Callable[..., Any], *arguments: Any) -> list[str]:
    """Say how the database carries out each statement of a query."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    query(connection, *arguments)
    event.remove(connection, "before_cursor_execute", note)
    word = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # the table is tiny here
    return [
        "\n".join(str(row) for row in connection.exec_driver_sql(f"{word} {text}", values))
        for text, values in asked
    ]


@pytest.mark.parametrize(("query", "arguments"), LISTS.values(), ids=LISTS)
async def test_no_list_reads_a_whole_table(
    filled: Store, query: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    found = await filled.read(plans, query, *arguments)
    assert found
    for plan in found:
        for table in ("events", "deliveries"):
            assert f"SCAN {table}'" not in plan, plan
            assert f"Seq Scan on {table}" not in plan, plan


async def test_pages_join_without_gap_or_repeat_whatever_is_asked(filled: Store) -> None:
    for wanted in (LeadFilter(), LeadFilter(source_ids=(SOURCE, OTHER)), LeadFilter(tab="spam")):
        seen: list[int] = []
        after: Place | None = NEWEST
        while after is not None:
            page = await filled.read(find_leads, wanted, after, 7)
            seen += [lead.received_at for lead in page.leads]
            after = page.after
        spam = wanted.tab == "spam"
        expected = [n for n in range(COUNT) if (n % 10 == 0) is spam]
        assert seen == [*([] if spam else [COUNT]), *reversed(expected)]


async def test_a_search_stops_when_enough_was_looked_at_and_goes_on_from_there(
    filled: Store,
) -> None:
    wanted = LeadFilter(search='n7"')
    first = await filled.read(find_leads, wanted, NEWEST, 50, 400)
    assert (first.leads, first.stopped) == ([], True)
    assert first.after is not None
    second = await filled.read(find_leads, wanted, first.after, 50, 400)
    assert ([lead.name for lead in second.leads], second.stopped) == (["N7"], False)
