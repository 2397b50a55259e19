"""The pages that visitors see when a form was sent, in their own language."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect
from playwright.async_api import Page as BrowserPage

from collector.domain.capture import Capture
from collector.domain.lead_type import LeadType
from collector.storage.captures import CreateCapture
from collector.storage.lead_types import SaveLeadType
from tests.browser.chromium import AGENT
from tests.browser.marks import fresh
from tests.browser.shop import AD, AD_METADATA, Shop
from tests.browser.site import FORM, Page
from tests.browser.visitor import Visitor

NAMELESS = FORM.replace("name=", "data-was=")
"""A form that forgot to name its inputs: nothing arrives but what the script adds."""

STRICT = "01990000-0000-7000-8000-000000000077"

GERMAN = '<input type="hidden" name="_lang" value="de">'


@fresh
async def german(shop: Shop, browser: Browser) -> AsyncIterator[Visitor]:
    async with await browser.new_context(user_agent=AGENT, locale="de-DE") as context:
        yield Visitor(shop, context, await context.new_page())


async def send(page: BrowserPage) -> int:
    """Press the form's button; gives the status of the page that comes."""
    async with page.expect_navigation() as navigation:
        await page.get_by_role("button", name="Send").click()
    answer = await navigation.value
    assert answer is not None
    return answer.status


async def shows(page: BrowserPage, language: str, heading: str) -> None:
    await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    await expect(page.locator("html")).to_have_attribute("lang", language)
    sign = await page.locator("svg.sign").bounding_box()
    assert sign is not None
    assert sign["height"] < 100, "the style sheet is missing"


async def test_an_empty_form_is_answered_with_422_and_the_filled_in_one_arrives(
    shop: Shop, visitor: Visitor
) -> None:
    shop.site.pages["/contact"] = Page(body=NAMELESS)
    await visitor.land(f"/contact?{AD}")
    assert await send(visitor.page) == 422
    await shows(visitor.page, "en", "We could not accept the form")
    assert await shop.inbox.stored() == []
    assert shop.inbox.received_nothing()
    shop.site.pages["/contact"] = Page(body=FORM)
    await visitor.land("/contact")
    await visitor.submit()
    assert (await shop.inbox.only()).metadata == AD_METADATA


async def test_a_german_visitor_reads_german(shop: Shop, german: Visitor) -> None:
    shop.site.pages["/contact"] = Page(body=NAMELESS)
    await german.land(f"/contact?{AD}")
    assert await send(german.page) == 422
    await shows(german.page, "de", "Das Formular konnte nicht angenommen werden")
    shop.site.pages["/contact"] = Page(body=FORM)
    await german.land("/contact")
    await german.submit()
    await shows(german.page, "de", "Vielen Dank")
    assert (await shop.inbox.only()).metadata == AD_METADATA


async def test_a_form_that_names_its_language_is_answered_in_it(
    shop: Shop, visitor: Visitor
) -> None:
    shop.site.pages["/contact"] = Page(body=FORM.replace("<button", f"{GERMAN}<button"))
    await visitor.land(f"/contact?{AD}")
    await visitor.page.get_by_label("email").fill("ada@example.com")
    assert await send(visitor.page) == 200
    await shows(visitor.page, "de", "Vielen Dank")
    assert (await shop.inbox.only()).metadata == AD_METADATA


async def test_the_error_page_speaks_the_language_that_the_form_names(
    shop: Shop, visitor: Visitor
) -> None:
    shop.site.pages["/contact"] = Page(body=NAMELESS.replace("<button", f"{GERMAN}<button"))
    await visitor.land(f"/contact?{AD}")
    assert await send(visitor.page) == 422
    await shows(visitor.page, "de", "Das Formular konnte nicht angenommen werden")
    assert await shop.inbox.stored() == []
    assert shop.inbox.received_nothing()


@pytest.mark.parametrize("capture", ["01990000-0000-7000-8000-000000000001", "contact-form"])
async def test_a_form_with_a_wrong_address_says_so(
    shop: Shop, german: Visitor, capture: str
) -> None:
    shop.site.pages["/contact"] = Page(body=FORM.replace("{source_id}", capture))
    await german.page.goto(shop.url(f"/contact?{AD}"))
    await german.fill(email="ada@example.com")
    assert await send(german.page) == 404
    await shows(german.page, "de", "Dieses Formular gibt es nicht")
    assert await shop.inbox.stored() == []
    assert shop.inbox.received_nothing()


async def test_a_form_that_breaks_its_lead_type_is_mended_on_the_page_and_keeps_its_attribution(
    shop: Shop, visitor: Visitor
) -> None:
    """The page is sandboxed: it sends no cookie, so what it carries must be enough."""
    asked = LeadType(name="Contact", required=("email",))
    strict = Capture(
        source_id=STRICT, name="Strict", origins=(shop.origin(),), lead_type=asked, created_at=1
    )
    await shop.inbox.store.write(SaveLeadType(lead_type=asked, now=1))
    await shop.inbox.store.write(CreateCapture(capture=strict))
    await shop.collector_knows(STRICT)
    shop.site.pages["/contact"] = Page(body=FORM.replace("{source_id}", STRICT))
    await visitor.land(f"/contact?{AD}")
    await visitor.page.get_by_role("textbox", name="email").fill("nobody at all")
    assert await send(visitor.page) == 422
    await shows(visitor.page, "en", "Please check your entries")
    await expect(visitor.page.get_by_text("This is not an e-mail address.")).to_be_visible()
    assert await shop.inbox.stored() == []
    await visitor.page.get_by_role("textbox", name="email").fill("ada@example.org")
    await visitor.page.get_by_role("button", name="Send again").click()
    await expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Thank you")
    (lead,) = await shop.inbox.stored()
    assert lead.metadata == AD_METADATA
    assert (lead.fields["email"], lead.lead_type) == ("ada@example.org", "Contact")
