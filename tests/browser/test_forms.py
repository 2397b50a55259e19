"""Forms as websites really have them, and where the visitor stands afterwards."""

from __future__ import annotations

import pytest
from playwright.async_api import FilePayload, expect

from tests.browser.marks import EVERYWHERE
from tests.browser.shop import (
    AD,
    AD_METADATA,
    FOREIGN,
    GA_CLIENT_ID,
    PATH,
    SUBDOMAIN,
    Shop,
    Topology,
)
from tests.browser.site import FORM, Page
from tests.browser.visitor import GA_COOKIE, Visitor

EMAIL = '<input name="email" value="ada@example.com">'
TO_COLLECTOR = 'method="post" action="{collector}/f/{source_id}"'


@EVERYWHERE
async def test_a_ga_cookie_that_comes_after_the_page_view_is_read_at_submit(
    shop: Shop, visitor: Visitor, place: Topology
) -> None:
    shop.use(place)
    await visitor.land(f"/contact?{AD}")
    await visitor.page.evaluate("(value) => (document.cookie = `_ga=${value}; path=/`)", GA_COOKIE)
    await visitor.submit()
    lead = await shop.inbox.only()
    assert lead.metadata == {"ga_client_id": GA_CLIENT_ID} | AD_METADATA


BUTTON = "<button>Send</button>"
FILE = '<input type="file" name="plan" aria-label="plan">'
ROOMS = '<input name="room" value="1"><input name="room" value="2">'
CACHED = '<input type="hidden" name="gclid" value="cached">'
BY_BUTTON = 'formmethod="post" formaction="{collector}/f/{source_id}"'
BY_SCRIPT = '<button onclick="document.forms[0].submit()">Send</button>'

FORMS: dict[str, tuple[str, dict[str, object]]] = {
    "with a file": (
        f'<form {TO_COLLECTOR} enctype="multipart/form-data">{EMAIL}{FILE}{BUTTON}</form>',
        {"plan": {"name": "plan.txt", "type": "text/plain", "size": 5, "content": "not kept"}},
    ),
    "whose button names the collector": (
        f'<form action="/order">{EMAIL}<button {BY_BUTTON}>Send</button></form>',
        {},
    ),
    "whose button stands outside": (
        f'<form id="form" {TO_COLLECTOR}>{EMAIL}</form><button form="form">Send</button>',
        {},
    ),
    "that its page's script submits": (
        f"<form {TO_COLLECTOR}>{EMAIL}</form>{BY_SCRIPT}",
        {},
    ),
    "with a repeated name": (
        f"<form {TO_COLLECTOR}>{EMAIL}{ROOMS}{BUTTON}</form>",
        {"room": ["1", "2"]},
    ),
    "with a click id that a page cache kept of another visitor": (
        f"<form {TO_COLLECTOR}>{EMAIL}{CACHED}{BUTTON}</form>",
        {"gclid": "cached"},
    ),
}


@pytest.mark.parametrize(("form", "more"), FORMS.values(), ids=FORMS)
async def test_a_form_is_a_form(
    shop: Shop, visitor: Visitor, form: str, more: dict[str, object]
) -> None:
    shop.use(FOREIGN)
    shop.site.pages["/contact"] = Page(body=f"<h1>Contact</h1>{form}")
    await visitor.land(f"/?{AD}")
    await visitor.follow("About us")
    await visitor.follow("Contact")
    if "plan" in more:
        plan = FilePayload(name="plan.txt", mimeType="text/plain", buffer=b"rooms")
        await visitor.page.get_by_label("plan").set_input_files(plan)
    await visitor.send()
    lead = await shop.inbox.only()
    assert lead.body["fields"] == {"email": "ada@example.com"} | more
    assert lead.metadata == AD_METADATA


@pytest.mark.parametrize(
    ("place", "following"),
    [
        pytest.param(PATH, "{origin}/about", id="from a path to an address"),
        pytest.param(SUBDOMAIN, "/about", id="from a subdomain to a path"),
        pytest.param(FOREIGN, "/about", id="from a foreign host to a path"),
    ],
)
async def test_the_visitor_goes_where_the_form_says(
    shop: Shop, visitor: Visitor, place: Topology, following: str
) -> None:
    shop.use(place)
    address = following.replace("{origin}", shop.origin())
    hidden = f'<input type="hidden" name="_next" value="{address}">'
    shop.site.pages["/contact"] = Page(body=FORM.replace("<button", f"{hidden}<button"))
    await visitor.land(f"/contact?{AD}")
    await visitor.fill(email="ada@example.com")
    await visitor.page.get_by_role("button", name="Send").click()
    await visitor.page.wait_for_url(shop.url("/about"))
    assert (await shop.inbox.only()).metadata == AD_METADATA


async def test_the_thank_you_page_leads_back_to_the_site(shop: Shop, visitor: Visitor) -> None:
    shop.use(FOREIGN)
    await visitor.land(f"/contact?{AD}")
    await visitor.submit()
    await visitor.page.get_by_role("link", name="Back to the website").click()
    await expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Garden rooms")
    assert (await shop.inbox.only()).metadata == AD_METADATA


async def test_a_check_code_makes_a_test_that_no_destination_gets_and_leaves_no_trace(
    shop: Shop, visitor: Visitor
) -> None:
    made = await shop.collector.json("capture", "check", shop.site.source_id)
    await visitor.page.goto(shop.url(f"/?{AD}&_check={made['code']}"))
    await visitor.known()
    await visitor.follow("Contact")
    await visitor.submit()
    (event,) = await shop.inbox.stored()
    assert event.marks == {"test": "check code"}
    assert event.metadata == AD_METADATA
    assert made["code"] not in str(event)
    assert all(made["code"] not in view["url"] + view["referrer"] for view in shop.front.views())
    assert shop.inbox.received_nothing()


async def test_a_filled_honeypot_looks_like_success_and_goes_nowhere(
    shop: Shop, visitor: Visitor
) -> None:
    trap = '<input name="_gotcha" aria-label="trap">'
    shop.site.pages["/contact"] = Page(body=FORM.replace("<button", f"{trap}<button"))
    await visitor.land(f"/contact?{AD}")
    await visitor.submit(email="ada@example.com", trap="cheap pills")
    (event,) = await shop.inbox.stored()
    assert list(event.marks) == ["spam"]
    assert shop.inbox.received_nothing()
