"""Consent banners: nothing before the answer, everything after it, and an end when it is withdrawn."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.front import PARTNER, SITE
from tests.browser.marks import EVERYWHERE
from tests.browser.shop import AD, AD_METADATA, GA_CLIENT_ID, Shop, Topology
from tests.browser.site import FORM, Page
from tests.browser.visitor import Visitor, answers_view

pytestmark = pytest.mark.long

TCF = """<script>
  let heard = [], status = "cmpuishown", consents = {};
  window.__tcfapi = (command, version, listen) => { heard.push(listen); tell(listen); };
  const tell = (listen) =>
    listen({gdprApplies: true, eventStatus: status, purpose: {consents}, listenerId: 1}, true);
  const answer = (yes) => {
    status = "useractioncomplete"; consents = {1: yes}; heard.forEach(tell);
  };
</script>"""
CONSENT_MODE = """<script>
  window.dataLayer = [];
  function gtag() { dataLayer.push(arguments); }
  const state = (yes) => ({ad_storage: yes ? "granted" : "denied", analytics_storage: yes ? "granted" : "denied"});
  gtag("consent", "default", state(false));
  const answer = (yes) => gtag("consent", "update", state(yes));
</script>"""
COOKIEBOT = """<script>
  window.Cookiebot = {hasResponse: false, consent: {marketing: false, statistics: false}};
  const answer = (yes) => {
    Cookiebot.consent = {marketing: yes, statistics: yes};
    Cookiebot.hasResponse = true;
  };
</script>"""
BANNERS = {"tcf": TCF, "gcm": CONSENT_MODE, "banner": COOKIEBOT}


def asking(shop: Shop, banner: str, attributes: str = "") -> None:
    """Put a banner on the shop's pages."""
    shop.site.pages |= {
        "/": Page(
            head=banner,
            body='<h1>Garden rooms</h1><a href="/contact">Contact</a>',
            attributes=attributes,
        ),
        "/contact": Page(head=banner, body=f"<h1>Contact</h1>{FORM}", attributes=attributes),
    }


async def answer(visitor: Visitor, *, yes: bool) -> None:
    async with visitor.page.expect_response(answers_view):
        await visitor.page.evaluate("(yes) => answer(yes)", yes)


async def open_page(visitor: Visitor, path: str) -> None:
    """Open a page and wait until the script listens to the banner."""
    async with visitor.page.expect_response(lambda response: "/t-" in response.url):
        await visitor.page.goto(visitor.shop.url(path))
    await visitor.page.wait_for_load_state()


@pytest.mark.parametrize(("by", "banner"), BANNERS.items(), ids=BANNERS)
async def test_a_landing_waits_for_the_answer_and_a_withdrawal_ends_it(
    shop: Shop, visitor: Visitor, by: str, banner: str
) -> None:
    asking(shop, banner)
    await visitor.have_analytics()
    await open_page(visitor, f"/contact?{AD}")
    assert shop.front.posts("/t") == []
    assert await visitor.cookie() is None
    assert await visitor.storage() == {}
    await answer(visitor, yes=True)
    await visitor.known()
    assert await visitor.cookie() is not None
    assert [view["consent"] for view in shop.front.views()] == [{"state": "granted", "by": by}]
    await visitor.submit()
    lead = await shop.inbox.only()
    assert lead.metadata == {"ga_client_id": GA_CLIENT_ID} | AD_METADATA
    assert (lead.stored.consent.state, lead.stored.consent.by) == ("granted", by)
    await open_page(visitor, "/contact")
    await answer(visitor, yes=False)
    assert await visitor.cookie() is None


ABOVE = (
    TCF
    + """<script>
  addEventListener("message", ({source, data}) => {
    const call = data.__tcfapiCall;
    if (call) __tcfapi(call.command, call.version, (returnValue, success) =>
      source.postMessage({__tcfapiReturn: {returnValue, success, callId: call.callId}}, "*"));
  });
</script>"""
)
"""The banner of a page whose frames ask it by message."""


@pytest.mark.parametrize("above", [SITE, PARTNER])
async def test_a_page_in_a_frame_asks_the_banner_of_the_page_above(
    shop: Shop, visitor: Visitor, above: str
) -> None:
    frame = f'<iframe name="inner" src="{shop.url(f"/contact?{AD}")}"></iframe>'
    shop.site.pages["/"] = Page(
        head=ABOVE, tag="", body=f'<iframe name="__tcfapiLocator"></iframe>{frame}'
    )
    await visitor.page.goto(shop.origin(above) + "/")
    inner = visitor.page.frame(name="inner")
    assert inner is not None
    await inner.wait_for_function(ASKED)
    assert shop.front.posts("/t") == []
    await answer(visitor, yes=True)
    views = await shop.front.wait_for("/t", 1)
    assert len(views) == 1
    assert [view["consent"] for view in shop.front.views()] == [{"state": "granted", "by": "tcf"}]


ASKED = """() => performance.getEntriesByType("resource").some(({name}) => /[/]t-[^/]+[.]js$/.test(name))"""
"""The file has come that asks banners."""


@EVERYWHERE
async def test_a_refusal_by_a_banner_leaves_nothing(
    shop: Shop, visitor: Visitor, place: Topology
) -> None:
    shop.use(place)
    asking(shop, TCF)
    await open_page(visitor, f"/contact?{AD}")
    await answer(visitor, yes=False)
    assert await visitor.cookie() is None
    assert await visitor.storage() == {}
    await visitor.submit(email="ada@example.com")
    lead = await shop.inbox.only()
    assert lead.metadata == {}
    assert (lead.stored.consent.state, lead.stored.consent.by) == ("denied", "tcf")


async def test_a_lead_before_the_answer_carries_its_own_page_alone(
    shop: Shop, visitor: Visitor
) -> None:
    asking(shop, TCF)
    await visitor.have_analytics()
    await open_page(visitor, f"/contact?{AD}")
    await visitor.submit()
    lead = await shop.inbox.only()
    assert lead.metadata == AD_METADATA
    assert (lead.stored.consent.state, lead.stored.consent.by) == ("unknown", "tcf")
    assert shop.front.posts("/t") == []
    assert await visitor.cookie() is None


async def test_a_banner_that_comes_late_is_obeyed(shop: Shop, visitor: Visitor) -> None:
    await visitor.land(f"/?{AD}")
    assert await visitor.cookie() is not None
    late = COOKIEBOT.removeprefix("<script>").removesuffix("</script>")
    await visitor.page.evaluate(late.replace("const answer =", "window.answer ="))
    await answer(visitor, yes=False)
    assert await visitor.cookie() is None


@pytest.mark.parametrize("banner", [CONSENT_MODE, COOKIEBOT], ids=["gcm", "banner"])
async def test_where_consent_is_required_a_banner_gives_it_too(
    shop: Shop, visitor: Visitor, banner: str
) -> None:
    asking(shop, banner, 'data-consent="required"')
    await open_page(visitor, f"/?{AD}")
    assert shop.front.posts("/t") == []
    await answer(visitor, yes=True)
    await visitor.known()
    await visitor.page.get_by_role("link", name="Contact").click()
    await expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Contact")
    await visitor.page.wait_for_function("window.collector?.tags")
    await answer(visitor, yes=True)
    await visitor.submit()
    assert (await shop.inbox.only()).metadata == AD_METADATA
