"""Forms of web components: what happens in an open shadow root does not leave it by itself."""

from __future__ import annotations

from urllib.parse import parse_qsl

from tests.browser.shop import AD, AD_METADATA, GCLID, Shop
from tests.browser.site import Page
from tests.browser.visitor import Visitor

COMPONENTS = """<lead-card></lead-card><script>
  const define = (name, html) => customElements.define(name, class extends HTMLElement {
    connectedCallback() { this.attachShadow({mode: "open"}).innerHTML = html; }
  });
  define("lead-form", `FORM`);
  define("lead-card", "<p>Write to us</p><lead-form></lead-form>");
</script><iframe name="sink"></iframe>"""
EMAIL = '<label>email <input name="email"></label>'


def with_form(form: str) -> Page:
    """Write a page with a component in a component."""
    return Page(body=COMPONENTS.replace("FORM", form))


async def type_and_send(visitor: Visitor, button: str = "Send") -> None:
    await visitor.fill(email="ada@example.com")
    await visitor.page.wait_for_function(
        "performance.getEntriesByType('resource').some(({name}) => /[/]t-[^/]+[.]js$/.test(name))"
    )
    await visitor.page.get_by_role("button", name=button).click()


async def test_a_form_to_the_collector_brings_the_attribution(
    shop: Shop, visitor: Visitor
) -> None:
    form = f'<form method="post" action="{{collector}}/f/{{source_id}}">{EMAIL}<button>Send</button></form>'
    shop.site.pages["/contact"] = with_form(form)
    await visitor.have_analytics()
    await visitor.land(f"/contact?{AD}")
    await type_and_send(visitor)
    lead = await shop.inbox.only()
    assert lead.body["fields"] == {"email": "ada@example.com"}
    assert AD_METADATA.items() <= lead.metadata.items()
    (post,) = shop.front.posts("/f")
    assert {"_token", "_event_id", "_page", "_consent"} <= dict(
        parse_qsl(post.body.decode())
    ).keys()


async def test_a_button_that_posts_elsewhere_takes_no_token_with_it(
    shop: Shop, visitor: Visitor
) -> None:
    buttons = '<button>Send</button><button formaction="/order" formtarget="sink">Order</button>'
    form = f'<form method="post" action="{{collector}}/f/{{source_id}}">{EMAIL}{buttons}</form>'
    shop.site.pages["/contact"] = with_form(form)
    await visitor.land(f"/contact?{AD}")
    await type_and_send(visitor, "Order")
    await shop.site.wait_for(2)
    assert shop.site.orders == [b"email=ada%40example.com"]


async def test_a_form_that_posts_elsewhere_is_filled_and_copied_once(
    shop: Shop, visitor: Visitor
) -> None:
    hidden = '<input type="hidden" name="gclid"><input type="password" name="p" value="s3cret">'
    label = '<span id="town">Your town</span><input aria-labelledby="town" value="Larkfield">'
    form = f"""<form data-collector method="post" action="/order" target="sink">{EMAIL}{label}{hidden}
<button>Send</button></form>"""
    shop.site.pages["/contact"] = with_form(form)
    await visitor.land(f"/contact?{AD}")
    await type_and_send(visitor)
    lead = await shop.inbox.only()
    expected = {"email": "ada@example.com", "Your town": "Larkfield", "gclid": GCLID}
    assert lead.body["fields"] == expected
    assert lead.metadata == AD_METADATA
    (order,) = shop.site.orders
    assert dict(parse_qsl(order.decode()))["gclid"] == GCLID
    assert all(b"s3cret" not in one.body for one in shop.front.asked)
