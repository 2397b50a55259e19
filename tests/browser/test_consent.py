"""Consent: nothing is kept without it, and nothing is lost when it comes late."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from playwright.async_api import expect

from tests.browser.marks import EVERYWHERE
from tests.browser.shop import AD, AD_METADATA, GA_CLIENT_ID, Shop, Topology
from tests.browser.site import FORM, Page
from tests.browser.visitor import Visitor, answers_view


@pytest.fixture
def asks(shop: Shop) -> Shop:
    """A shop whose pages store nothing before the visitor agrees."""
    needs = 'data-consent="required"'
    shop.site.pages["/"] = Page(
        body='<h1>Garden rooms</h1><a href="/contact">Contact</a>', attributes=needs
    )
    shop.site.pages["/contact"] = Page(body=f"<h1>Contact</h1>{FORM}", attributes=needs)
    return shop


async def open_page(visitor: Visitor, path: str) -> None:
    """Open a page and wait until its script runs: it asks the collector nothing yet."""
    await visitor.page.goto(visitor.shop.url(path))
    await has_script(visitor)


async def has_script(visitor: Visitor) -> None:
    await visitor.page.wait_for_function("window.collector?.tags")


async def decide(visitor: Visitor, answer: str) -> None:
    """Answer the page's question for the first time and wait for the report of it."""
    async with visitor.page.expect_response(answers_view):
        await visitor.page.evaluate("(answer) => collector.consent(answer)", answer)


async def keeps_nothing(visitor: Visitor) -> bool:
    return await visitor.cookie() is None and await visitor.storage() == {}


def form_post(shop: Shop) -> dict[str, str]:
    (post,) = shop.front.posts("/f")
    return dict(parse_qsl(post.body.decode(), keep_blank_values=True))


@EVERYWHERE
async def test_a_refusal_leaves_nothing_on_the_device_and_nothing_on_the_lead(
    asks: Shop, visitor: Visitor, place: Topology
) -> None:
    asks.use(place)
    await visitor.have_analytics()
    await open_page(visitor, f"/contact?{AD}")
    assert asks.front.posts("/t") == []
    await decide(visitor, "denied")
    assert await keeps_nothing(visitor)
    (report,) = asks.front.views()
    assert {name: value for name, value in report.items() if value} == {
        "source_id": asks.site.source_id,
        "url": asks.origin(),
        "consent": {"state": "denied", "by": "api"},
    }
    await visitor.submit(email="ada@example.com")
    lead = await asks.inbox.only()
    assert lead.metadata == {}
    assert lead.body["fields"]["email"] == "ada@example.com"
    assert lead.stored.attribution["reason"] == "consent"
    assert (lead.stored.consent.state, lead.stored.consent.by) == ("denied", "api")
    sent = form_post(asks)
    assert {name for name in sent if name.startswith("_")} == {"_consent", "_event_id"}


@EVERYWHERE
async def test_values_are_still_there_when_consent_comes_later_on_the_same_page(
    asks: Shop, visitor: Visitor, place: Topology
) -> None:
    asks.use(place)
    await visitor.have_analytics()
    await open_page(visitor, f"/?{AD}")
    await visitor.page.evaluate("history.pushState({}, '', '/rooms')")
    assert asks.front.posts("/t") == []
    assert await keeps_nothing(visitor)
    await decide(visitor, "granted")
    await visitor.known()
    assert not await keeps_nothing(visitor)
    await visitor.page.get_by_role("link", name="Contact").click()
    await expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Contact")
    await has_script(visitor)
    await decide(visitor, "granted")
    await visitor.submit()
    assert (await asks.inbox.only()).metadata == {"ga_client_id": GA_CLIENT_ID} | AD_METADATA


async def test_values_of_the_landing_come_with_the_lead_once_consent_was_given(
    asks: Shop, visitor: Visitor
) -> None:
    await visitor.have_analytics()
    await open_page(visitor, f"/contact?{AD}")
    await decide(visitor, "granted")
    await visitor.submit()
    lead = await asks.inbox.only()
    assert lead.metadata == {"ga_client_id": GA_CLIENT_ID} | AD_METADATA
    assert (lead.stored.consent.state, lead.stored.consent.by) == ("granted", "api")


async def test_without_an_answer_a_lead_carries_its_own_page_and_nothing_kept(
    asks: Shop, visitor: Visitor
) -> None:
    await visitor.have_analytics()
    await open_page(visitor, f"/contact?{AD}")
    await visitor.submit()
    assert {name for name in form_post(asks) if name.startswith("_")} == {
        "_consent",
        "_event_id",
        "_page",
    }
    assert asks.front.posts("/t") == []
    assert await visitor.cookie() is None
    assert (await asks.inbox.only()).metadata == AD_METADATA


CONSENT_MODE = """<script>
  window.dataLayer = [];
  function gtag() { dataLayer.push(arguments); }
  gtag("consent", "default", {ad_storage: "denied", analytics_storage: "denied"});
</script>"""


@EVERYWHERE
@pytest.mark.parametrize(
    ("analytics", "known"), [("denied", {}), ("granted", {"ga_client_id": GA_CLIENT_ID})]
)
async def test_a_visitor_may_allow_ads_and_refuse_analytics(
    shop: Shop, visitor: Visitor, place: Topology, analytics: str, known: dict[str, str]
) -> None:
    shop.use(place)
    shop.site.pages["/contact"] = Page(head=CONSENT_MODE, body=f"<h1>Contact</h1>{FORM}")
    await visitor.have_analytics()
    async with visitor.page.expect_response(lambda response: "/t-" in response.url):
        await open_page(visitor, f"/contact?{AD}")
    async with visitor.page.expect_response(answers_view) as answered:
        await visitor.page.evaluate(
            """(analytics) => gtag("consent", "update",
                 {ad_storage: "granted", analytics_storage: analytics})""",
            analytics,
        )
    said = await (await answered.value).json()
    assert said["metadata"] == known | AD_METADATA
    await visitor.submit()
    assert (await shop.inbox.only()).metadata == known | AD_METADATA


@EVERYWHERE
async def test_a_withdrawal_ends_what_was_kept(
    asks: Shop, visitor: Visitor, place: Topology
) -> None:
    asks.use(place)
    await open_page(visitor, f"/?{AD}")
    await decide(visitor, "granted")
    await visitor.known()
    assert not await keeps_nothing(visitor)
    await decide(visitor, "denied")
    await visitor.page.wait_for_function("!localStorage.length && !collector.get()")
    assert await keeps_nothing(visitor)
    await open_page(visitor, "/contact")
    await visitor.page.evaluate("collector.consent('denied')")
    await visitor.submit()
    assert (await asks.inbox.only()).metadata == {}
