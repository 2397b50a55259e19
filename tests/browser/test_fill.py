"""Inputs of other systems' forms are filled with the marketing values of the visit."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from tests.browser.marks import BY_COOKIE_OR_STORAGE
from tests.browser.shop import AD, AD_METADATA, GCLID, Shop, Topology
from tests.browser.site import Page
from tests.browser.visitor import Visitor

SEND = "<button>Send</button>"
HIDDEN = "".join(
    f'<input type="hidden" name="{name}">'
    for name in ("gclid", "utm_source", "utm_medium", "utm_campaign", "utm_term", "fbclid")
)
OTHER = 'method="post" action="/order"'

CONTROLLED = """<form method="post" action="/order"><input type="hidden" name="gclid"><button>Send</button></form>
<script>
  // as React does: the element's own property hides the prototype's, and only events are believed
  const input = document.forms[0].gclid;
  const {get, set} = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
  let seen = "", believed = "";
  Object.defineProperty(input, "value", {
    configurable: true, get() { return get.call(this); }, set(value) { seen = value; set.call(this, value); }});
  document.addEventListener("input", () => { if (get.call(input) !== seen) believed = get.call(input); });
  document.addEventListener("submit", () => set.call(input, believed));
</script>"""

FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "named like a metadata key": (
        f"<form {OTHER}>{HIDDEN}{SEND}</form>",
        AD_METADATA | {"utm_term": "", "fbclid": ""},
    ),
    "marked": (
        f'<form {OTHER}><input name="f1" data-collector-fill="gclid">{SEND}</form>',
        {"f1": GCLID},
    ),
    "marked around it": (
        f'<form {OTHER}><div data-collector-fill="gclid"><input type="hidden" name="f1"></div>{SEND}</form>',
        {"f1": GCLID},
    ),
    "by a class of a page builder": (
        (
            f'<form {OTHER}><div class="gfield collector-fill-gclid"><input type="hidden" name="input_7"></div>'
            f'<input name="email" aria-label="email">{SEND}</form>'
        ),
        {"email": "ada@example.com", "input_7": GCLID},
    ),
    "of Elementor": (
        f'<form {OTHER}><input type="hidden" name="form_fields[gclid]">{SEND}</form>',
        {"form_fields[gclid]": GCLID},
    ),
    "of HubSpot": (
        f'<form {OTHER}><input type="hidden" name="0-1/utm_source">{SEND}</form>',
        {"0-1/utm_source": "google"},
    ),
    "that a page cache kept of another visitor": (
        f'<form {OTHER}><input type="hidden" name="gclid" value="cached">{SEND}</form>',
        {"gclid": GCLID},
    ),
    "marked, that a page cache kept of another visitor": (
        (
            f'<form {OTHER}><input name="f1" data-collector-fill="gclid" value="cached">'
            f'<input type="hidden" name="f2" data-collector-fill="fbclid" value="cached">{SEND}</form>'
        ),
        {"f1": GCLID, "f2": ""},
    ),
    "that holds more of another visitor's than this one has": (
        (
            f'<form {OTHER}><input type="hidden" name="gclid" value="cached">'
            f'<input type="hidden" name="utm_term" value="cached">{SEND}</form>'
        ),
        {"gclid": GCLID, "utm_term": ""},
    ),
    "that a person filled in": (
        f'<form {OTHER}><input name="utm_source" value="a friend">{SEND}</form>',
        {"utm_source": "a friend"},
    ),
    "of a framework": (CONTROLLED, {"gclid": GCLID}),
    "whose names get in the way": (
        (
            f'<form {OTHER}><input name="action" value="a"><input name="getAttribute" value="g">'
            f'<input type="hidden" name="gclid">{SEND}</form>'
        ),
        {"action": "a", "getAttribute": "g", "gclid": GCLID},
    ),
}


PRESS = "HTMLFormElement.prototype.requestSubmit.call(document.forms[0])"
"""Names of inputs can get in the way of a driver, too."""


async def order(shop: Shop, visitor: Visitor) -> dict[str, str]:
    """Begin the form, send it, and read what the other system received."""
    if await visitor.page.locator("[name=email]").count():
        await visitor.page.fill("[name=email]", "ada@example.com")
        await visitor.page.wait_for_function("document.querySelector('[type=hidden]').value")
    await visitor.page.evaluate(PRESS)
    await visitor.page.wait_for_url("**/order")
    (sent,) = shop.site.orders
    return dict(parse_qsl(sent.decode(), keep_blank_values=True))


@pytest.mark.parametrize(("form", "expected"), FORMS.values(), ids=FORMS)
async def test_an_input_is_filled(
    shop: Shop, visitor: Visitor, form: str, expected: dict[str, str]
) -> None:
    shop.site.pages["/contact"] = Page(body=form)
    await visitor.land(f"/contact?{AD}")
    assert await order(shop, visitor) == expected


async def test_of_a_visitor_without_a_campaign_marked_inputs_are_emptied_and_others_left(
    shop: Shop, visitor: Visitor
) -> None:
    shop.site.pages["/contact"] = Page(
        body=f"""<form {OTHER}><input type="hidden" name="f1" data-collector-fill="gclid" value="cached">
