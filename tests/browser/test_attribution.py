"""Which contact a lead is attributed to, and what becomes of cookies that are no good."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp
import msgspec
import pytest

from collector.domain.attribution import Attribution, merge, new_attribution
from collector.domain.times import DAY
from collector.domain.token import TokenSigner
from collector.domain.touch import PageView, touch_of
from tests.browser.marks import fresh
from tests.browser.shop import AD, AD_METADATA, GCLID, SIGNING_KEY, Shop
from tests.browser.site import PAGES, Page
from tests.browser.visitor import DOMAIN, Visitor
from tests.serving import Collector

OTHER_KEY = "another signing key of the tests: not secret"
GOOGLE = "https://www.google.com/"


async def test_an_organic_return_does_not_wipe_the_paid_click(
    shop: Shop, visitor: Visitor
) -> None:
    await visitor.land(f"/?{AD}")
    link = f'<a href="{shop.url("/about")}">Garden rooms</a>'
    await visitor.page.route(
        f"{GOOGLE}**", lambda route: route.fulfill(body=link, content_type="text/html")
    )
    await visitor.page.goto(f"{GOOGLE}search?q=garden+rooms")
    await visitor.page.get_by_role("link").click()
    answer = await visitor.known()
    assert answer["attribution"]["last"]["channel"] == "Organic Search"
    await visitor.follow("Contact")
    await visitor.submit()
    lead = await shop.inbox.only()
    assert lead.metadata == AD_METADATA
    attribution = lead.stored.attribution
    assert attribution["first"]["channel"] == "Paid Search"
    assert attribution["last"]["referrer"] == GOOGLE
    assert attribution["last"]["channel"] == "Organic Search"
    assert attribution["touches"] == 2


async def test_a_shared_link_keeps_the_click_ids_of_both_networks(
    shop: Shop, visitor: Visitor
) -> None:
    await visitor.land(f"/?gclid={GCLID}&fbclid=IwZXh0bgNhZW0BMABh")
    await visitor.follow("Contact")
    await visitor.submit()
    lead = await shop.inbox.only()
    assert lead.metadata == {"fbclid": "IwZXh0bgNhZW0BMABh", "gclid": GCLID}
    last = lead.stored.attribution["last"]
    assert (last["reason"], last["source"]) == ("shared link", "facebook")


async def test_values_are_decoded_once_and_otherwise_left_alone(
    shop: Shop, visitor: Visitor
) -> None:
    await visitor.land("/?gclid=Cj0%2BK%20x%C3%BC%FF%3D+1&utm_campaign=a%20b+c%26d")
    await visitor.follow("About us")
    await visitor.follow("Contact")
    await visitor.submit()
    metadata = {"gclid": "Cj0+K xü%FF=+1", "utm_campaign": "a b c&d"}
    assert (await shop.inbox.only()).metadata == metadata


async def test_two_captures_of_one_site_share_the_visitor(shop: Shop, visitor: Visitor) -> None:
    second = await shop.add_capture("Call me back")
    callback = {name: text.replace("{source_id}", second) for name, text in _texts("/contact")}
    shop.site.pages["/callback"] = Page(**callback)
    await shop.collector_knows(second)
    await visitor.land(f"/?{AD}")
    await visitor.follow("Contact")
    await visitor.submit(email="ada@example.com")
    await visitor.land("/callback")
    await visitor.submit(email="ada@example.com")
    leads = await shop.inbox.exactly(2)
    assert [lead.body["source_id"] for lead in leads] == [shop.site.source_id, second]
    assert [lead.metadata for lead in leads] == [AD_METADATA] * 2


def _texts(path: str) -> list[tuple[str, Any]]:
    page = PAGES[path]
    return [("body", page.body), ("tag", page.tag)]


def signed(key: str = SIGNING_KEY, *, age_days: int = 0, **changes: Any) -> str:
    """Make the token of a visitor who came by an ad of long ago."""
    at = int(datetime.now(UTC).timestamp() * 1e6) - age_days * DAY
    view = PageView(
        url=f"https://www.{DOMAIN}/?gclid=of-the-cookie", referrer="", at=at,
        own_domains=frozenset({DOMAIN}),
    )  # fmt: skip
    attribution = merge(
        new_attribution(site=DOMAIN, visitor="visitor", at=at), touch_of(view)
    ).attribution
    changed: Attribution = msgspec.structs.replace(attribution, **changes)
    return TokenSigner([key], "_lc", 400 * 86_400).sign(changed)


def tampered() -> str:
    """Change one letter in the middle of what is signed."""
    token = signed()
    return token[:40] + ("A" if token[40] != "A" else "B") + token[41:]


BAD_COOKIES: dict[str, tuple[Callable[[], str], str]] = {
    "tampered": (tampered, "signature"),
    "cut": (lambda: signed()[:-9], "malformed"),
    "expired": (lambda: signed(age_days=91), "expired"),
    "signed by a foreign key": (lambda: signed(OTHER_KEY), "key"),
    "oversized": (lambda: "x" * 3_900, "oversized"),
    "of another version": (lambda: signed(version=2), "version"),
    "of another site": (lambda: signed(site="example.org"), "site"),
}


async def rejected(collector: Collector) -> dict[str, float]:
    """Read from /metrics how many tokens were rejected, by reason."""
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"{collector.base}/metrics") as answer,
    ):
        text = await answer.text()
    found = re.findall(
        r'^collector_cookie_rejects_total{reason="(\w+)"} (\S+)$', text, re.MULTILINE
    )
    return {reason: float(count) for reason, count in found}


async def test_a_good_cookie_is_what_the_bad_ones_are_measured_by(
    shop: Shop, visitor: Visitor
) -> None:
    await visitor.have_cookie(signed())
    await visitor.page.goto(shop.url("/contact"))
    await visitor.submit()
    assert (await shop.inbox.only()).metadata == {"gclid": "of-the-cookie"}


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(*case, id=name, marks=[pytest.mark.long] if name.startswith("of") else [])
        for name, case in BAD_COOKIES.items()
    ],
)
async def test_a_bad_cookie_costs_no_lead_is_counted_by_reason_and_replaced_by_the_next_view(
    shop: Shop, visitor: Visitor, make: Callable[[], str], reason: str
) -> None:
    shop.site.pages["/callback"] = Page(body=PAGES["/contact"].body, tag="")
    await visitor.have_cookie(make())
    before = await rejected(shop.collector)
    count = before.get(reason, 0)
    await visitor.page.goto(shop.url("/callback"))
    await visitor.submit(email="ada@example.com")
    assert await rejected(shop.collector) == before | {reason: count + 1}
    await visitor.land(f"/?{AD}")
    assert await rejected(shop.collector) == before | {reason: count + 2}
    await visitor.page.goto(shop.url("/callback"))
    await visitor.submit(email="grace@example.com")
    assert await rejected(shop.collector) == before | {reason: count + 2}
    ada, grace = sorted(await shop.inbox.exactly(2), key=lambda lead: lead.stored.received_at)
    assert ada.body["fields"]["email"] == "ada@example.com"
    assert ada.metadata == {}
    assert ada.stored.attribution["reason"] == f"token rejected: {reason}"
    assert grace.metadata == AD_METADATA


@fresh
async def restartable(shop: Shop) -> AsyncIterator[Collector]:
    """The collector, for tests that start it anew; afterwards it serves as before."""
    settings = dict(shop.collector.settings)
    yield shop.collector
    shop.collector.settings = settings
    await shop.collector.restart()


async def test_a_rotated_key_costs_no_visitor(
    shop: Shop, visitor: Visitor, restartable: Collector
) -> None:
    await visitor.land(f"/?{AD}")
    old = await visitor.cookie()
    await restartable.restart(secret_keys=f"{OTHER_KEY},{SIGNING_KEY}")
    await visitor.land("/about")
    new = await visitor.cookie()
    assert old is not None
    assert new is not None
    assert old["value"][:4] != new["value"][:4]
    await restartable.restart(secret_keys=OTHER_KEY)
    await visitor.page.goto(shop.url("/contact"))
    await visitor.submit()
    assert (await shop.inbox.only()).metadata == AD_METADATA


async def test_a_lead_that_came_while_no_worker_ran_is_delivered_later_as_it_was(
    shop: Shop, visitor: Visitor, restartable: Collector
) -> None:
    await restartable.restart("--no-worker")
    await visitor.land(f"/?{AD}")
    await visitor.follow("Contact")
    await visitor.submit(email="ada@example.com", name="Ada")
    (stored,) = await shop.inbox.stored()
    assert shop.inbox.received_nothing()
    await restartable.restart()
    lead = await shop.inbox.only()
    assert lead.metadata == AD_METADATA
    assert lead.stored == stored


async def test_going_back_and_forward_adds_no_touch_and_loses_none(
    shop: Shop, visitor: Visitor
) -> None:
    await visitor.land(f"/?{AD}")
    await visitor.follow("Contact")
    await visitor.page.go_back()
    await visitor.page.go_forward()
    await visitor.submit()
    lead = await shop.inbox.only()
    assert lead.metadata == AD_METADATA
    assert lead.stored.attribution["touches"] == 1
