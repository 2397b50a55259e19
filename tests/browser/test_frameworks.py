"""React and Vue themselves: the recipes as the docs have them, and forms whose every value is theirs."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from playwright.async_api import expect

from tests.browser.shop import AD, AD_METADATA, GCLID, Shop
from tests.browser.site import Page
from tests.browser.visitor import Visitor

BUILT = Path(__file__).with_name("frameworks") / "built"
RECIPES = Path(__file__).parents[2] / "docs" / "recipes.md"
LIBRARIES = pytest.mark.parametrize("library", ["react", "vue"])


def page_of(library: str, component: str) -> Page:
    """Write a page that shows a component; the library comes as part of it."""
    script = (BUILT / f"{library}.js").read_text()
    return Page(body=f'<div id="root"></div><script>{script}\npages.{component}.show();</script>')


async def test_the_built_pages_are_of_the_recipes_as_they_stand() -> None:
    blocks = dict(
        re.findall(r"^```(jsx|vue)\n(.+?)^```", RECIPES.read_text(), re.DOTALL | re.MULTILINE)
    )
    built = json.loads((BUILT / "recipes.json").read_text())
    assert built == {
        language: hashlib.sha256(text.encode()).hexdigest() for language, text in blocks.items()
    }, "build them anew: tests/browser/frameworks/build.mjs"


@LIBRARIES
async def test_the_recipe_works(shop: Shop, visitor: Visitor, library: str) -> None:
    shop.site.pages["/contact"] = page_of(library, "recipe")
    await visitor.land(f"/contact?{AD}")
    await visitor.page.locator("input[type=email]").fill("ada@example.com")
    await visitor.page.get_by_role("button", name="Send").click()
    lead = await shop.inbox.only()
    assert lead.body["fields"] == {"email": "ada@example.com"}
    assert lead.metadata == AD_METADATA


@LIBRARIES
async def test_a_form_whose_values_are_the_librarys_is_filled_and_copied(
    shop: Shop, visitor: Visitor, library: str
) -> None:
    shop.site.pages["/contact"] = page_of(library, "controlled")
    await visitor.land(f"/contact?{AD}")
    await visitor.fill(email="ada@example.com")
    await expect(visitor.page.get_by_label("campaign")).to_have_value("spring")
    await visitor.page.get_by_role("button", name="Send").click()
    await expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Thank you")
    values = {
        "email": "ada@example.com",
        "gclid": GCLID,
        "utm_source": "google",
        "campaign": "spring",
    }
    (order,) = shop.site.orders
    assert dict(parse_qsl(order.decode())) == values
    lead = await shop.inbox.only()
    assert lead.body["fields"] == values
    assert lead.metadata == AD_METADATA
