"""What the console asks of a database: found by an index, page by page, however much there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, delete, event, select, update

from collector.domain.json_values import encode_json
from collector.storage import lead_facets
from collector.storage.captures import CreateCapture, LinkDestination
from collector.storage.delivery_pages import (
    DeliveryPageFilter,
    count_tabs,
    find_deliveries,
)
from collector.storage.destinations import CreateDestination, StoredDestination
from collector.storage.erasure import EraseEvents
from collector.storage.events import StoreEvent, event_row
from collector.storage.histories import read_histories
from collector.storage.lead_counts import count_lead_tabs
from collector.storage.lead_facets import count_facets
from collector.storage.leads import NEWEST, LeadFilter, Place, find_leads
from collector.storage.list_tables import event_words
from collector.storage.preview import last_event
from collector.storage.receipts import ConcludeAgain
from collector.storage.store import Store
from collector.storage.tables import COUNTED, events
from collector.storage.tallies import count_leads
from collector.storage.words import add_lacking_words, words_lack
from tests.contract.test_store import event as new_event
from tests.installation import SOURCE, new_capture

OTHER = SOURCE[:-1] + "2"
COUNT = 600
CAME: dict[str, Any] = {
    "last": {
        "at": "2026-11-24T02:00:00.000Z",
        "source": "google",
        "medium": "cpc",
        "channel": "Paid Search",
        "campaign": "spring",
        "parameters": {"gclid": "Cj0"},
        "landing_page": "https://www.example.com/a?b=c",
    },
    "touches": 1,
}

LISTS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "every lead": (find_leads, (LeadFilter(),)),
    "from a place on": (find_leads, (LeadFilter(), Place(300, "x"))),
    "of one capture": (find_leads, (LeadFilter(source_ids=(SOURCE,)),)),
    "of two captures": (find_leads, (LeadFilter(source_ids=(SOURCE, OTHER)),)),
    "of some days": (find_leads, (LeadFilter(since=100, until=200),)),
    "spam": (find_leads, (LeadFilter(tab="spam"),)),
    "failed": (find_leads, (LeadFilter(tab="failed"),)),
    "tests of one capture": (find_leads, (LeadFilter(tab="test", source_ids=(SOURCE,)),)),
    "by channel": (find_leads, (LeadFilter(channel="Paid Search"),)),
    "by campaign, of some days": (find_leads, (LeadFilter(campaign="spring", since=100),)),
    "by landing page": (find_leads, (LeadFilter(page="www.example.com/a"),)),
    "by click id": (find_leads, (LeadFilter(click="gclid", source_ids=(OTHER,)),)),
    "by the beginning of a name": (find_leads, (LeadFilter(search="n5"),)),
    "failed, by a name": (find_leads, (LeadFilter(search="ada", tab="failed"),)),
    "facets of every lead": (count_facets, (LeadFilter(), None)),
    "facets of what is chosen": (
        count_facets,
        (LeadFilter(source_ids=(OTHER,), channel="Paid Search", click="gclid"), None),
    ),
    "every delivery": (find_deliveries, (DeliveryPageFilter(),)),
    "deliveries that failed": (find_deliveries, (DeliveryPageFilter(tab="refused"),)),
    "deliveries that wait": (find_deliveries, (DeliveryPageFilter(tab="ready"),)),
    "deliveries that are held": (find_deliveries, (DeliveryPageFilter(tab="held"),)),
    "deliveries that have not arrived": (
        find_deliveries,
        (DeliveryPageFilter(tab="undelivered", since=100, until=200),),
    ),
    "how many wait and failed": (count_tabs, ()),
    "how many leads": (count_lead_tabs, (None,)),
    "how many leads of captures": (count_lead_tabs, ((SOURCE, OTHER),)),
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
            fields={"name": f"Ada N{number}", "email": f"n{number}@example.com"},
            attribution=CAME if number % 4 == 0 else {},
            marks=marks,
        )
        store.write(StoreEvent(row=event_row(made, "{}")))
    await store.write(StoreEvent(row=event_row(new_event(COUNT, received_at=COUNT), "{}")))
    await count_leads(store)
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
        for way in ("seqscan", "sort"):  # the table is tiny here
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
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
        for table in ("events", "deliveries", "event_words"):
            assert f"SCAN {table}'" not in plan, plan
            assert f"Seq Scan on {table}" not in plan, plan


OF_ONE_CAPTURE: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "its leads": (find_leads, (LeadFilter(source_ids=(SOURCE,)),)),
    "its spam": (find_leads, (LeadFilter(source_ids=(SOURCE,), tab="spam"),)),
    "how many leads it has": (count_lead_tabs, ((SOURCE,),)),
    "its last event": (last_event, (SOURCE,)),
    "what arrived at each": (read_histories, ()),
}


@pytest.mark.parametrize(("query", "arguments"), OF_ONE_CAPTURE.values(), ids=OF_ONE_CAPTURE)
async def test_a_capture_that_is_silent_for_long_is_not_looked_for_among_all_events(
    filled: Store, query: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    found = "\n".join(await filled.read(plans, query, *arguments)).replace(" ", "")
    assert "(source_id,received_at)" in found


async def test_what_waits_in_a_lane_is_listed_without_sorting_all_of_it(filled: Store) -> None:
    made = StoredDestination(
        id="d_1", kind="webhook", name="W", config={}, secrets="", created_at=1, changed_at=1
    )
    await filled.write(CreateDestination(destination=made))
    await filled.write(LinkDestination(source_id=SOURCE, destination_id="d_1"))
    for number in range(COUNT + 1, COUNT + 51):
        await filled.write(StoreEvent(row=event_row(new_event(number, received_at=number), "{}")))
    found = await filled.read(plans, find_deliveries, DeliveryPageFilter(tab="ready"))
    [plan] = [one for one in found if "ix_deliveries_waiting" in one]
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


async def test_pages_join_without_gap_or_repeat_whatever_is_asked(filled: Store) -> None:
    everything = (
        LeadFilter(),
        LeadFilter(source_ids=(SOURCE, OTHER)),
        LeadFilter(tab="spam"),
        LeadFilter(search="ada"),
        LeadFilter(channel="Paid Search"),
        LeadFilter(click="gclid", source_ids=(OTHER,), since=100),
    )
    for wanted in everything:
        seen: list[int] = []
        after: Place | None = NEWEST
        while after is not None:
            page = await filled.read(find_leads, wanted, after, 7)
            seen += [lead.received_at for lead in page.leads]
            after = page.after
        spam = wanted.tab == "spam"
        facet = bool(wanted.channel or wanted.click)
        expected = [
            n
            for n in range(wanted.since or 0, COUNT)
            if (n % 10 == 0) is spam
            and not (facet and n % 4)
            and (wanted.source_ids != (OTHER,) or n % 3 == 0)
        ]
        last = [] if spam or facet or wanted.source_ids == (OTHER,) else [COUNT]
        assert seen == [*last, *reversed(expected)]


async def test_leads_are_counted_by_tab(filled: Store) -> None:
    everything = {"all": COUNT * 9 // 10 + 1, "spam": COUNT // 10, "test": 0, "failed": 0}
    assert await filled.read(count_lead_tabs, None) == everything
    assert await filled.read(count_lead_tabs, [OTHER]) == {"all": 180, "spam": 20, "test": 0}
    assert await filled.read(count_lead_tabs, []) == {"all": 0, "spam": 0, "test": 0}


async def test_a_search_stops_when_enough_was_looked_at_and_goes_on_from_there(
    filled: Store,
) -> None:
    wanted = LeadFilter(search="ada n7")
    first = await filled.read(find_leads, wanted, NEWEST, 50, 400)
    assert (first.leads, first.stopped) == ([], True)
    assert first.after is not None
    second = await filled.read(find_leads, wanted, first.after, 50, 400)
    named = [lead.name for lead in second.leads]
    assert (named, second.stopped) == ([f"Ada N7{n}" for n in range(9, 0, -1)] + ["Ada N7"], False)


async def test_a_search_among_failures_stops_too_where_none_is_found(filled: Store) -> None:
    wanted = LeadFilter(search="ada", tab="failed")
    page = await filled.read(find_leads, wanted, NEWEST, 50, 400)
    assert (page.leads, page.stopped) == ([], True)


async def test_failures_are_counted_to_the_limit_and_not_all_of_them_first(filled: Store) -> None:
    found = await filled.read(plans, count_lead_tabs, None)
    [plan] = [one for one in found if "ix_deliveries_failed" in one]
    for word in ("HashAggregate", "Sort", "TEMP B-TREE"):
        assert word not in plan, plan


async def test_a_search_finds_what_people_know_of_a_lead(store: Store) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    fields = {
        "name": "Dörte Meyer-Landrut",
        "email": "Doerte@Firma.example",
        "telefon": "+49 (0)30 / 901820",
        "company": "Grün & Söhne",
    }
    one = new_event(1, event_id="Order-77", fields=fields, attribution=CAME)
    await store.write(StoreEvent(row=event_row(one, "{}")))
    await count_leads(store)

    async def found(text: str) -> bool:
        page = await store.read(find_leads, LeadFilter(search=text))
        return [lead.id for lead in page.leads] == [one.id]

    known = (
        *("dörte", "DÖR", "meyer-landr", "landrut dörte", "doerte@firma.example", "doerte@f"),
        *("firma.example", "030 901820", "901820", "order-77", "cj0", "söhne"),
    )
    assert [text for text in known if not await found(text)] == []
    unknown = ("dörte schmidt", "örte", "orte@firma", "040 901820", "order-8", "30 9")
    assert [text for text in unknown if await found(text)] == []
    plainer = ("dorte", "doerte meyer", "sohne", "SOEHNE", "Dòrte", "grun")
    assert [text for text in plainer if not await found(text)] == []
    await store.write(WordedByOlderVersion())
    assert [text for text in ("dörte", "Söhne", "landrut") if not await found(text)] == []
    assert not await found("dorte")


async def test_an_erased_lead_leaves_no_word_and_takes_none_of_another(store: Store) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    both = [new_event(n, received_at=5, fields={"name": f"Ada N{n}"}) for n in (1, 2)]
    for one in both:
        await store.write(StoreEvent(row=event_row(one, "{}")))
    await count_leads(store)
    await store.write(EraseEvents(ids=[both[0].id], now=9))
    assert "n1" not in await store.read(every_word)
    assert {"ada", "n2"} <= await store.read(every_word)
    await store.write(EraseEvents(ids=[both[1].id], now=9))
    assert await store.read(every_word) == set()


async def test_leads_that_an_older_version_counted_are_found_after_a_while(filled: Store) -> None:
    await filled.write(CountedByOlderVersion())
    for _ in range(3):
        await add_lacking_words(filled)
    page = await filled.read(find_leads, LeadFilter(search="n7"))
    assert [lead.name for lead in page.leads][-1] == "Ada N7"
    assert not await filled.read(words_lack)


async def test_what_is_concluded_again_is_found_by_that(filled: Store) -> None:
    [lead] = (await filled.read(find_leads, LeadFilter(campaign="spring"), NEWEST, 1)).leads
    new = encode_json({**CAME, "last": {**CAME["last"], "campaign": "summer"}})
    write = ConcludeAgain(
        event=lead.id, was=encode_json(CAME), attribution=new, metadata=encode_json({})
    )
    assert await filled.write(write)
    await add_lacking_words(filled)
    found = await filled.read(find_leads, LeadFilter(campaign="summer"))
    assert [one.id for one in found.leads] == [lead.id]


def every_word(connection: Connection) -> set[str]:
    return set(connection.execute(select(event_words.c.word)).scalars())


class WordedByOlderVersion:
    """A version that knew words in their own spelling alone wrote them."""

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Any]) -> Sequence[None]:
        plainer = ("dorte", "doerte", "sohne", "soehne", "grun", "gruen")
        connection.execute(delete(event_words).where(event_words.c.word.in_(plainer)))
        return [None] * len(writes)


class CountedByOlderVersion:
    """A version that knew no words counted every lead."""

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Any]) -> Sequence[None]:
        connection.execute(delete(event_words))
        connection.execute(update(events).values(counted=COUNTED))
        return [None] * len(writes)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> int:
    """More leads than any filter of a test leaves, and fewer than there are."""
    monkeypatch.setattr(lead_facets, "LOOKED", 500)
    return lead_facets.LOOKED


@pytest.mark.usefixtures("looked")
async def test_facets_are_counted_by_all_filters_but_their_own(filled: Store) -> None:
    chosen = LeadFilter(source_ids=(OTHER,), channel="Paid Search")
    found = await filled.read(count_facets, chosen, None)
    paid = [n for n in range(COUNT) if n % 4 == 0 and n % 10]
    others = [n for n in range(COUNT) if n % 3 == 0 and n % 10]
    both = len(set(paid) & set(others))
    assert found.whole
    assert found.counts == {
        "capture": {SOURCE: len(paid) - both, OTHER: both},
        "channel": {"Paid Search": both},
        "source": {"google": both},
        "campaign": {"spring": both},
        "click": {"gclid": both},
    }


async def test_facets_of_many_leads_are_those_of_the_newest(filled: Store, looked: int) -> None:
    found = await filled.read(count_facets, LeadFilter(tab="every"), None)
    assert not found.whole
    assert sum(found.counts["capture"].values()) == looked
    limited = await filled.read(count_facets, LeadFilter(source_ids=(OTHER,)), (OTHER,))
    assert limited.whole
    assert list(limited.counts["capture"]) == [OTHER]
