"""The landing page as a whole: caches, policies, workers, routing, and the cookie's prospects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from collector.domain.link import decode_value, split_link
from collector.domain.parameters import known_parameter
from collector.domain.said import Said
from collector.domain.sites import split_url
from collector.site_check.cookie_prospects import Prospect
from collector.site_check.csp import Policy
from collector.site_check.hops import written_parameters
from collector.site_check.html_page import Page
from collector.site_check.landing_forms import fillable, form_name
from collector.site_check.landing_tag import page_name
from collector.site_check.site_findings import SiteFinding, site_finding

_HIDING: Final = frozenset({"no-referrer", "same-origin"})
_WORKER: Final = re.compile(r"serviceWorker\s*\.\s*register\s*\(\s*[\"']?([^\"'),\s]*)")
_HASH_PAGE: Final = re.compile(r"#!?/")
_STRIPPING: Final = re.compile(r"history\.replaceState\([^;]{0,200}location\.pathname")
_SANDBOX_NEEDS: Final = ("allow-same-origin", "allow-scripts", "allow-forms")


def check_page(
    page: Page, headers: Mapping[str, str], policies: list[Policy]
) -> Iterator[SiteFinding]:
    """Judge what is true of the page beside its tag and its forms; header names in lower case."""
    where = page_name(page)
    if page.url.startswith("http:") and not _is_local(page):
        yield site_finding("page_on_http", where)
    if (policy := _referrer_policy(page, headers)) in _HIDING:
        yield site_finding("referrer_policy", where, policy)
    for rule in policies:
        said = rule.get("sandbox")
        if said is not None and not all(need in said for need in _SANDBOX_NEEDS):
            yield site_finding("sandboxed", where, " ".join(("sandbox", *said)))
    yield from _check_cache(page, headers)
    yield from _check_scripts(page)


def check_prospect(page: Page, prospect: Prospect) -> Iterator[SiteFinding]:
    """Say what browsers will do to the cookie."""
    if prospect.topology == "foreign":
        yield site_finding("cookie_third_party", page_name(page))
    elif prospect.capped:
        yield site_finding("cookie_seven_days", page_name(page), prospect.capped)


def _is_local(page: Page) -> bool:
    url = split_url(page.url)
    return url is not None and (
        url.host.endswith(".localhost") or url.host == "localhost" or url.host.startswith("127.")
    )


def _referrer_policy(page: Page, headers: Mapping[str, str]) -> str:
    """Read the policy that counts: the last one known; a meta comes after the header."""
    said = [headers.get("referrer-policy", ""), *page.meta("name", "referrer")]
    words = [word.strip().lower() for text in said for word in text.split(",") if word.strip()]
    return words[-1] if words else ""


def _check_cache(page: Page, headers: Mapping[str, str]) -> Iterator[SiteFinding]:
    """Look for what another visitor left in a page that was kept."""
    own = {
        name: {decode_value(value) for value in values}
        for name, values in written_parameters(split_link(page.url).pairs).items()
    }
    baked = [pair for pair in _held(page, cached=_is_cached(headers)) if _is_foreign(pair, own)]
    kept = "{found} (from a cache)" if _is_cached(headers) else "{found}"
    if baked:
        names = ", ".join(sorted({name for name, _ in baked}))
        yield site_finding("baked_in_parameters", page_name(page), Said(kept, found=names))
    for form in page.forms:
        tokens = [c for c in form.controls if c.get("name") == "_token" and c.get("value")]
        if tokens:
            token = Said(kept, found="_token")
            yield site_finding("baked_in_token", form_name(form, page), token)


def _is_cached(headers: Mapping[str, str]) -> bool:
    hits = ("x-cache", "cf-cache-status", "x-cache-status", "x-varnish-cache", "x-proxy-cache")
    old = headers.get("age", "0").strip()
    return (old.isdigit() and int(old) > 0) or any(
        "hit" in headers.get(name, "").lower() for name in hits
    )


def _held(page: Page, *, cached: bool) -> Iterator[tuple[str, str]]:
    """Name parameters in a page's hidden inputs, its forms' addresses, and a kept page's links.

    What an author links to is the author's choice, be it with a click id as in an example; UTMs
    in a form's address may be, too.
    """
    for form in page.forms:
        for control in fillable(form):
            yield control.get("name").lower(), control.get("value")
    for address in (*(form.action for form in page.forms), *(page.links if cached else ())):
        if not _same_host(page, address):
            continue
        for name, value in split_link(address).pairs:
            parameter = known_parameter(name)
            if parameter is not None and (parameter.click_id or cached):
                yield parameter.name, decode_value(value)


def _same_host(page: Page, address: str) -> bool:
    own, url = split_url(page.url), split_url(address)
    return own is not None and url is not None and own.host == url.host


def _is_foreign(pair: tuple[str, str], own: Mapping[str, set[str]]) -> bool:
    name, value = pair
    return bool(value) and value not in own.get(name, set())


def _check_scripts(page: Page) -> Iterator[SiteFinding]:
    where = page_name(page)
    seen_tag = False
    for script in page.scripts:
        seen_tag = seen_tag or "data-source" in script.attributes
        if match := _WORKER.search(script.text):
            computed = Said("its address is computed")
            yield site_finding("service_worker", where, match.group(1) or computed)
        if not seen_tag and _STRIPPING.search(script.text):
            yield site_finding("query_removed_early", where)
    routes = [link for link in page.links if _same_host(page, link) and _HASH_PAGE.search(link)]
    if routes:
        yield site_finding("hash_routing", where, f"#{routes[0].partition('#')[2]}")
