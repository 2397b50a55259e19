"""Copies of forms that post elsewhere: the page's own submit is untouched, and the lead arrives."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from playwright.async_api import expect
from starlette.responses import Response

from tests.browser.front import PassOn
from tests.browser.marks import BY_COOKIE_OR_STORAGE
from tests.browser.shop import AD, AD_METADATA, Shop, Topology
from tests.browser.site import Page
from tests.browser.visitor import Visitor

EMAIL = '<label>email <input name="email"></label>'
SEND = "<button>Send</button>"
OTHER = 'method="post" action="/order" target="sink"'
SINK = '<iframe name="sink"></iframe>'


def sending(then: str, *, begin: str = "event.preventDefault();") -> str:
    """Write a form that its page sends by itself; `then` is what the page does next."""
    return f"""<form id="form" data-collector>{EMAIL}{SEND}</form>
<script>
  form.addEventListener("submit", (event) => {{ {begin}
    fetch("/order", {{method: "POST", body: new URLSearchParams(new FormData(form))}})
      .then(() => {{ {then} }});
  }});
</script>"""


WITHOUT_NAMES = f"""<form data-collector {OTHER}>{EMAIL}
  <input id="phone" value="01632 960214"><label>Your town <input value="Larkfield"></label>
  <input aria-label="Rooms *" value="2">{SEND}</form>{SINK}"""
CHOICES = f"""<form id="f" data-collector {OTHER}>{EMAIL}
  <input type="checkbox" name="topic" value="a" checked> <input type="checkbox" name="topic" value="b" checked>
  <input type="checkbox" name="topic" value="c"> <input type="radio" name="size" value="s">
  <input type="radio" name="size" value="m" checked> <input name="gone" value="x" disabled>
  <select name="city" multiple><option selected>Kent</option><option>Hull</option></select>
  <fieldset disabled><input name="off" value="x"></fieldset></form>
  <textarea form="f" name="text">Two rooms</textarea>
  <button form="f" name="plan" value="large">Send</button>{SINK}"""
JQUERY = """<script>
  const heard = {};
  window.jQuery = () => ({on: (types, listen) => types.split(" ").forEach((type) => (heard[type] = listen))});
  jQuery.fn = {on() {}};
</script>"""
REACT = """<div id="root"></div><script>
  // what a controlled form does: keeps the value itself, writes it back, empties it when done
  root.innerHTML = '<form data-collector><label>email <input name="email"></label><button>Send</button></form>';
  const [form, input] = [document.forms[0], document.querySelector("input")];
  let email = "";
  root.addEventListener("input", () => (email = input.value));
  root.addEventListener("submit", async (event) => {
    event.preventDefault();
    await fetch("/order", {method: "POST", body: new URLSearchParams({email})});
    email = ""; input.value = email;
  });
</script>"""

FORMS: dict[str, tuple[str, dict[str, object]]] = {
    "that the browser sends": (f"<form data-collector {OTHER}>{EMAIL}{SEND}</form>{SINK}", {}),
    "that takes the visitor away": (
        f'<form data-collector method="post" action="/order">{EMAIL}{SEND}</form>',
        {},
    ),
    "with fields without names": (
        WITHOUT_NAMES,
        {"phone": "01632 960214", "Your town": "Larkfield", "Rooms": "2"},
    ),
    "with choices, and a button outside": (
        CHOICES,
        {"topic": ["a", "b"], "size": "m", "city": "Kent", "text": "Two rooms", "plan": "large"},
    ),
    "that disappears": (sending("form.hidden = true"), {}),
    "that is replaced": (sending("form.outerHTML = '<p>Thank you</p>'"), {}),
    "that is reset": (sending("form.reset()"), {}),
    "whose page goes on": (sending("location.href = '/about'"), {}),
    "of Contact Form 7": (
        sending("form.dispatchEvent(new CustomEvent('wpcf7mailsent', {bubbles: true}))"),
        {},
    ),
    "of HubSpot": (
        sending("postMessage({type: 'hsFormCallback', eventName: 'onFormSubmitted'}, '*')"),
        {},
    ),
    "of Elementor": (JQUERY + sending("heard.submit_success({target: form})"), {}),
    "of Gravity Forms": (
        JQUERY + sending("heard.gform_confirmation_loaded({target: document})"),
        {},
    ),
    "of a framework": (REACT, {}),
    "whose page stops the event": (
        sending("form.hidden = true", begin="event.preventDefault(); event.stopPropagation();"),
        {},
    ),
    "that a button's script sends": (
        f"""<form id="form" data-collector>{EMAIL}<button type="button" id="send">Send</button></form>
