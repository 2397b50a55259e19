"""Form pages from templates and of real systems: each is sent as without the script, its lead
arrives, and no secret leaves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote_plus

import pytest
from playwright.async_api import ConsoleMessage, Response, WebError

from tests.browser.form_pages import FOLDER, FormPage, read_form_pages
from tests.browser.front import PARTNER
from tests.browser.shop import AD, AD_METADATA, Shop
from tests.browser.site import TAG, Asked, Page
from tests.browser.visitor import THANKS, Visitor

FORM_PAGES = read_form_pages()
COPIED = [
    pytest.param(page, id=name, marks=() if page.everyday else pytest.mark.long)
    for name, page in FORM_PAGES.items()
]
POSTED = [
    pytest.param(page, id=name, marks=() if page.everyday else pytest.mark.long)
    for name, page in FORM_PAGES.items()
    if page.action
]
FRAME = '<h1>Contact</h1><iframe src="/frame" title="Form"></iframe>'
RESERVED = ("_next", "_gotcha")


async def test_the_table_names_every_page_and_every_secret() -> None:
    assert len(FORM_PAGES) >= 60
    assert {path.stem for path in FOLDER.glob("*.html")} == set(FORM_PAGES)
    for page in FORM_PAGES.values():
        where = page.html + str(page.do)
        assert [secret for secret in page.secrets if secret not in where] == []
        for secret in sorted(page.secrets, key=len, reverse=True):
            where = where.replace(secret, "")
        assert "canary" not in where, page.name


class Errors:
    """What a visitor's pages complain of."""

    def __init__(self, visitor: Visitor) -> None:
        self._heard: set[str] = set()
        visitor.context.on("console", self._hear)
        visitor.context.on("weberror", self._fail)

    def taken(self) -> set[str]:
        """Take what was heard so far."""
        heard, self._heard = self._heard, set()
        return heard

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._heard.add(message.text)

    def _fail(self, failure: WebError) -> None:
        self._heard.add(str(failure.error))


def put(shop: Shop, page: FormPage, *, action: str = "", tag: bool = True) -> None:
    """Put a page up, with the script or without."""
    html = page.html.replace(page.action, action) if action else page.html
    body = html.replace("{elsewhere}", shop.origin(PARTNER))
    pages = {
        "/contact": FRAME if page.framed else body,
        "/frame": body,
        "/about": "<h1>About us</h1>",
    }
    for path, shown in pages.items():
        shop.site.pages[path] = Page(
            body=shown, tag=TAG if tag else "", attributes='data-forms="all"'
        )
    shop.site.other = Page(body="<h1>Thank you</h1>", tag="")


async def send(shop: Shop, visitor: Visitor, page: FormPage, *, leads: int = 0) -> list[Asked]:
    """Send the form, wait for its lead, and go on; gives what the page itself has asked for."""
    await visitor.page.goto(shop.url(f"/contact?{AD}"))
    if shop.site.pages["/contact"].tag:
        await visitor.known()
    begun = len(shop.site.asked)
    await page.submit(visitor.page)
    await shop.site.wait_for(begun + page.own)
    await shop.front.wait_for("/f", leads)
    await visitor.page.goto(shop.url("/about"))
    if shop.site.pages["/about"].tag:
        await visitor.known()
    return [one for one in shop.site.asked[begun:] if one.url != "/about?"]


def squeezed(texts: Iterable[str]) -> str:
    """Join texts as one that hides nothing behind an encoding or between spaces."""
    return "\n".join(re.sub(r"[\s-]", "", unquote_plus(text)) for text in texts)


async def what_left(shop: Shop, visitor: Visitor) -> str:
    """Collect all that the collector was told and all that the browser keeps."""
    told = [
        text
        for one in shop.front.asked
        for text in (one.path, one.body.decode(), *one.headers.values())
    ]
    cookies = [one["value"] for one in await visitor.context.cookies()]
    return squeezed([*told, *cookies, *(await visitor.storage()).values()])


@pytest.mark.parametrize("page", COPIED)
async def test_a_form_goes_its_own_way_and_its_copy_holds_no_secret(
    shop: Shop, visitor: Visitor, page: FormPage
) -> None:
    errors = Errors(visitor)
    put(shop, page, tag=False)
    without = await send(shop, visitor, page)
    own_errors = errors.taken()
    put(shop, page)
    assert await send(shop, visitor, page, leads=page.lead is not None) == without
    left = await what_left(shop, visitor)
    assert [secret for secret in page.secrets if squeezed([secret]) in left] == []
    assert errors.taken() == own_errors
    if page.lead is None:
        assert shop.front.posts("/f") == []
    else:
        lead = await shop.inbox.only()
        assert lead.body["fields"] == page.lead
        assert lead.metadata == AD_METADATA


def shows_thanks(response: Response) -> bool:
    return bool(THANKS.search(response.url))


@pytest.mark.parametrize("page", POSTED)
async def test_the_same_form_posts_to_the_collector(
    shop: Shop, visitor: Visitor, page: FormPage
) -> None:
    put(shop, page, tag=False)
    errors = Errors(visitor)
    (own,) = await send(shop, visitor, page)
    own_errors = errors.taken()
    put(shop, page, action="{collector}/f/{source_id}")
    await visitor.page.goto(shop.url(f"/contact?{AD}"))
    await visitor.known()
    async with visitor.context.expect_event("response", shows_thanks):
        await page.submit(visitor.page)
    lead = await shop.inbox.only()
    assert lead.body["fields"] == fields_of(own)
    assert lead.metadata == AD_METADATA
    assert errors.taken() == own_errors


def fields_of(own: Asked) -> dict[str, object]:
    """What a browser has sent, as the collector keeps it."""
    assert isinstance(own.body, list)
    fields: dict[str, object] = {}
    for name, value in own.body:
        if name in RESERVED:
            continue
        known = fields.get(name)
        fields[name] = (
            value if known is None else [*(known if isinstance(known, list) else [known]), value]
        )
    return fields
