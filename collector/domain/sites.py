"""URLs and the sites they lie on: hosts as browsers spell them, registrable domains, origins."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import unquote

import idna
import msgspec
from publicsuffixlist import PublicSuffixList

from collector.domain.remembered import remembered

_URL = re.compile(
    r"([a-z][a-z0-9+.-]{0,31}):[/\\]{2}([^/\\?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?",
    re.IGNORECASE | re.DOTALL,
)
_EDGES = "".join(map(chr, range(33)))
_SURROGATES = re.compile("[\ud800-\udfff]")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_HOST = 253
_MAX_AUTHORITY = 1_000
"""Longer than any host, percent-encoded or not: such a text is not worth a look."""
_MAX_PORT = 65535


class Url(msgspec.Struct, frozen=True):
    """An absolute URL in parts; `port` is None for the scheme's default, the rest is as written.

    `host` is lower-case, punycode, without a trailing dot, an IPv6 address in brackets.
    User name and password are not kept.
    """

    scheme: str
    host: str
    port: int | None
    path: str
    query: str
    fragment: str

    @property
    def authority(self) -> str:
        """Host and, where it is not the default, port."""
        return self.host if self.port is None else f"{self.host}:{self.port}"


@remembered(most=512, longest=2_000)
def split_url(text: str) -> Url | None:
    """Split an absolute URL the way browsers do; None when it has no scheme or no usable host.

    Source: WHATWG URL, host parsing (backslashes count as slashes, UTS 46 without transition).
    """
    if not text.isascii():
        text = _SURROGATES.sub("\ufffd", text)
    match = _URL.match(text.strip(_EDGES))
    if match is None:
        return None
    scheme, authority, path, query, fragment = match.groups("")
    scheme = scheme.lower()
    authority = authority.rpartition("@")[2]
    site = _split_authority(authority) if len(authority) <= _MAX_AUTHORITY else None
    if site is None:
        return None
    host, port = site
    if port == _DEFAULT_PORTS.get(scheme):
        port = None
    return Url(scheme, host, port, path, query, fragment)


@lru_cache(maxsize=4096)
def _split_authority(authority: str) -> tuple[str, int | None] | None:
    host, colon, port = authority.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = authority, ""
    if port and not (port.isascii() and port.isdigit() and int(port[:6]) <= _MAX_PORT):
        return None
    normal = _normal_ipv6(host) if host.startswith("[") else _normal_host(host)
    return (normal, int(port) if port else None) if normal else None


def _normal_ipv6(host: str) -> str | None:
    try:
        return f"[{IPv6Address(host.removeprefix('[').removesuffix(']')).compressed}]"
    except AddressValueError:
        return None


def _normal_host(host: str) -> str | None:
    if "%" in host:
        host = unquote(host)
    host = _punycode(host) if not host.isascii() else host.lower()
    host = host.removesuffix(".")
    return host if len(host) <= _MAX_HOST and _HOST.fullmatch(host) else None


def _punycode(host: str) -> str:
    """Map by UTS 46 and encode label by label; emoji domains, which IDNA 2008 refuses, exist."""
    try:
        mapped = idna.uts46_remap(host, std3_rules=False, transitional=False)
    except idna.IDNAError:
        return ""
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode()}"
        for label in mapped.split(".")
    )


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str:
    """Name the domain that one owner registered, private suffixes (`github.io`) included.

    An IP address, `localhost` and any other name without one stand for themselves.
    """
    host = _normal_host(host) or host
    if host.endswith("]") or host.rpartition(".")[2].isdigit():
        return host
    return _suffixes().privatesuffix(host) or host


def origin_of(url: Url) -> str | None:
    """Write the origin, `scheme://host[:port]` without default ports; None where there is none."""
    return f"{url.scheme}://{url.authority}" if url.scheme in _DEFAULT_PORTS else None
