"""Where deliveries may go: checked on the address itself, at the moment of connecting.

A name proves nothing, since it can lead elsewhere at the next look-up; so each socket is checked
before it is opened. The list is our own: `ipaddress.is_global` lets NAT64, 6to4, multicast and
the cloud providers' metadata addresses pass.
Sources: IANA special-purpose address registries; OWASP ASVS 5.0, 1.3.6 and 13.2.4.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any, Final

from yarl import URL

from collector.domain.errors import InputError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)


METADATA: Final = _networks(
    "169.254.0.0/16",  # link-local: nearly every cloud's metadata
    "100.100.100.200/32",  # Alibaba Cloud
    "168.63.129.16/32",  # Azure's wire server
    "192.0.0.192/32",  # Oracle Cloud
    "fd00:ec2::/32",  # AWS
    "fd20:ce::254/128",  # Google Cloud
    "fe80::/10",
)
"""Never reachable, whatever is allowed: they hand out the machine's credentials."""

SPECIAL: Final = _networks(
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",  # multicast, reserved, broadcast
    "2001::/23",  # protocol assignments
    "2001:db8::/32",
    "3fff::/20",
)
GLOBAL_IPV6: Final = ip_network("2000::/3")
"""All there is of public IPv6; outside it nothing is reachable."""

NEVER_HTTP: Final = frozenset(
    {7, 9, 13, 17, 19, 20, 21, 22, 23, 25, 53, 69, 110, 111, 119, 123, 135, 137, 139, 143, 161}
    | {179, 389, 445, 465, 514, 515, 543, 587, 631, 636, 873, 990, 993, 995, 1433, 1521, 2049}
    | {3306, 3389, 5432, 5900, 6000, 6379, 6667, 9042, 11211, 27017}
)
"""Ports of well-known services that speak no HTTP."""

_EMBEDDING: Final = {
    # where IPv6 carries an IPv4 address: how far its last bit is from the right, and its mask
    ip_network("::/96"): ((0, 0),),
    ip_network("::ffff:0:0/96"): ((0, 0),),
    ip_network("::ffff:0:0:0/96"): ((0, 0),),
    ip_network("64:ff9b::/96"): ((0, 0),),  # NAT64, RFC 6052
    ip_network("2002::/16"): ((80, 0),),  # 6to4, RFC 3056
    ip_network("2001::/32"): ((64, 0), (0, 0xFFFFFFFF)),  # Teredo: server, client; RFC 4380
}


class BlockedAddress(OSError):
    """A destination's name leads where deliveries may not go."""

    def __init__(self) -> None:
        # always the same text: then the connector raises this error itself, not a summary
        super().__init__(errno.EACCES, "blocked address")


def embedded(address: Address) -> tuple[Address, ...]:
    """Name the IPv4 addresses that a packet to this one may end at; itself when there are none."""
    if isinstance(address, IPv6Address):
        for network, places in _EMBEDDING.items():
            if address in network:
                return tuple(
                    IPv4Address(int(address) >> shift & 0xFFFFFFFF ^ mask)
                    for shift, mask in places
                )
    return (address,)


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


def _is_public(address: Address) -> bool:
    special = _is_in(address, SPECIAL)
    return not special and (isinstance(address, IPv4Address) or address in GLOBAL_IPV6)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPolicy:
    """What may be connected to. `allow` names private ranges that are the operator's own."""

    allow: tuple[Network, ...] = ()

    def allows(self, address: Address) -> bool:
        """Whether deliveries may go to an address."""
        ends = embedded(address)
        if any(_is_in(end, METADATA) for end in (address, *ends)):
            return False
        return _is_in(address, self.allow) or all(
            _is_in(end, self.allow) or _is_public(end) for end in ends
        )

    def open_socket(self, target: tuple[Any, ...]) -> socket.socket:
        """Make the socket for a resolved address. Raises BlockedAddress."""
        family, kind, protocol, _, endpoint = target
        if not self.allows(ip_address(endpoint[0].partition("%")[0])):
            raise BlockedAddress
        return socket.socket(family, kind, protocol)

    def check_url(self, text: str) -> None:
        """Refuse an address before anything is sent. Raises InputError saying what to change."""
        for fault in _find_faults(text, self):
            raise InputError(f"url: {fault}", field="url")


def _find_faults(text: str, policy: AddressPolicy) -> Iterator[str]:
    if not text.isprintable() or " " in text or "\\" in text:
        yield "write it without spaces, backslashes and control characters"
        return
    try:
        url = URL(text)
        literal = _literal(url.host or "")
    except ValueError:
        yield "this is not an address"
        return
    if url.scheme not in ("http", "https") or not url.host:
        yield "it must begin with https:// or http:// and name a host"
    if url.user is not None or url.password is not None:
        yield "put no user or password into it"
    if url.fragment:
        yield "put no # into it"
    if url.port in NEVER_HTTP:
        yield "its port belongs to a service that speaks no HTTP"
    if literal is not None and not policy.allows(literal):
        yield (
            "this address is private or reserved; if it is yours, name its range in "
            "COLLECTOR_ALLOW_DESTINATIONS"
        )


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None
