from __future__ import annotations

from typing import Any

import msgspec
import pytest

from collector.domain.errors import InputError
from collector.domain.link_rules import LinkRules
from collector.domain.registered_link import RegisteredLink, Registrar, keys_of
from collector.domain.tables import SHIPPED_TABLES
from collector.domain.tally import Spot, spot_of_touch
from collector.domain.touch import PageView, touch_of

LINK = "https://www.example.com/offer?utm_source=google&utm_medium=cpc&utm_campaign=Spring+A"
OWN = frozenset({"example.com"})


def register(url: str = LINK, rules: LinkRules | None = None, name: str = "") -> RegisteredLink:
    found = rules or LinkRules(case="any")
    return Registrar(rules=found, tables=SHIPPED_TABLES, now=5).link(url, name, "1")


def arrived(url: str, **changes: Any) -> Spot:
    view = PageView(url=url, referrer="https://www.google.com/", at=7, own_domains=OWN)
    touch = touch_of(msgspec.structs.replace(view, **changes))
    return spot_of_touch(7, "capture", touch, SHIPPED_TABLES)


@pytest.mark.parametrize(
    ("url", "on_page", "on_site"),
    [
        (LINK, True, True),
        (f"{LINK}&gclid=Cj0-x&other=1#part", True, True),
        (LINK.replace("/offer", "/other"), False, True),
        (LINK.replace("www.", "shop."), False, True),
        (LINK.replace("example.com", "example.org"), False, False),
        (LINK.replace("Spring", "spring"), False, False),
        (f"{LINK}&utm_content=b", False, False),
        ("https://www.example.com/offer?gclid=Cj0", False, False),
    ],
)
def test_a_touch_comes_of_a_link_by_page_and_utms(url: str, on_page: bool, on_site: bool) -> None:
    link = register()
    keys = keys_of(arrived(url), link.mask)
    assert (keys.page == link.key, keys.site == link.site_key) == (on_page, on_site)


def test_what_a_platform_fills_in_may_be_anything() -> None:
    link = register(f"{LINK}&utm_term={{keyword}}&utm_content={{{{ad.name}}}}")
    assert link.mask == 0b11000
    filled = keys_of(arrived(f"{LINK}&utm_term=heat+pump&utm_content=Ad+1"), link.mask)
    assert filled.page == link.key
    assert keys_of(arrived(LINK), link.mask).page == link.key
    other = arrived(LINK.replace("cpc", "email"))
    assert keys_of(other, link.mask).page != link.key


def test_name_and_host_are_kept_beside_the_address() -> None:
    link = register(f" {LINK} ", name="  Spring \n ad ")
    assert (link.url, link.name, link.host) == (LINK, "Spring ad", "www.example.com")
    own = LinkRules(case="any", own_domains=OWN)
    assert register(rules=own).host == "www.example.com"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("no link", "mend this link first (not_a_link)"),
        (f"{LINK}&gclid=Cj0", "mend this link first (click_id)"),
        (f"{LINK}&utm_content={'x' * 2_000}", "mend this link first"),
        ("https://www.example.com/offer", "without utm_source"),
    ],
)
def test_a_link_whose_touches_could_not_be_told_is_refused(url: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        register(url)
    assert str(refused.value).startswith(said)
    assert refused.value.field == "links"
