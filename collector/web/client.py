"""Who asks, and under which public address: forwarded headers count from trusted proxies only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache, partial
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import msgspec

from collector.domain.sites import split_url
from collector.web.incoming import Incoming

Network = IPv4Network | IPv6Network
_PREFIX = re.compile(r"(/[A-Za-z0-9_.~-]+)+")
_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """The address of the caller and the address it used: scheme, host, port and public prefix."""

    address: str
    scheme: str
    host: str
    prefix: str
    forwarded: bool

    @property
    def rate_key(self) -> str:
        """Whom a rate limit counts: an IPv4 address, or the /64 a household has of IPv6."""
        return _rate_key(self.address)

    @property
    def cookie_path(self) -> str:
        """The `Path` of the visitor cookie: where the collector's public paths lie."""
        return self.prefix or "/"


class ClientReader:
    """Reads clients of one installation."""

    def __init__(self, trusted: Sequence[Network]) -> None:
        self._trusts = lru_cache(maxsize=4096)(partial(_is_within, networks=trusted))

    def read(self, incoming: Incoming) -> Client:
        """Find out who asks. A peer without an address (a unix socket) is the proxy itself."""
        peer = incoming.scope.get("client")
        address = peer[0] if peer else "127.0.0.1"
        forwarded = self._trusts(address)
        said = incoming.header if forwarded else _nothing
        via = said(b"x-forwarded-for")
        host = said(b"x-forwarded-host") or incoming.header(b"host")
        prefix = said(b"x-forwarded-prefix").rstrip("/")
        scheme = said(b"x-forwarded-proto").lower()
        return Client(
            address=self._original(via, address) if via else address,
            scheme=scheme if scheme in ("http", "https") else incoming.scope["scheme"],
            host=bare_host(host),
            prefix=prefix if _PREFIX.fullmatch(prefix) else "",
            forwarded=bool(via),
        )

    def _original(self, via: str, peer: str) -> str:
        """Walk the chain back from us: the first address that is no proxy of ours."""
        chain = [part.strip() for part in via.split(",")]
        outside = (hop for hop in reversed(chain) if not self._trusts(hop))
        found = next(outside, chain[0])
        return found if _parse(found) else peer


def _nothing(_name: bytes) -> str:
    return ""


@lru_cache(maxsize=4096)
def _parse(address: str) -> object | None:
    try:
        return ip_address(address)
    except ValueError:
        return None


def _is_within(address: str, networks: Sequence[Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)


@lru_cache(maxsize=4096)
def _rate_key(address: str) -> str:
    found = _parse(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network(f"{found}/64", strict=False))
    return address


@lru_cache(maxsize=1024)
def bare_host(host: str) -> str:
    """Take the port off a `Host` header; empty when it is no host."""
    url = split_url(f"http://{host}/")
    return url.host if url else ""


@lru_cache(maxsize=1024)
def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    return (
        host == "localhost"
        or host.endswith(".localhost")
        or _is_within(host.strip("[]"), _LOOPBACK)
    )
