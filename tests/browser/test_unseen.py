"""A visitor does not notice the script: nothing moves, and axe finds nothing that was not there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from tests.browser.shop import AD, Shop
from tests.browser.site import TAG, Page
from tests.browser.visitor import Visitor

FIELDS = '<label>email <input name="email"></label> <input name="phone"> <button>Send</button>'
KINDS = (
    f'<form method="post" action="{{collector}}/f/{{source_id}}">{FIELDS}</form>',
    f'<form method="post" action="/order" data-collector>{FIELDS}</form>',
    f'<form method="post" action="/order"><input type="hidden" name="gclid">{FIELDS}</form>',
    f'<form method="post" action="/order"><input data-collector-fill="utm_source">{FIELDS}</form>',
    f"<form>{FIELDS}</form>",
)
FORMS = f"<h1>Contact</h1>{''.join(KINDS) * 10}"
MOVE = """() => document.body.prepend(
  Object.assign(document.createElement("div"), {style: "height: 200px"}))"""
SETTLED = """async () => {
  const isThere = ({name}) => /[/]t-[^/]+[.]js$/.test(name);
  while (window.collector && !performance.getEntriesByType("resource").some(isThere))
    await new Promise(requestAnimationFrame);
  for (let frame = 0; frame < 10; frame++) await new Promise(requestAnimationFrame);
}"""
"""All that the script loads is there, and what it did is painted."""


async def shifts(browser: Browser, visitor: Visitor, *, moves: bool) -> list[dict[str, Any]]:
    """Land on the page, begin a form, and list what has moved meanwhile."""
    await browser.start_tracing(page=visitor.page, categories=["loading", "devtools.timeline"])
    await visitor.land(f"/contact?{AD}")
    await visitor.page.evaluate(SETTLED)
    if moves:
        await visitor.page.evaluate(MOVE)
    await visitor.page.get_by_label("email").first.fill("ada@example.com")
    await visitor.page.evaluate(SETTLED)
    events: list[dict[str, Any]] = json.loads(await browser.stop_tracing())["traceEvents"]
    return [event for event in events if event["name"] == "LayoutShift"]


@pytest.mark.parametrize("moves", [False, True], ids=["by the script", "by the page"])
async def test_on_a_page_with_fifty_forms_nothing_moves_but_what_the_page_moves(
    shop: Shop, browser: Browser, visitor: Visitor, moves: bool
) -> None:
    shop.site.pages["/contact"] = Page(body=FORMS, attributes='data-forms="all"')
    assert bool(await shifts(browser, visitor, moves=moves)) == moves
    assert len(shop.front.posts("/t")) == 1


async def test_axe_finds_nothing_new(shop: Shop, visitor: Visitor) -> None:
    found = []
    for tag in ("", TAG):
        shop.site.pages["/contact"] = Page(body=FORMS, tag=tag, attributes='data-forms="all"')
        await visitor.page.goto(shop.url(f"/contact?{AD}"))
        if tag:
            await visitor.known()
        await visitor.page.get_by_label("email").first.fill("ada@example.com")
        await visitor.page.evaluate(SETTLED)
        results = await Axe().run(visitor.page)
        found.append([(one["id"], len(one["nodes"])) for one in results.response["violations"]])
    without, with_script = found
    assert with_script == without
    assert without != []