<script>send.onclick = () => fetch("/order", {{method: "POST", body: new URLSearchParams(new FormData(form))}})
  .then(() => form.remove())</script>""",
        {},
    ),
    "that a script submits": (
        f"""<form id="form" data-collector method="post" action="/order">{EMAIL}
<button type="button" onclick="form.submit()">Send</button></form>""",
        {},
    ),
}


async def type_and_send(visitor: Visitor, email: str = "ada@example.com") -> None:
    await visitor.fill(email=email)
    await visitor.page.get_by_role("button", name="Send").click()


@pytest.mark.parametrize(("form", "more"), FORMS.values(), ids=FORMS)
async def test_a_marked_form_is_copied_and_its_own_submit_goes_on(
    shop: Shop, visitor: Visitor, form: str, more: dict[str, object]
) -> None:
    shop.site.pages["/contact"] = Page(body=form)
    await visitor.land(f"/contact?{AD}")
    await type_and_send(visitor)
    lead = await shop.inbox.only()
    assert lead.body["fields"] == {"email": "ada@example.com"} | more
    assert lead.metadata == AD_METADATA
    (order,) = shop.site.orders
    assert dict(parse_qsl(order.decode()))["email"] == "ada@example.com"
    assert b"_token" not in order


@BY_COOKIE_OR_STORAGE
async def test_every_lead_form_is_copied_where_the_tag_says_so(
    shop: Shop, visitor: Visitor, place: Topology
) -> None:
    shop.use(place)
    forms = f"""<form {OTHER}><input name="q" value="search"><button>Find</button></form>
