"""What every database must do for campaign links: keep rules, templates and links."""

from __future__ import annotations

import asyncio

import pytest

from collector.domain.errors import InputError
from collector.domain.landing_faults import LandingFault
from collector.domain.link_rules import LinkRules
from collector.domain.link_templates import TEMPLATES
from collector.domain.registered_link import RegisteredLink, Registrar
from collector.domain.tables import SHIPPED_TABLES
from collector.domain.tally import Spot, spot_of_touch
from collector.domain.times import DAY
from collector.domain.touch import PageView, touch_of
from collector.storage import landing_faults, registered_links
from collector.storage.captures import CreateCapture
from collector.storage.erasure import EraseEvents
from collector.storage.events import StoreEvent, event_row
from collector.storage.landing_faults import AddLandingFaults, FaultSpot, count_faults
from collector.storage.link_rules import (
    DeleteTemplate,
    SaveLinkRules,
    SaveTemplate,
    find_link_rules,
    read_link_rules,
)
from collector.storage.recount import Recount
from collector.storage.registered_links import (
    ForgetLink,
    RegisterLinks,
    brought_by,
    list_links,
)
from collector.storage.store import Store
from collector.storage.tallies import AddTouches, CountLeads
from tests.contract.test_store import EVENT, event
from tests.installation import SOURCE, new_capture

TODAY = EVENT.received_at // DAY
OTHER = SOURCE[:-1] + "9"
AD = "https://www.example.com/a?utm_source=google&utm_medium=cpc&utm_campaign=Spring"
MAIL = "https://www.example.com/a?utm_source=news&utm_medium=email"
MACRO = "https://www.example.com/a?utm_source=bing&utm_medium=cpc&utm_campaign={campaignid}"

RULES = LinkRules(
    separator="-",
    sources={"google": ("adwords",)},
    allow_placeholders=True,
)


async def test_rules_are_kept_and_replaced(store: Store) -> None:
    assert await store.read(find_link_rules) is None
    none = await store.read(read_link_rules)
    assert (none.sources, set(none.templates)) == ({}, set(TEMPLATES))
    await asyncio.gather(
        *(store.write(SaveLinkRules(rules=RULES, now=number)) for number in range(4))
    )
    assert await store.read(find_link_rules) == RULES
    await store.write(SaveLinkRules(rules=LinkRules(case="any"), now=9))
    assert await store.read(find_link_rules) == LinkRules(case="any")


async def test_a_template_of_ones_own_stands_instead_of_one_that_comes_along(store: Store) -> None:
    mail, fair = {"utm_source": "mail"}, {"utm_source": "fair"}
    await store.write(SaveTemplate(name="newsletter", values={"utm_source": "x"}, now=1))
    await store.write(SaveTemplate(name="newsletter", values=mail, now=2))
    with_one = LinkRules(templates={"fair": fair})
    await store.write(SaveLinkRules(rules=with_one, now=3))
    templates = (await store.read(read_link_rules)).templates
    assert (templates["newsletter"], templates["fair"]) == (mail, fair)
    await store.write(DeleteTemplate(name="newsletter"))
    templates = (await store.read(read_link_rules)).templates
    assert templates["newsletter"] == dict(TEMPLATES["newsletter"])
    assert templates["fair"] == fair


async def test_what_contradicts_itself_is_not_kept(store: Store) -> None:
    twice = LinkRules(sources={"google": ("ads",), "bing": ("Ads",)})
    with pytest.raises(InputError):
        await store.write(SaveLinkRules(rules=twice, now=1))
    with pytest.raises(InputError):
        await store.write(SaveTemplate(name="Own", values={"utm_source": "x"}, now=1))
    assert await store.read(find_link_rules) is None


def link(url: str, number: int = 1) -> RegisteredLink:
    made = Registrar(rules=LinkRules(case="any"), tables=SHIPPED_TABLES, now=number)
    return made.link(url, "", str(number))


def spot(url: str, day: int = TODAY, source_id: str = SOURCE) -> Spot:
    view = PageView(url=url, referrer="", at=day * DAY, own_domains=frozenset())
    return spot_of_touch(day * DAY, source_id, touch_of(view), SHIPPED_TABLES)


def lead(number: int, ago: int = 0) -> StoreEvent:
    came_by = {
        "at": "2026-11-24T02:00:00.000Z",
        "channel": "Paid Search",
        "source": "google",
        "medium": "cpc",
        "campaign": "Spring",
        "parameters": {"utm_source": "google"},
        "landing_page": "https://www.example.com/a",
    }
    one = event(
        number,
        received_at=EVENT.received_at - ago * DAY,
        attribution={"first": came_by, "last": came_by, "touches": 1},
        event_id=f"e-{number}",
        marks={},
    )
    return StoreEvent(row=event_row(one, "{}"))


