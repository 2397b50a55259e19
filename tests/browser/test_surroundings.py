"""Pages that forbid, hide or delay things: strict policies, frames, plain http, late analytics."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.shop import AD, AD_METADATA, FOREIGN, GA_CLIENT_ID, PATH, Shop, Topology
from tests.browser.site import FORM, Page
from tests.browser.test_harmless import listen
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.long

EMAIL = '<label>email <input name="email"></label>'
OTHER = 'method="post" action="/order"'
COPIED = f"<form data-collector {OTHER}>{EMAIL}<button>Send</button></form>"
HIDDEN = '<input type="hidden" name="gclid">'


@pytest.mark.parametrize(
    ("place", "tag", "sources"),
    [
        pytest.param(PATH, "", "'self'", id="its own origin"),
        pytest.param(FOREIGN, "", "{origin}", id="the collector's origin"),
        pytest.param(FOREIGN, 'nonce="n1"', "'nonce-n1'", id="a nonce"),
        pytest.param(
            FOREIGN, 'nonce="n1"', "'nonce-n1' 'strict-dynamic'", id="a nonce, strict-dynamic"
        ),
    ],
)
async def test_the_documented_policy_is_enough_under_trusted_types(
    shop: Shop, visitor: Visitor, place: Topology, tag: str, sources: str
) -> None:
    shop.use(place)
    origin = shop.origin(place.host) if place.host else "'self'"
    policy = (
        f"default-src 'none'; img-src data:; script-src {sources.replace('{origin}', origin)}; "
        f"connect-src {origin}; form-action 'self'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    shop.site.pages["/contact"] = Page(
        body=COPIED.replace("</form>", f"{HIDDEN}</form>"),
        attributes=tag,
        headers={"Content-Security-Policy": policy},
    )
    heard = listen(visitor)
    await visitor.page.goto(shop.url(f"/contact?{AD}"))
    await expect(visitor.page.locator("[name=gclid]")).not_to_have_value("")
    await visitor.fill(email="ada@example.com")
    await visitor.page.get_by_role("button", name="Send").click()
    lead = await shop.inbox.only()
    assert lead.metadata == AD_METADATA
    assert lead.body["fields"]["email"] == "ada@example.com"
    assert heard == []


async def test_a_policy_that_forbids_the_collector_costs_the_page_nothing(
    shop: Shop, visitor: Visitor
) -> None:
    shop.use(FOREIGN)
    policy = f"script-src {shop.origin(FOREIGN.host)} 'nonce-x'; connect-src 'none'"
    shop.site.pages["/contact"] = Page(
        head='<script nonce="x">window.thrown = []; '
        "onerror = onunhandledrejection = (event) => thrown.push(String(event.reason || event));"
        "</script>",
        body=COPIED,
        headers={"Content-Security-Policy": policy},
    )
    await visitor.page.goto(shop.url(f"/contact?{AD}"))
    await visitor.page.wait_for_load_state("networkidle")
    assert await visitor.page.evaluate("[thrown, collector.errors.length > 0]") == [[], True]
    await visitor.fill(email="ada@example.com")
    await visitor.page.get_by_role("button", name="Send").click()
    await visitor.page.wait_for_url("**/order")
    assert shop.site.orders == [b"email=ada%40example.com"]


async def test_a_sandboxed_frame_is_left_in_peace_and_its_lead_arrives(
    shop: Shop, visitor: Visitor
) -> None:
    shop.site.pages["/contact"] = Page(body=COPIED)
    frame = (
        f'<iframe name="inner" sandbox="allow-scripts allow-forms" src="/contact?{AD}"></iframe>'
    )
    shop.site.pages["/"] = Page(tag="", body=frame)
    heard = listen(visitor)
    await visitor.page.goto(shop.url("/"))
    inner = visitor.page.frame(name="inner")
    assert inner is not None
    await inner.fill("[name=email]", "ada@example.com")
    await inner.wait_for_function("window.collector")
    await inner.click("button")
    await inner.wait_for_url("**/order")
    assert shop.site.orders == [b"email=ada%40example.com"]
    assert (await shop.inbox.only()).body["fields"] == {"email": "ada@example.com"}
    assert [text for text in heard if "CORS" not in text and "sandboxed" not in text] == []


async def test_plain_http_is_no_obstacle(shop: Shop, visitor: Visitor) -> None:
    shop.scheme = "http"
    shop.site.pages["/contact"] = Page(body=COPIED)
    await visitor.land(f"/contact?{AD}")
    await visitor.fill(email="ada@example.com")
    await visitor.page.get_by_role("button", name="Send").click()
    assert (await shop.inbox.only()).metadata == AD_METADATA


GTAG = """<script>
  window.dataLayer = [];
  function gtag() { if (arguments[0] == "get" && %s) arguments[3]("%s"); else dataLayer.push(arguments); }
  gtag("config", "G-TEST123");
</script>"""


@pytest.mark.parametrize("answers", [True, False], ids=["answers", "is blocked"])
async def test_a_client_id_that_no_cookie_holds_is_asked_of_the_tag(
    shop: Shop, visitor: Visitor, answers: bool
) -> None:
    head = GTAG % ("true" if answers else "false", GA_CLIENT_ID)
    shop.site.pages["/contact"] = Page(head=head, body=FORM)
    await visitor.land(f"/contact?{AD}")
    await visitor.page.evaluate("collector.submit({email: 'ada@example.com'})")
    lead = await shop.inbox.only()
    assert lead.metadata == AD_METADATA | ({"ga_client_id": GA_CLIENT_ID} if answers else {})


CLEANING = '<script>history.replaceState(null, "", location.pathname)</script>'


async def test_a_page_that_cleans_its_address_before_the_script_comes_keeps_its_landing(
    shop: Shop, visitor: Visitor
) -> None:
    shop.site.pages["/contact"] = Page(head=CLEANING, body=FORM)
    await visitor.land(f"/contact?{AD}#top")
    await visitor.submit()
    assert (await shop.inbox.only()).metadata == AD_METADATA


async def test_a_form_pages_after_a_landing_that_nobody_answered_names_it(
    shop: Shop, visitor: Visitor
) -> None:
    with shop.front.holding("/t"):
        await visitor.page.goto(shop.url(f"/?{AD}"))
        await visitor.page.get_by_role("link", name="About us").click()
        await visitor.page.get_by_role("link", name="Contact").click()
        await visitor.page.wait_for_function("window.collector?.tags")
        await visitor.page.wait_for_load_state()
        await visitor.submit()
        assert (await shop.inbox.only()).metadata == AD_METADATA
