"""The check of one ad's link: hop by hop to the landing page, then the page itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from collector.domain.said import Said
from collector.domain.sites import registrable_domain, split_url
from collector.site_check.consent_banners import banner_on
from collector.site_check.cookie_prospects import Prospect, prospect_of
from collector.site_check.csp import Policy, parse_policies
from collector.site_check.fetch import Fetched, Fetcher
from collector.site_check.hops import bare, compare_hop, next_address, with_test_parameters
from collector.site_check.html_page import Page, absolute, read_page
from collector.site_check.landing_forms import FoundForm, check_forms, found_forms
from collector.site_check.landing_page import check_page, check_prospect
from collector.site_check.landing_tag import CollectorTag, check_tag, find_tags
from collector.site_check.names import Resolver
from collector.site_check.site_findings import SiteFinding, by_damage, site_finding

MOST_HOPS: Final = 10
TOTAL_S: Final = 60.0
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_OK: Final = 200
_HTML: Final = ("text/html", "application/xhtml+xml")


class Hop(msgspec.Struct, frozen=True):
    """One request of the way: its answer, and where it leads on: by a header, meta or script."""

    url: str
    status: int
    leads_to: str | None = None
    by: str | None = None


class SiteReport(msgspec.Struct, frozen=True):
    """The way, the cookie's prospects where a tag was found, and the findings, worst first.

    `forms` and `banner` say what else stands on the landing page.
    """

    hops: tuple[Hop, ...]
    prospect: Prospect | None
    findings: tuple[SiteFinding, ...]
    forms: tuple[FoundForm, ...] = ()
    banner: str | None = None


def render_report(report: SiteReport) -> str:
    """Write a report so that its texts can be said in any language again."""
    return msgspec.json.encode(report, enc_hook=Said.taken_apart).decode()


def parse_report(text: str) -> SiteReport:
    """Read a report. Raises msgspec.ValidationError on one that was written otherwise."""
    return _report.decode(text)


def _said(_kind: type, apart: dict[str, Any]) -> Said:
    return Said.put_together(apart)


_report: Final = msgspec.json.Decoder(SiteReport, dec_hook=_said)


@dataclass(slots=True)
class _Way:
    """What was seen so far."""

    hops: list[Hop] = field(default_factory=list)
    findings: list[SiteFinding] = field(default_factory=list)
    prospect: Prospect | None = None
    forms: tuple[FoundForm, ...] = ()
    banner: str | None = None

    def note(self, code: str, where: str, found: str = "") -> None:
        self.findings.append(site_finding(code, bare(where), found))

    def report(self) -> SiteReport:
        found = tuple(by_damage(self.findings))
        return SiteReport(tuple(self.hops), self.prospect, found, self.forms, self.banner)


class Expected(msgspec.Struct, frozen=True):
    """What the page should be: of one of these domains, with a tag of this capture; none: any."""

    capture: str | None = None
    own_domains: frozenset[str] = frozenset()


async def check_site(
    url: str, fetcher: Fetcher, resolve: Resolver, expected: Expected
) -> SiteReport:
    """Follow a link as a browser would and judge what is found.

    The link is given the click id and the UTMs that it lacks.

    At most a dozen requests, one at a time, in at most a minute.
    """
    way = _Way()
    try:
        async with asyncio.timeout(TOTAL_S):
            landing = await _walk(with_test_parameters(url), fetcher, way)
            if landing is not None:
                await _judge(landing, fetcher, resolve, expected, way)
    except TimeoutError:
        way.note("unreachable", url, Said("it took over {count} seconds", count=round(TOTAL_S)))
    return way.report()


async def _walk(url: str, fetcher: Fetcher, way: _Way) -> Fetched | None:
    """Follow every redirect; gives the answer that leads no further, if it is a page."""
    seen: set[str] = set()
    for _ in range(MOST_HOPS + 1):
        if url in seen:
            way.note("redirect_loop", url, bare(url))
            return None
        seen.add(url)
        answer = await fetcher.fetch(url)
        target, by = _leads_to(answer)
        way.hops.append(Hop(url, answer.status, target, by))
        if target is None:
            return answer if _is_page(answer, way) else None
        if by != "location":
            way.note(by or "", f"{bare(url)} -> {bare(target)}")
        way.findings += compare_hop(url, target)
        url = target
    way.note("too_many_redirects", url, str(MOST_HOPS))
    return None


def _leads_to(answer: Fetched) -> tuple[str | None, str | None]:
    location = answer.headers.get("location")
    if answer.status in _REDIRECTS and location:
        target = absolute(answer.url, location)
        _, sharp, fragment = answer.url.partition("#")
        return (target if "#" in target else target + sharp + fragment), "location"
    if answer.failure or not _is_html(answer):
        return None, None
    return next_address(read_page(answer.url, answer.body)) or (None, None)


def _is_html(answer: Fetched) -> bool:
    return answer.headers.get("content-type", _HTML[0]).partition(";")[0].lower() in _HTML


def _is_page(answer: Fetched, way: _Way) -> bool:
    if answer.failure:
        code = "address_blocked" if answer.blocked else "unreachable"
        url = split_url(answer.url)
        way.note(code, answer.url, url.authority if answer.blocked and url else answer.failure)
    elif answer.status != _OK:
        way.note("page_error", answer.url, str(answer.status))
    elif not _is_html(answer):
        way.note("not_html", answer.url, answer.headers["content-type"][:80])
    else:
        return True
    return False


async def _judge(
    landing: Fetched, fetcher: Fetcher, resolve: Resolver, expected: Expected, way: _Way
) -> None:
    capture = expected.capture
    page = read_page(landing.url, landing.body)
    _look_at_domain(page, expected, way)
    policies = _policies(landing, page)
    way.forms, way.banner = found_forms(page), banner_on(page.html)
    tags = find_tags(page)
    tag = tags[0] if tags else None
    way.findings += check_tag(page, tags, policies, capture)
    way.findings += check_forms(page, tag, policies, capture)
    way.findings += check_page(page, landing.headers, policies)
    if tag is not None:
        await _look_at_script(tag, fetcher, way)
        way.prospect = await _prospect(page, tag, resolve)
        if way.prospect is not None:
            way.findings += check_prospect(page, way.prospect)


def _look_at_domain(page: Page, expected: Expected, way: _Way) -> None:
    url = split_url(page.url)
    own = expected.own_domains
    if own and url and url.host not in own and registrable_domain(url.host) not in own:
        way.note("landed_elsewhere", page.url, url.authority)


def _policies(landing: Fetched, page: Page) -> list[Policy]:
    header = landing.headers.get("content-security-policy", "")
    return parse_policies([header, *page.meta("http-equiv", "content-security-policy")])


async def _look_at_script(tag: CollectorTag, fetcher: Fetcher, way: _Way) -> None:
    answer = await fetcher.fetch(tag.address)
    kind = answer.headers.get("content-type", "")
    if answer.blocked:
        way.note("tag_unreachable", tag.address, Said("its address is private or reserved"))
    elif answer.failure or answer.status != _OK:
        way.note("tag_unreachable", tag.address, answer.failure or str(answer.status))
    elif "javascript" not in kind:
        no_script = Said("it is {type}, no script", type=kind[:80] or Said("of no type"))
        way.note("tag_unreachable", tag.address, no_script)


async def _prospect(page: Page, tag: CollectorTag, resolve: Resolver) -> Prospect | None:
    own, collector = split_url(page.url), split_url(tag.address)
    if own is None or collector is None:
        return None
    return prospect_of(own, collector, await resolve(own.host), await resolve(collector.host))