<input type="hidden" name="gclid" value="of the page"><input name="note" aria-label="note">{SEND}</form>"""
    )
    await visitor.land("/contact")
    await visitor.page.wait_for_function("document.forms[0].f1.value == ''")
    assert await order(shop, visitor) == {"f1": "", "gclid": "of the page", "note": ""}


@BY_COOKIE_OR_STORAGE
async def test_a_late_form_is_filled_pages_after_the_landing(
    shop: Shop, visitor: Visitor, place: Topology
) -> None:
    shop.use(place)
    shop.site.pages["/contact"] = Page(body="<main></main>")
    await visitor.land(f"/?{AD}")
    await visitor.page.goto(shop.url("/contact"))
    await visitor.known()
    late = f'<form {OTHER}><input name="note" aria-label="note">{HIDDEN}{SEND}</form>'
    await visitor.page.evaluate("(html) => document.querySelector('main').innerHTML = html", late)
    await visitor.page.wait_for_function("document.forms[0].gclid.value")
    await visitor.page.get_by_label("note").fill("Two rooms")
    assert (
        await order(shop, visitor)
        == {"note": "Two rooms", "utm_term": "", "fbclid": ""} | AD_METADATA
    )


async def test_nothing_is_filled_where_the_tag_says_so(shop: Shop, visitor: Visitor) -> None:
    form = f'<form {OTHER}><input type="hidden" name="gclid">{SEND}</form>'
    shop.site.pages["/contact"] = Page(body=form, attributes='data-fill="off"')
    await visitor.land(f"/contact?{AD}")
    assert await order(shop, visitor) == {"gclid": ""}


async def test_nothing_is_filled_without_consent(shop: Shop, visitor: Visitor) -> None:
    form = f'<form {OTHER}><input type="hidden" name="gclid">{SEND}</form>'
    shop.site.pages["/contact"] = Page(body=form, attributes='data-consent="required"')
    await visitor.page.goto(shop.url(f"/contact?{AD}"))
    await visitor.page.wait_for_function("window.collector?.tags")
    await visitor.page.evaluate("collector.fill()")
    assert await order(shop, visitor) == {"gclid": ""}


async def test_a_page_may_ask_for_it(shop: Shop, visitor: Visitor) -> None:
    shop.site.pages["/contact"] = Page(body='<div id="root"></div>')
    await visitor.land(f"/contact?{AD}")
    value = await visitor.page.evaluate("""async () => {
      root.innerHTML = '<input type="hidden" name="gclid"><input id="outside" name="gclid">';
      await collector.fill(root);
      return document.getElementById("outside").value;
    }""")
    assert value == GCLID
