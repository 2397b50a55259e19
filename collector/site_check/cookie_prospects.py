"""How long the visitor cookie will live: by topology, and by Safari's rule for other machines.

Safari caps cookies of a same-site host at seven days where the host's CNAME leads to another
site, or, without a CNAME, where its address differs from the page's in the first half.
Source: WebKit, NetworkTaskCocoa.mm (https://github.com/WebKit/WebKit).
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final, Literal

import msgspec

from collector.domain.said import Said
from collector.domain.sites import Url, registrable_domain

Topology = Literal["path", "subdomain", "foreign"]

SAFARI_CAP_DAYS: Final = 7
_HALF_BITS: Final = {4: 16, 6: 64}


class Resolved(msgspec.Struct, frozen=True):
    """Where a host leads: its addresses, and the last name of its CNAME chain, if it has one."""

    addresses: tuple[str, ...] = ()
    cname: str | None = None


class Prospect(msgspec.Struct, frozen=True):
    """What becomes of the cookie; `capped` says why Safari cuts it to seven days."""

    topology: Topology
    capped: Said | None = None


def topology_of(page: Url, collector: Url) -> Topology:
    """Tell the topology as browsers see it; a site on http and one on https are two sites."""
    if page.scheme != collector.scheme:
        return "foreign"
    if page.authority == collector.authority:
        return "path"
    same = registrable_domain(page.host) == registrable_domain(collector.host)
    return "subdomain" if same else "foreign"


def prospect_of(page: Url, collector: Url, at: Resolved, leads: Resolved) -> Prospect:
    """Judge by where the page's host (`at`) and the collector's (`leads`) lead."""
    topology = topology_of(page, collector)
    if topology != "subdomain" or page.host == collector.host:
        return Prospect(topology)
    if leads.cname:
        return Prospect(topology, _other_name(page, at, leads.cname))
    return Prospect(topology, _other_address(at, leads))


def _other_name(page: Url, at: Resolved, cname: str) -> Said | None:
    own = {registrable_domain(page.host), registrable_domain(at.cname or page.host)}
    if registrable_domain(cname) in own:
        return None
    return Said("its CNAME leads to {name}", name=cname)


def _other_address(at: Resolved, leads: Resolved) -> Said | None:
    """Compare the first halves; addresses of two kinds cannot be compared and say nothing."""
    pairs = [
        (ip_address(own), ip_address(other))
        for own in at.addresses
        for other in leads.addresses
        if ip_address(own).version == ip_address(other).version
    ]
    if not pairs or any(_half(own) == _half(other) for own, other in pairs):
        return None
    own, other = pairs[0]
    return Said("its address {other} does not begin like the page's, {own}", other=other, own=own)


def _half(address: object) -> int:
    one = ip_address(str(address))
    return int(one) >> _HALF_BITS[one.version]