async def brought(store: Store, *source_ids: str) -> dict[str, tuple[int, int, int, int | None]]:
    links = await store.read(list_links)
    found = await store.read(brought_by, links, source_ids or None)
    return {one.link.id: (one.touches, one.leads, one.elsewhere, one.last_day) for one in found}


async def test_a_link_is_registered_once_and_forgotten(store: Store) -> None:
    assert await store.write(RegisterLinks(links=[link(AD), link(MAIL, 2)])) == 2
    assert await store.write(RegisterLinks(links=[link(AD, 3), link(f"{AD}&a=1", 4)])) == 1
    assert [one.id for one in await store.read(list_links)] == ["4", "2", "1"]
    assert await store.write(ForgetLink(id="2")) is True
    assert await store.write(ForgetLink(id="2")) is False
    assert [one.id for one in await store.read(list_links)] == ["4", "1"]


async def test_no_more_links_than_a_list_can_be(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registered_links, "MOST", 1)
    with pytest.raises(InputError):
        await store.write(RegisterLinks(links=[link(AD), link(MAIL, 2)]))
    assert await store.read(list_links) == []


async def test_touches_and_leads_are_counted_for_their_links(store: Store) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    await store.write(AddTouches(touches={spot(AD): 9}))  # nobody had registered it yet
    await store.write(RegisterLinks(links=[link(AD), link(MAIL, 2), link(MACRO, 3)]))
    came = {
        spot(AD): 3,
        spot(f"{AD}&gclid=x", TODAY - 1): 2,
        spot(AD.replace("/a", "/b")): 4,
        spot(AD, source_id=OTHER): 1,
        spot(MACRO.replace("{campaignid}", "77")): 5,
        spot("https://www.example.com/a?utm_source=unknown"): 8,
    }
    await store.write(AddTouches(touches=came))
    assert await brought(store) == {
        "1": (6, 0, 4, TODAY),
        "2": (0, 0, 0, None),
        "3": (5, 0, 0, TODAY),
    }
    assert (await brought(store, OTHER))["1"] == (1, 0, 0, TODAY)
    await store.write(lead(1))
    await store.write(CountLeads())
    assert (await brought(store))["1"][:2] == (6, 1)
    await store.write(Recount())
    assert (await brought(store))["1"][:2] == (6, 0)
    await store.write(CountLeads())
    assert (await brought(store))["1"][:2] == (6, 1)


async def test_leads_of_days_that_stay_are_kept_by_a_recount(store: Store) -> None:
    await store.write(CreateCapture(capture=new_capture()))
    await store.write(RegisterLinks(links=[link(AD)]))
    await store.write(AddTouches(touches={spot(AD): 1, spot(AD, TODAY - 1): 2}))
    await asyncio.gather(*(store.write(lead(*one)) for one in ((1,), (2, 1), (3, 1))))
    await store.write(CountLeads())
    assert await brought(store) == {"1": (3, 3, 0, TODAY)}
    await store.write(EraseEvents(ids=[event(3).id], now=9))
    assert await store.write(Recount()) == 1
    assert await brought(store) == {"1": (3, 2, 0, TODAY)}
    await store.write(CountLeads())
    assert await brought(store) == {"1": (3, 3, 0, TODAY)}


def fault(name: str, day: int = TODAY, source_id: str = SOURCE) -> FaultSpot:
    return FaultSpot(day, source_id, LandingFault("misspelt_name", name, "www.example.com/a"))


async def test_faults_of_landings_add_up_by_capture_and_day(store: Store) -> None:
    more = {fault("utm_campain"): 2, fault("utm_campain", TODAY - 1): 3, fault("utm_b", 9): 9}
    await asyncio.gather(
        store.write(AddLandingFaults(views=more)),
        store.write(AddLandingFaults(views={fault("utm_campain"): 4})),
        store.write(AddLandingFaults(views={fault("utm_sorce", source_id=OTHER): 1})),
    )
    every = await store.read(count_faults, TODAY - 1, None)
    assert every == {fault("utm_campain").fault: 9, fault("utm_sorce").fault: 1}
    assert await store.read(count_faults, TODAY, (OTHER,)) == {fault("utm_sorce").fault: 1}
    assert await store.read(count_faults, TODAY, ()) == {}


async def test_faults_beyond_the_limit_of_a_day_are_one_by_code(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing_faults, "FAULTS_A_DAY", 2)
    for number in range(4):
        await store.write(AddLandingFaults(views={fault(f"utm_{number}"): 1}))
    await store.write(AddLandingFaults(views={fault("utm_1"): 1, fault("utm_x", TODAY - 1): 1}))
    found = await store.read(count_faults, TODAY - 1, None)
    names = {one.name: count for one, count in found.items()}
    assert names == {"utm_0": 1, "utm_1": 2, "(other)": 2, "utm_x": 1}
