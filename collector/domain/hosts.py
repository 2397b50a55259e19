"""Which site a referrer or a `utm_source` stands for, looked up in the host table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

import msgspec

from collector.domain import host_table, search_hosts, silent_hosts, social_hosts, spam_hosts
from collector.domain.sites import Url


class SiteKind(StrEnum):
    """What a known site is for.

    `PLAIN` is a part of a known site that is like any other site, `ADS` shows ads on other sites.
    """

    SEARCH = "search"
    AI = "ai"
    SOCIAL = "social"
    VIDEO = "video"
    SHOPPING = "shopping"
    MAIL = "mail"
    PAYMENT = "payment"
    SIGN_IN = "sign-in"
    SPAM = "spam"
    PLAIN = "plain"
    ADS = "ads"


NO_TOUCH = frozenset({SiteKind.PAYMENT, SiteKind.SIGN_IN, SiteKind.SPAM})
"""Kinds whose sites send nobody: a visitor who comes back from one was here before."""

LATER_KINDS = frozenset({SiteKind.SEARCH, SiteKind.AI, SiteKind.SOCIAL})
"""Kinds of sites on which a link is shared or found, whoever paid for it before."""

NAMELESS = frozenset({SiteKind.PLAIN, SiteKind.ADS})
"""Kinds whose sites are named by their host, like any unknown site."""

_SOURCE_KINDS = frozenset(SiteKind) - NO_TOUCH - NAMELESS


class Site(msgspec.Struct, frozen=True):
    """A known site: its short name, its kind and the ad networks whose clicks come from it."""

    name: str
    kind: SiteKind
    networks: frozenset[str] = frozenset()


_TABLE = {
    SiteKind.SEARCH: search_hosts.SEARCH,
    SiteKind.AI: host_table.AI,
    SiteKind.SOCIAL: social_hosts.SOCIAL,
    SiteKind.VIDEO: host_table.VIDEO,
    SiteKind.SHOPPING: host_table.SHOPPING,
    SiteKind.MAIL: host_table.MAIL,
    SiteKind.PAYMENT: silent_hosts.PAYMENT,
    SiteKind.SIGN_IN: silent_hosts.SIGN_IN,
    SiteKind.SPAM: spam_hosts.SPAM,
    SiteKind.PLAIN: host_table.PLAIN,
    SiteKind.ADS: host_table.ADS,
}
_REPEATED = re.compile(r"(\S*)\{([^}]*)\}(\S*)")
_NO_NETWORK = "-"


def _rows(text: str) -> Iterator[tuple[str, frozenset[str], str]]:
    """Read the lines of one kind into name, networks and one of its entries each."""
    for line in text.strip().splitlines():
        words = _REPEATED.sub(_repeat, line).split()
        name, networks = words[:2]
        owners = frozenset(networks.split(",")) - {_NO_NETWORK}
        for entry in words[2:]:
            own_name = {"*": entry.partition(".")[0], ".": entry}.get(name, name)
            yield own_name, owners, entry.replace("~", " ")


def _repeat(match: re.Match[str]) -> str:
    before, words, after = match.groups()
    return " ".join(before + word + after for word in words.split())


def _entries() -> dict[str, Site]:
    """Key every site by each of its entries, a name as it may stand in `utm_source` included."""
    entries: dict[str, Site] = {}
    for kind, text in _TABLE.items():
        for name, networks, entry in _rows(text):
            site = Site(name, kind, networks)
            entries[entry] = site
            if kind in _SOURCE_KINDS:
                entries.setdefault(name, site)
    return entries


_SITES = _entries()
_PATHS = frozenset(entry.partition("/")[0] for entry in _SITES if "/" in entry)
"""Names of the sites that have entries by path."""


SURFACES = frozenset(
    network for site in _SITES.values() if site.kind in LATER_KINDS for network in site.networks
)
"""Networks that have sites on which links are shared or found."""


def site_of(url: Url) -> Site | None:
    """Find the known site a URL lies on, by host on label boundaries, then by path."""
    if url.scheme == "android-app":
        return _SITES.get(f"app:{url.host}")
    return _by_path(_site_of_host(url.host), url.path)


def site_of_source(source: str) -> Site | None:
    """Find the site that a lower-case `utm_source` names, by short name, host, package or URL."""
    site = _SITES.get(source) or _SITES.get(f"app:{source}")
    if site is None and "." in source:
        host, slash, path = source.removeprefix("https://").removeprefix("http://").partition("/")
        site = _by_path(_site_of_host(host), slash + path)
    return site if site and site.kind in _SOURCE_KINDS else None


_ADS = re.compile(r"(.+?)[-_ .]?ads?")
_AD_SYSTEMS = {"adwords": "google", "gads": "google"}


@lru_cache(maxsize=1024)
def advertiser_of_source(source: str) -> Site | None:
    """Find the site whose ads a lower-case `utm_source` names, as `fb-ads` or `adwords`."""
    match = _ADS.fullmatch(source)
    name = _AD_SYSTEMS.get(source) or (match[1] if match else "")
    return site_of_source(name)


def sends_nobody(url: Url, own: frozenset[str] = frozenset()) -> bool:
    """Whether a referrer is a payment, sign-in or spam host: it counts as no referrer.

    `own` names further such hosts; their subdomains count too.
    """
    site = site_of(url)
    return (site is not None and site.kind in NO_TOUCH) or (bool(own) and _lies_on(url.host, own))


def _lies_on(host: str, hosts: frozenset[str]) -> bool:
    while host:
        if host in hosts:
            return True
        host = host.partition(".")[2]
    return False


@lru_cache(maxsize=4096)
def _site_of_host(host: str) -> Site | None:
    while "." in host:
        site = _SITES.get(host)
        if site is not None:
            return site
        host = host.partition(".")[2]
    return None


def _by_path(site: Site | None, path: str) -> Site | None:
    """Try the longest leading part of the path that has an entry of its own."""
    if site is None or site.name not in _PATHS:
        return site
    parts = path.split("/", 3)[1:3]
    for count in range(len(parts), 0, -1):
        found = _SITES.get("/".join([site.name, *parts[:count]]))
        if found is not None:
            return found
    return site
