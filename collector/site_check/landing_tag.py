"""The collector's tag on a landing page: there, once, right, allowed to load and to ask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from collector.domain.ids import parse_uuid
from collector.domain.link import split_link
from collector.domain.said import Said
from collector.domain.sites import origin_of, split_url
from collector.site_check.consent_banners import banner_on
from collector.site_check.csp import CONNECT, SCRIPT, Asked, Policy, blocking
from collector.site_check.html_page import Page, Tag
from collector.site_check.site_findings import SiteFinding, site_finding

_SCRIPT_FILE: Final = re.compile(r"/t(?:\.v1)?\.js$")
_MANAGERS: Final = {
    "Google Tag Manager": "googletagmanager.com/gtm.js",
    "Google tag": "googletagmanager.com/gtag/js",
    "Matomo Tag Manager": "/container_",
    "Tealium": "tags.tiqcdn.com",
    "Adobe": "assets.adobedtm.com",
}
_RUNS: Final = frozenset({"", "module", "text/javascript", "application/javascript"})
_HELD_SRC: Final = ("data-src", "data-cookieblock-src", "data-cmp-src", "data-rocket-src")


class CollectorTag(msgspec.Struct, frozen=True):
    """The tag: where its script is, and what it says. `base` is the collector's address."""

    tag: Tag
    address: str

    @property
    def base(self) -> str:
        """The collector's public address, without a last slash."""
        return self.address.partition("?")[0].rpartition("/")[0]

    def option(self, name: str) -> str:
        """Read an option: an attribute, else the script's query."""
        query = dict(split_link(self.address).pairs)
        return self.tag.get(f"data-{name}") or query.get(name, "")


def find_tags(page: Page) -> list[CollectorTag]:
    """Find the collector's tags, those that a consent tool holds back included."""
    found = []
    for script in page.scripts:
        src = script.get("src") or next(filter(None, map(script.get, _HELD_SRC)), "")
        path = src.partition("?")[0]
        if _SCRIPT_FILE.search(path) and ("data-source" in script.attributes or _is_ours(src)):
            found.append(CollectorTag(script, page.absolute(src)))
    return found


def _is_ours(src: str) -> bool:
    return "source=" in src or "/_lc/" in src or src.partition("?")[0].endswith("/t.v1.js")


def check_tag(
    page: Page, tags: list[CollectorTag], policies: list[Policy], capture: str | None
) -> Iterator[SiteFinding]:
    """Judge the tags of a page."""
    if not tags:
        yield from _missing(page, capture)
        return
    if len(tags) > 1:
        yield site_finding("tag_twice", page_name(page), str(len(tags)))
    for tag in tags:
        yield from _check_capture(tag, page, capture)
        yield from _check_loading(tag, page, policies)
    yield from _check_consent(page, tags[0])


def page_name(page: Page) -> str:
    """Name a page in a report."""
    return page.url.partition("#")[0].partition("?")[0]


def _missing(page: Page, capture: str | None) -> Iterator[SiteFinding]:
    sources = " ".join(script.get("src") + script.text for script in page.scripts)
    managers = [name for name, mark in _MANAGERS.items() if mark in sources]
    if managers:
        yield site_finding("tag_manager", page_name(page), ", ".join(managers))
    else:
        yield site_finding("tag_missing", page_name(page), capture=capture or "SOURCE_ID")


def _check_capture(tag: CollectorTag, page: Page, capture: str | None) -> Iterator[SiteFinding]:
    named = tag.option("source")
    words = {"capture": capture or "SOURCE_ID"}
    if not named:
        yield site_finding("tag_without_capture", page_name(page), **words)
    elif parse_uuid(named) is None or (capture and parse_uuid(named) != parse_uuid(capture)):
        yield site_finding("tag_wrong_capture", page_name(page), named[:64], **words)


def _check_loading(tag: CollectorTag, page: Page, policies: list[Policy]) -> Iterator[SiteFinding]:
    where, kind = page_name(page), tag.tag.get("type").lower()
    if kind not in _RUNS:
        yield site_finding("tag_waits", where, f'type="{kind}"')
    elif not tag.tag.get("src"):
        yield site_finding("tag_waits", where, Said("it has no src"))
    address, url = split_url(tag.address), split_url(page.url)
    if address is None or url is None:
        return
    if (url.scheme, address.scheme) == ("https", "http"):
        yield site_finding("tag_mixed_content", where)
    origin = origin_of(address) or ""
    script = Asked(tag.address, page.url, tag.tag.get("nonce"))
    if fault := blocking(policies, SCRIPT, script):
        yield site_finding("tag_blocked_by_csp", where, fault, origin=origin)
    if fault := blocking(policies, CONNECT, Asked(f"{tag.base}/t", page.url)):
        yield site_finding("answer_blocked_by_csp", where, fault, origin=origin)


def _check_consent(page: Page, tag: CollectorTag) -> Iterator[SiteFinding]:
    banner = banner_on(page.html)
    if banner:
        ignored = tag.option("consent") == "none"
        code = "consent_ignored" if ignored else "consent_banner"
        yield site_finding(code, page_name(page), Said(banner))
