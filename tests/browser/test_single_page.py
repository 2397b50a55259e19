"""Sites that never load a second page: addresses change, and forms are rendered late."""

from __future__ import annotations

import pytest

from tests.browser.shop import AD, AD_METADATA, FOREIGN, PATH, Shop, Topology
from tests.browser.site import FORM, Page
from tests.browser.visitor import Visitor, answers_view

NEWSLETTER = "utm_source=newsletter&utm_medium=email&utm_campaign=march"
NEWSLETTER_METADATA = {
    "utm_campaign": "march",
    "utm_medium": "email",
    "utm_source": "newsletter",
}
APP = Page(
    body=f"""
<main></main>
<template>{FORM}</template>
<script>
  const go = (path) => {{
    history.pushState({{}}, "", path);
    document.querySelector("main").replaceChildren(
      document.querySelector("template").content.cloneNode(true));
  }};
</script>
"""
)


@pytest.mark.parametrize(
    ("place", "landing", "then", "metadata"),
    [
        pytest.param(PATH, "/", f"/offer?{NEWSLETTER}", NEWSLETTER_METADATA, id="by its address"),
        pytest.param(PATH, f"/?{AD}", "/contact", AD_METADATA, id="by the landing"),
        pytest.param(
            PATH, f"/?{AD}", f"/#/offer?{NEWSLETTER}", NEWSLETTER_METADATA, id="by a route"
        ),
        pytest.param(
            PATH, f"/?{AD}", f"/offer?{NEWSLETTER}", NEWSLETTER_METADATA, id="by the newer one"
        ),
        pytest.param(
            FOREIGN, f"/?{AD}", f"/offer?{NEWSLETTER}", NEWSLETTER_METADATA, id="by storage"
        ),
    ],
)
async def test_a_late_form_on_a_single_page_site_is_attributed(
    shop: Shop,
    visitor: Visitor,
    place: Topology,
    landing: str,
    then: str,
    metadata: dict[str, str],
) -> None:
    shop.use(place)
    shop.site.pages["/"] = APP
    await visitor.land(landing)
    async with visitor.page.expect_response(answers_view):
        await visitor.page.evaluate("(path) => go(path)", then)
    await visitor.submit()
    lead = await shop.inbox.only()
    assert lead.metadata == metadata


async def test_a_page_view_within_a_site_names_the_previous_address_as_referrer(
    shop: Shop, visitor: Visitor
) -> None:
    shop.site.pages["/"] = APP
    await visitor.land(f"/?{AD}")
    await visitor.page.evaluate("(path) => go(path)", "/contact")
    await shop.front.wait_for("/t", 2)
    _, view = shop.front.views()
    assert view["url"] == shop.url("/contact")
    assert view["referrer"] == shop.url(f"/?{AD}")
    await visitor.submit()
    assert (await shop.inbox.only()).metadata == AD_METADATA
