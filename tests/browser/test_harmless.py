"""The page is never harmed: not by a collector that fails, and not by names that get in the way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

import pytest
from playwright.async_api import ConsoleMessage, Error, Route
from starlette.responses import HTMLResponse, JSONResponse, Response

from tests.browser.front import PassOn
from tests.browser.shop import AD, AD_METADATA, Shop
from tests.browser.site import Page
from tests.browser.visitor import Visitor

SHADOWS = ("action", "id", "submit", "elements", "target", "method", "length", "getAttribute")
"""Names of inputs that hide the form's own members of the same name."""

INPUTS = "".join(f'<input name="{name}" value="{name}!">' for name in SHADOWS)
CROWDED = Page(
    head="<script>window.errors = []; onerror = (...all) => errors.push(String(all));</script>",
    body=f"""
<form name="currentScript"><input name="src" value="x"></form>
<form name="scripts"></form> <form name="forms"></form> <form name="querySelector"></form>
<img name="readyState" alt=""> <form name="cookie"></form> <a id="collector"></a>
<form id="own" method="post" action="/order" target="sink">
  {INPUTS}<input name="email" value="ada@example.com"><button name="submit">Order</button>
</form>
<form id="lead" method="post" action="{{collector}}/f/{{source_id}}">
  {INPUTS}<input name="email" value="ada@example.com"><button>Send</button>
</form>
<iframe name="sink"></iframe>
""",
)
SUBMIT = "id => HTMLFormElement.prototype.requestSubmit.call(document.getElementById(id))"

FIELDS = {name: f"{name}!" for name in SHADOWS} | {"email": "ada@example.com"}


Trouble = Callable[[Shop, Visitor], Awaitable[None]]


async def unreachable(_shop: Shop, visitor: Visitor) -> None:
    async def fail(route: Route) -> None:
        await route.abort("connectionrefused")

    await visitor.context.route("**/_lc/t", fail)


async def blocked(_shop: Shop, visitor: Visitor) -> None:
    async def fail(route: Route) -> None:
        await route.abort("blockedbyclient")

    await visitor.context.route("**/_lc/t*", fail)


def answering(make: Callable[[], Response]) -> Trouble:
    async def answer(_pass_on: PassOn) -> Response:
        return make()

    async def trouble(shop: Shop, _visitor: Visitor) -> None:
        shop.front.between["/t"] = answer

    return trouble


async def none(_shop: Shop, _visitor: Visitor) -> None:
    """All is well."""


TROUBLES: dict[str, Trouble] = {
    "none": none,
    "unreachable": unreachable,
    "script blocked": blocked,
    "gateway says 502": answering(lambda: Response("Bad Gateway", 502)),
    "a page where JSON should be": answering(lambda: HTMLResponse("<h1>Welcome</h1>")),
    "null": answering(lambda: JSONResponse(None)),
    "a token that is none": answering(lambda: JSONResponse({"token": {"a": 1}, "keep": "yes"})),
    "a redirect": answering(lambda: Response(status_code=302, headers={"Location": "/nowhere"})),
}
RARE = {"null", "a token that is none", "a redirect"}


def listen(visitor: Visitor) -> list[str]:
    """Gather what goes wrong on the page; that a request failed is the browser's own remark."""
    heard: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "Failed to load" not in message.text:
            heard.append(message.text)

    def on_error(error: Error) -> None:
        heard.append(str(error))

    visitor.page.on("console", on_console)
    visitor.page.on("pageerror", on_error)
    return heard


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(trouble, id=name, marks=[pytest.mark.long] if name in RARE else [])
        for name, trouble in TROUBLES.items()
    ],
)
async def test_whatever_the_collector_does_the_page_works_and_the_lead_arrives(
    shop: Shop, visitor: Visitor, trouble: Trouble
) -> None:
    shop.site.pages["/crowded"] = CROWDED
    await trouble(shop, visitor)
    heard = listen(visitor)
    await visitor.page.goto(shop.url(f"/crowded?{AD}"))
    sink = visitor.page.frame(name="sink")
    assert sink is not None
    assert await visitor.busy_ms(SUBMIT, "own") < 100
    await sink.wait_for_url("**/order")
    assert [dict(parse_qsl(order.decode())) for order in shop.site.orders] == [FIELDS]
    assert await visitor.busy_ms(SUBMIT, "lead") < 100
    lead = await shop.inbox.only()
    assert lead.body["fields"] == FIELDS
    assert lead.metadata == AD_METADATA
    assert heard == []


async def test_a_collector_that_does_not_answer_delays_neither_the_page_nor_the_submit(
    shop: Shop, visitor: Visitor
) -> None:
    shop.site.pages["/crowded"] = CROWDED
    heard = listen(visitor)
    with shop.front.holding("/t") as hold:
        await visitor.page.goto(shop.url(f"/crowded?{AD}"))
        await hold.arrived()
        assert await visitor.busy_ms(SUBMIT, "lead") < 100
        assert (await shop.inbox.only()).metadata == AD_METADATA
    assert heard == []


async def test_a_script_that_never_comes_costs_no_lead(shop: Shop, visitor: Visitor) -> None:
    shop.site.pages["/crowded"] = CROWDED
    with shop.front.holding("/t.js"):
        await visitor.page.goto(shop.url(f"/crowded?{AD}"), wait_until="domcontentloaded")
        await visitor.page.evaluate(SUBMIT, "lead")
        assert (await shop.inbox.only()).metadata == AD_METADATA
