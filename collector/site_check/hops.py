"""One redirect of an ad's link: what became of its parameters on the way to the next address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from collector.domain.link import decode_value, split_link, split_pairs
from collector.domain.parameters import known_parameter
from collector.domain.percent import percent_decode
from collector.domain.sites import split_url
from collector.site_check.html_page import Page
from collector.site_check.site_findings import SiteFinding, site_finding

Written = dict[str, list[str]]
"""Known parameters by name, with each value as written."""

CLICK_ID: Final = "TeSt_Click-Id0123456789"
TEST_UTMS: Final = "utm_source=collector&utm_medium=check&utm_campaign=Test%20Caf%C3%A9"
"""What a link without parameters is given, so that their loss can be seen."""

_SCRIPTED: Final = re.compile(
    r"""\blocation(?:\.href)?\s*=\s*["']([^"'\s]+)["']"""
    r"""|\blocation\.(?:replace|assign)\(\s*["']([^"'\s]+)["']"""
)
_REFRESH: Final = re.compile(
    r"""^\s*(\d+)[^;,]*[;,]\s*(?:url\s*=\s*)?["']?([^"']+)""", re.IGNORECASE
)
_SOON_S: Final = 10
_FEW_WORDS: Final = 60
"""A page with more text than this is there to be read, whatever its scripts could do."""


def with_test_parameters(url: str) -> str:
    """Give a link the parameters that it lacks: a click id, UTMs."""
    link = split_link(url)
    known = [parameter for name, _ in link.pairs if (parameter := known_parameter(name))]
    added = [] if any(one.click_id for one in known) else [f"gclid={CLICK_ID}"]
    added += [] if any(one.name.startswith("utm_") for one in known) else [TEST_UTMS]
    if not added:
        return url
    before, sharp, fragment = url.partition("#")
    joint = "&" if "?" in before else "?"
    return f"{before}{joint}{'&'.join(added)}{sharp}{fragment}"


def written_parameters(query: tuple[tuple[str, str], ...]) -> Written:
    """Read the parameters worth keeping, as they are written."""
    found: Written = {}
    for name, value in query:
        parameter = known_parameter(name)
        if parameter is not None and not parameter.names_person and value:
            found.setdefault(parameter.name, []).append(value)
    return found


def next_address(page: Page) -> tuple[str, str] | None:
    """Say where a page leads on by itself, and by what; None where it is there to be read."""
    for content in page.meta("http-equiv", "refresh"):
        match = _REFRESH.match(content)
        if match and int(match.group(1)[:4]) <= _SOON_S:
            return page.absolute(match.group(2).strip()), "redirect_by_meta"
    if page.forms or page.words > _FEW_WORDS:
        return None
    for script in page.scripts:
        match = _SCRIPTED.search(script.text)
        if match and not script.get("src"):
            return page.absolute(match.group(1) or match.group(2)), "redirect_by_script"
    return None


def compare_hop(before: str, after: str) -> Iterator[SiteFinding]:
    """Say what a step from one address to the next did to the parameters."""
    where = f"{bare(before)} -> {bare(after)}"
    left, right = split_url(before), split_url(after)
    if left and right and (left.scheme, right.scheme) == ("https", "http"):
        yield site_finding("redirect_to_http", where)
    link = split_link(after)
    now = written_parameters(link.pairs)
    behind = written_parameters(split_pairs(link.fragment.rpartition("?")[2]))
    wrong: dict[str, list[str]] = {}
    for name, values in written_parameters(split_link(before).pairs).items():
        code = _became(name, values, now.get(name, []), after)
        if name in behind and name not in now:
            code = "moved_to_fragment"
        if code:
            wrong.setdefault(code, []).append(name)
    for code, names in wrong.items():
        yield site_finding(code, where, ", ".join(names))


def _became(name: str, values: list[str], now: list[str], after: str) -> str | None:
    """Tell what became of one parameter; None when it came through as it was."""
    parameter = known_parameter(name)
    click_id = parameter is not None and parameter.click_id
    old = values[0]
    if not now:
        told = f"{name}={percent_decode(old)}"
        nested = told in percent_decode(percent_decode(after))
        return "parameters_nested" if nested else _kind("lost", click_id=click_id)
    if old == now[0]:
        return "parameters_repeated" if len(now) > len(values) else None
    decode = percent_decode if click_id else decode_value
    before, value = decode(old), decode(now[0])
    if before == value:
        return "re_encoded"
    if decode(value) == before:
        return "double_encoded"
    if value == before.lower():
        return "lower_cased"
    return _kind("changed", click_id=click_id)


def _kind(what: str, *, click_id: bool) -> str:
    return f"click_id_{what}" if click_id else f"parameters_{what}"


def bare(url: str) -> str:
    """Write an address without query and fragment, as reports show it."""
    return url.partition("#")[0].partition("?")[0]