<form {OTHER}><input name="email" value="a@example.com"><input type="password" name="p"><button>Sign in</button></form>
<form {OTHER} data-collector="off"><input name="email" value="a@example.com"><button>Leave</button></form>"""
    late = f'<main></main><script>const show = (html) => document.querySelector("main").innerHTML = html;</script>{SINK}'
    shop.site.pages["/contact"] = Page(body=forms + late, attributes='data-forms="all"')
    await visitor.land(f"/?{AD}")
    await visitor.page.goto(shop.url("/contact"))
    await visitor.known()
    for name in ("Find", "Sign in", "Leave"):
        await visitor.page.get_by_role("button", name=name).click()
    await visitor.page.evaluate("(html) => show(html)", f"<form {OTHER}>{EMAIL}{SEND}</form>")
    await type_and_send(visitor)
    lead = await shop.inbox.only()
    assert lead.body["fields"] == {"email": "ada@example.com"}
    assert lead.metadata == AD_METADATA


async def test_no_form_is_copied_where_the_tag_says_so(shop: Shop, visitor: Visitor) -> None:
    form = f"<form data-collector {OTHER}>{EMAIL}{SEND}</form>{SINK}"
    shop.site.pages["/contact"] = Page(body=form, attributes='data-forms="off"')
    await visitor.land(f"/contact?{AD}")
    await type_and_send(visitor)
    sink = visitor.page.frame(name="sink")
    assert sink is not None
    await sink.wait_for_url("**/order")
    assert shop.front.posts("/f") == []


async def test_a_submit_that_was_wrong_waits_for_the_right_one(
    shop: Shop, visitor: Visitor
) -> None:
    check = """if (!form.email.value.includes("@")) {
      form.email.setAttribute("aria-invalid", "true"); return;
    }
    form.email.removeAttribute("aria-invalid");"""
    shop.site.pages["/contact"] = Page(
        body=sending("form.hidden = true", begin="event.preventDefault();" + check)
    )
    await visitor.land(f"/contact?{AD}")
    await type_and_send(visitor, "ada at example")
    await type_and_send(visitor, "ada@example.com")
    assert (await shop.inbox.only()).body["fields"] == {"email": "ada@example.com"}


@pytest.mark.long
async def test_a_page_that_gives_no_sign_is_believed_after_some_seconds(
    shop: Shop, visitor: Visitor
) -> None:
    shop.site.pages["/contact"] = Page(body=sending(""))
    await visitor.land(f"/contact?{AD}")
    await type_and_send(visitor)
    assert (await shop.inbox.only()).body["fields"] == {"email": "ada@example.com"}


async def test_two_people_at_one_form_are_two_leads(shop: Shop, visitor: Visitor) -> None:
    shop.site.pages["/contact"] = Page(body=sending("form.reset()"))
    await visitor.land(f"/contact?{AD}")
    for count in (1, 2):
        await type_and_send(visitor)
        await shop.front.wait_for("/f", count)
    one, two = await shop.inbox.exactly(2)
    assert one.body["event_id"] != two.body["event_id"]


async def test_a_double_click_is_one_lead(shop: Shop, visitor: Visitor) -> None:
    form = f"<form data-collector {OTHER}>{EMAIL}{SEND}</form>{SINK}"
    shop.site.pages["/contact"] = Page(body=form)
    await visitor.land(f"/contact?{AD}")
    await visitor.fill(email="ada@example.com")
    await visitor.page.get_by_role("button", name="Send").dblclick()
    assert (await shop.inbox.only()).metadata == AD_METADATA


async def unavailable(_pass_on: PassOn) -> Response:
    return Response('{"error": "busy"}', 503)


async def test_a_copy_that_was_not_taken_is_sent_again(shop: Shop, visitor: Visitor) -> None:
    shop.site.pages["/contact"] = Page(
        body=f"<form data-collector {OTHER}>{EMAIL}{SEND}</form>{SINK}"
    )
    await visitor.land(f"/contact?{AD}")
    shop.front.between["/f"] = unavailable
    await type_and_send(visitor)
    await shop.front.wait_for("/f", 1)
    del shop.front.between["/f"]
    assert (await shop.inbox.only()).metadata == AD_METADATA
    await visitor.page.wait_for_function("!sessionStorage._lc_f")


@pytest.mark.parametrize("consent", ["auto", "required"])
async def test_the_next_page_sends_what_was_not_taken_where_storage_is_allowed(
    shop: Shop, visitor: Visitor, consent: str
) -> None:
    form = f'<form data-collector method="post" action="/order">{EMAIL}{SEND}</form>'
    shop.site.pages["/contact"] = Page(body=form, attributes=f'data-consent="{consent}"')
    await visitor.page.goto(shop.url(f"/contact?{AD}"))
    await visitor.page.wait_for_function("window.collector?.tags")
    shop.front.between["/f"] = unavailable
    await type_and_send(visitor)
    await expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Ordered")
    await shop.front.wait_for("/f", 1)
    del shop.front.between["/f"]
    assert ("_lc_f" in await visitor.storage()) == (consent == "auto")
    tried = len(shop.front.posts("/f"))
    await visitor.page.goto(shop.url("/about"))
    await visitor.known()
    if consent == "auto":
        assert (await shop.inbox.only()).body["fields"] == {"email": "ada@example.com"}
        await visitor.page.wait_for_function("!sessionStorage._lc_f")
    else:
        assert len(shop.front.posts("/f")) == tried


async def test_a_slow_collector_delays_no_submit(shop: Shop, visitor: Visitor) -> None:
    many = "".join(f'<input name="field_{n}" value="{n}">' for n in range(300))
    shop.site.pages["/contact"] = Page(
        body=f"<form data-collector {OTHER}>{EMAIL}{many}{SEND}</form>{SINK}"
    )
    await visitor.land(f"/contact?{AD}")
    sink = visitor.page.frame(name="sink")
    assert sink is not None
    with shop.front.holding("/f") as hold:
        await visitor.fill(email="ada@example.com")
        assert await visitor.busy_ms("() => document.forms[0].requestSubmit()") < 100
        await sink.wait_for_url("**/order")
        await hold.arrived()
    assert len((await shop.inbox.only()).body["fields"]) == 301


SECRETS = {
    "password": '<input type="password" name="p" value="{}">',
    "shown password": '<input type="text" name="user_password" value="{}">',
    "by autocomplete": '<input name="a" autocomplete="section-x cc-number" value="{}">',
    "by label": '<label>Sicherheitscode* <input name="f_7" value="{}"></label>',
    "by placeholder": '<input name="f_8" placeholder="Numéro de carte" value="{}">',
    "by id": '<input id="otp-code" name="x9" value="{}">',
    "hidden token": '<input type="hidden" name="csrf_token" value="{}">',
    "hidden, long and random": '<input type="hidden" name="v" value="{}9fKq2LxT7mWc4RzB8nHd5Yp">',
    "captcha": '<textarea hidden name="g-recaptcha-response">{}</textarea>',
    "own names": '<input type="hidden" name="_token" value="{}">',
    "unnamed": '<label>Hasło <input value="{}"></label>',
}


async def test_no_secret_leaves(shop: Shop, visitor: Visitor) -> None:
    secrets = "".join(html.format("s3cret") for html in SECRETS.values())
    card = '<input name="note" value="4111 1111 1111 1111">'
    form = f"<form data-collector {OTHER}>{EMAIL}{secrets}{card}{SEND}</form>{SINK}"
    shop.site.pages["/contact"] = Page(body=form)
    await visitor.land(f"/contact?{AD}")
    await type_and_send(visitor)
    assert (await shop.inbox.only()).body["fields"] == {"email": "ada@example.com"}
    assert all(b"s3cret" not in one.body and b"4111" not in one.body for one in shop.front.asked)
    await visitor.page.evaluate("collector.submit(document.forms[0])")
    assert all(b"s3cret" not in one.body and b"4111" not in one.body for one in shop.front.asked)
