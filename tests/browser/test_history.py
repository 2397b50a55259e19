"""Pages that come back from the back/forward cache, and pages loaded before they are shown.

A driven browser does neither as people's browsers do, so these pages drive themselves.
"""

from __future__ import annotations

from pathlib import Path

from tests.browser.chromium import lone_chromium
from tests.browser.marks import BY_COOKIE_OR_STORAGE
from tests.browser.shop import AD, AD_METADATA, Shop, Topology
from tests.browser.site import FORM, SELF_DRIVEN, Page

LEAVES_AND_RETURNS = Page(
    head=SELF_DRIVEN,
    body=f"""{FORM}<script>
  loaded.then(() => known).then(() => (location.href = "/away"));
  addEventListener("pageshow", async (event) => {{
    if (!event.persisted) return;
    await report("restored");
    send();
  }});
</script>""",
)
AWAY = Page(
    head=SELF_DRIVEN, body="<script>loaded.then(() => known).then(() => history.back())</script>"
)
"""The visitor looks at another page until it is known, and goes back."""

NEWER = "utm_source=newsletter&utm_medium=email&utm_campaign=march"
NEWER_METADATA = {"utm_campaign": "march", "utm_medium": "email", "utm_source": "newsletter"}


async def test_a_page_from_the_back_forward_cache_still_knows_its_visitor(
    shop: Shop, tmp_path: Path
) -> None:
    shop.site.pages |= {"/contact": LEAVES_AND_RETURNS, "/away": AWAY}
    url = shop.url(f"/contact?{AD}")
    async with lone_chromium(tmp_path, shop.certificate.key_hash, url):
        assert await shop.site.next_report() == "restored"
        lead = await shop.inbox.only()
    assert lead.metadata == AD_METADATA
    assert lead.stored.attribution["touches"] == 1


@BY_COOKIE_OR_STORAGE
async def test_a_page_from_the_back_forward_cache_knows_what_came_after_it(
    shop: Shop, tmp_path: Path, place: Topology
) -> None:
    shop.use(place)
    leaves = LEAVES_AND_RETURNS.body.replace("/away", f"/away?{NEWER}")
    shop.site.pages |= {"/contact": Page(head=SELF_DRIVEN, body=leaves), "/away": AWAY}
    url = shop.url(f"/contact?{AD}")
    async with lone_chromium(tmp_path, shop.certificate.key_hash, url):
        assert await shop.site.next_report() == "restored"
        lead = await shop.inbox.only()
    assert lead.metadata == NEWER_METADATA
    assert lead.stored.attribution["touches"] == 2


STARTS_A_PRERENDER = Page(
    tag="",
    head=f"""{SELF_DRIVEN}<script type="speculationrules">
  {{"prerender": [{{"urls": ["/contact?{AD}"], "eagerness": "immediate"}}]}}
</script>""",
    body=f'<script>fetch("/go").then(() => (location.href = "/contact?{AD}"))</script>',
)
IS_PRERENDERED = Page(
    head=SELF_DRIVEN,
    body=f"""{FORM}<script>
  loaded.then(() => report(document.prerendering ? "prerendered" : "loaded"));
  document.addEventListener("prerenderingchange", () => report("shown"));
  known.then(send);
</script>""",
)


@BY_COOKIE_OR_STORAGE
async def test_a_prerendered_page_counts_from_the_moment_it_is_shown(
    shop: Shop, tmp_path: Path, place: Topology
) -> None:
    shop.use(place)
    shop.site.pages |= {"/": STARTS_A_PRERENDER, "/contact": IS_PRERENDERED}
    async with lone_chromium(tmp_path, shop.certificate.key_hash, shop.url("/")):
        assert await shop.site.next_report() == "prerendered"
        assert shop.front.posts("/t") == []
        shop.site.go.set()
        assert await shop.site.next_report() == "shown"
        lead = await shop.inbox.only()
    (view,) = shop.front.posts("/t")
    assert "sec-purpose" not in view.headers
    assert lead.metadata == AD_METADATA
