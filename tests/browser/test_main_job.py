"""The main job: from the ad click to Driftrock, wherever the collector stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, expect

from tests.browser.chromium import AGENT
from tests.browser.front import PREFIX, SITE
from tests.browser.marks import EVERYWHERE, IN_EACH_PLACE
from tests.browser.shop import (
    AD,
    AD_METADATA,
    API_KEY,
    FOREIGN,
    FORM,
    FULL_METADATA,
    GA_CLIENT_ID,
    GCLID,
    PATH,
    SUBDOMAIN,
    Shop,
    Topology,
)
from tests.browser.site import PAGES
from tests.browser.visitor import Visitor

ON_EACH_SCHEME = pytest.mark.parametrize("scheme", ["http", "https"])


@ON_EACH_SCHEME
@IN_EACH_PLACE
async def test_an_ad_click_two_pages_ago_reaches_driftrock_byte_for_byte(
    shop: Shop, visitor: Visitor, place: Topology, scheme: str
) -> None:
    shop.use(replace(place, scheme=scheme))
    await visitor.have_analytics()
    began = datetime.now(UTC)
    await visitor.land(f"/?{AD}")
    await visitor.follow("About us")
    await visitor.follow("Contact")
    await visitor.submit(**FORM)

    await expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Thank you")
    base = shop.site.collector.replace(PREFIX, shop.url(PREFIX))
    assert visitor.page.url == f"{base}/f/{shop.site.source_id}/thanks"
    lead = await shop.inbox.only()
    assert lead.authorization == f"Bearer {API_KEY}"
    assert lead.raw == shop.documented_body(lead, FORM | {"message": "Two rooms,\r\nplease"})
    assert GCLID.encode() in lead.raw
    assert began <= datetime.fromtimestamp(lead.stored.created_at / 1e6, UTC) <= datetime.now(UTC)


@IN_EACH_PLACE
async def test_the_token_lies_where_the_topology_has_it_and_nowhere_else(
    shop: Shop, visitor: Visitor, place: Topology
) -> None:
    shop.use(place)
    await visitor.land(f"/contact?{AD}")
    token = (await visitor.known())["token"]
    cookie = await visitor.cookie()
    if place is FOREIGN:
        assert cookie is None
        assert await visitor.storage() == {"_lc": token}
    else:
        expected = {
            "value": token,
            "domain": place.host or SITE,
            "path": "/" if place.host else PREFIX,
            "httpOnly": True,
            "secure": True,
            "sameSite": "Lax",
        }
        assert cookie is not None
        assert {name: cookie.get(name) for name in expected} == expected
        assert await visitor.storage() == {}
    await visitor.submit()
    assert (await shop.inbox.only()).metadata == AD_METADATA


async def test_a_browser_that_blocks_third_party_cookies_loses_nothing(
    shop: Shop, visitor: Visitor
) -> None:
    shop.use(FOREIGN)
    url = shop.origin(FOREIGN.host or "")
    await visitor.context.add_cookies(
        [{"name": "third", "value": "party", "url": url, "secure": True, "sameSite": "None"}]
    )
    await visitor.land(f"/?{AD}")
    await visitor.follow("About us")
    await visitor.follow("Contact")
    await visitor.submit()
    assert [view.headers.get("cookie") for view in shop.front.posts("/t")] == [None] * 3
    assert (await shop.inbox.only()).metadata == AD_METADATA


@pytest.mark.parametrize(
    ("place", "policy", "metadata", "reason"),
    [
        pytest.param(PATH, "", FULL_METADATA, "last_campaign: gclid", id="path"),
        pytest.param(
            SUBDOMAIN,
            "no-referrer-when-downgrade",
            FULL_METADATA,
            "last_campaign: gclid",
            id="subdomain that is told the page",
        ),
        pytest.param(
            SUBDOMAIN,
            "",
            {"ga_client_id": GA_CLIENT_ID},
            "no token",
            id="subdomain that is told the origin",
        ),
        pytest.param(
            FOREIGN,
            "no-referrer-when-downgrade",
            AD_METADATA,
            "last_campaign: gclid",
            id="foreign that is told the page",
        ),
        pytest.param(FOREIGN, "", {}, "no token", id="foreign that is told the origin"),
    ],
)
async def test_without_javascript_the_page_of_the_form_tells_as_far_as_the_browser_lets_it(
    shop: Shop,
    browser: Browser,
    place: Topology,
    policy: str,
    metadata: dict[str, str],
    reason: str,
) -> None:
    shop.use(place)
    shop.site.pages["/contact"] = replace(
        PAGES["/contact"], headers={"Referrer-Policy": policy} if policy else {}
    )
    context = await browser.new_context(user_agent=AGENT, java_script_enabled=False)
    async with context:
        visitor = Visitor(shop, context, await context.new_page())
        await visitor.have_analytics()
        await visitor.page.goto(shop.url(f"/contact?{AD}"))
        await visitor.submit(email="ada@example.com")
        await expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Thank you")
    lead = await shop.inbox.only()
    assert lead.metadata == metadata
    assert lead.stored.attribution["reason"] == reason


@EVERYWHERE
async def test_a_form_on_the_landing_page_needs_no_answer_to_the_page_view(
    shop: Shop, visitor: Visitor, place: Topology
) -> None:
    shop.use(place)
    await visitor.have_analytics()
    with shop.front.holding("/t") as hold:
        await visitor.page.goto(shop.url(f"/contact?{AD}"))
        await hold.arrived()
        await visitor.submit()
        assert (await shop.inbox.only()).metadata == FULL_METADATA


@EVERYWHERE
async def test_a_form_on_the_next_page_needs_no_answer_to_the_page_view_either(
    shop: Shop, visitor: Visitor, place: Topology
) -> None:
    shop.use(place)
    await visitor.have_analytics()
    with shop.front.holding("/t") as hold:
        await visitor.page.goto(shop.url(f"/?{AD}"))
        await hold.arrived()
        await visitor.page.get_by_role("link", name="Contact").click()
        await visitor.submit()
        assert (await shop.inbox.only()).metadata == FULL_METADATA


@EVERYWHERE
async def test_a_landing_that_was_left_before_its_answer_is_sent_again_by_the_next_page(
    shop: Shop, visitor: Visitor, place: Topology
) -> None:
    shop.use(place)
    keep_referrers_secret(shop)
    with shop.front.holding("/t") as hold:
        await visitor.page.goto(shop.url(f"/?{AD}"))
        await hold.arrived()
        await visitor.page.get_by_role("link", name="About us").click()
        await shop.front.wait_for("/t", 2)
    await shop.front.wait_for("/t", 3)
    first, present, again = shop.front.views()
    assert again["url"] == first["url"] == shop.url(f"/?{AD}")
    assert present["url"] == shop.url("/about")
    await visitor.known()
    await visitor.follow("Contact")
    await visitor.submit()
    lead = await shop.inbox.only()
    assert lead.metadata == AD_METADATA
    assert lead.stored.attribution["touches"] == 1


@EVERYWHERE
async def test_pages_that_send_no_referrer_cost_nothing(
    shop: Shop, visitor: Visitor, place: Topology
) -> None:
    shop.use(place)
    keep_referrers_secret(shop)
    await visitor.have_analytics()
    await visitor.land(f"/?{AD}")
    await visitor.follow("About us")
    await visitor.follow("Contact")
    await visitor.submit()
    (post,) = shop.front.posts("/f")
    assert post.headers["origin"] == "null"
    assert "referer" not in post.headers
    assert (await shop.inbox.only()).metadata == FULL_METADATA


def keep_referrers_secret(shop: Shop) -> None:
    for path, page in PAGES.items():
        shop.site.pages[path] = replace(page, headers={"Referrer-Policy": "no-referrer"})
