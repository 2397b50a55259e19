"""The script tag in the places where people put it."""

from __future__ import annotations

from pathlib import Path

from tests.browser.chromium import lone_chromium
from tests.browser.front import PARTNER
from tests.browser.marks import BY_COOKIE_OR_STORAGE
from tests.browser.shop import AD, AD_METADATA, Shop, Topology
from tests.browser.site import FORM, SELF_DRIVEN, TAG, Page
from tests.browser.visitor import Visitor

TAG_MANAGER = """<script>
  addEventListener("load", () => setTimeout(() => {
    const script = document.createElement("script");
    script.src = "{collector}/t.js?source={source_id}&consent=none";
    document.body.append(script);
  }));
</script>"""


async def test_a_tag_manager_may_load_the_script_after_the_page(
    shop: Shop, visitor: Visitor
) -> None:
    shop.site.pages["/contact"] = Page(tag="", body=FORM + TAG_MANAGER)
    await visitor.land(f"/contact?{AD}")
    await visitor.submit()
    lead = await shop.inbox.only()
    assert lead.metadata == AD_METADATA
    assert (lead.stored.consent.state, lead.stored.consent.by) == ("granted", "none")


async def test_a_tag_that_is_there_twice_acts_once(shop: Shop, visitor: Visitor) -> None:
    shop.site.pages["/contact"] = Page(tag=TAG + TAG, body=FORM)
    await visitor.land(f"/contact?{AD}")
    await visitor.submit()
    assert (await shop.inbox.only()).metadata == AD_METADATA
    assert len(shop.front.posts("/t")) == 1


@BY_COOKIE_OR_STORAGE
async def test_a_page_in_a_frame_of_another_site_keeps_its_visitor(
    shop: Shop, tmp_path: Path, place: Topology
) -> None:
    shop.use(place)
    shop.site.pages |= {
        "/partner": Page(tag="", body=f'<iframe src="{shop.url("/")}?{AD}"></iframe>'),
        "/": _goes_on("location.href = '/rooms'"),
        "/rooms": _goes_on("location.href = '/contact'"),
        "/contact": _goes_on("send()"),
    }
    url = f"{shop.origin(PARTNER)}/partner"
    async with lone_chromium(tmp_path, shop.certificate.key_hash, url):
        lead = await shop.inbox.only()
    assert [view["framed"] for view in shop.front.views()] == [True] * 3
    assert lead.metadata == AD_METADATA


def _goes_on(how: str) -> Page:
    go_on = f"<script>loaded.then(() => known).then(() => {{ {how}; }});</script>"
    return Page(head=SELF_DRIVEN, body=FORM + go_on)
