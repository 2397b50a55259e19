"""How values are written in settings, what is wrong with one, and what of it may be shown."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

Network = IPv4Network | IPv6Network
Shown = str | int | list[str]

LOOPBACK: tuple[Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notation:
    """One way to write values.

    `wanted` ends the sentence "Write ...". `parse` raises ValueError with the end of the sentence
    "the value ...". `render` gives what may be shown of a value. `generate` makes a new secret.
    `absent` is the value where nothing is set and there is no default.
    """

    wanted: str
    parse: Callable[[str], Any]
    render: Callable[[Any], Shown] = str
    generate: Callable[[], str] | None = None
    absent: Any = None


def _free_of(*faults: tuple[str, str]) -> Callable[[str], str]:
    """Accept a text in which none of the patterns is found; each names its own fault."""

    def parse(text: str) -> str:
        for pattern, fault in faults:
            if re.search(pattern, text, re.ASCII | re.DOTALL):
                raise ValueError(fault)
        return text

    return parse


_checked_base_url = _free_of(
    (r"^(?!https?://)", "begins with neither https:// nor http://"),
    (r"[?#]", "has a query or a fragment"),
    (r"@", "has a user name"),
    (r"[^\w.~%/:\[\]-]", "has a character that no address has (write a name as xn--...)"),
    (r"^https?://(?!([\w.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/|$))", "names no host"),
)


def _base_url(text: str) -> str:
    """Drop the slash at the end; the host is the same in any case, the path is not."""
    scheme, _, rest = _checked_base_url(text).rstrip("/").partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.lower()}{slash}{path}"


def split_list(text: str) -> tuple[str, ...]:
    """Split a list at commas and, for files that hold one key a line, at line ends."""
    items = tuple(item.strip() for item in re.split(r"[,\n]", text) if item.strip())
    if not items:
        raise ValueError("holds only separators")
    return items


def _networks(text: str) -> tuple[Network, ...]:
    if text == "none":
        return ()
    return tuple(network for item in split_list(text) for network in _network(item))


def _network(item: str) -> tuple[Network, ...]:
    if item == "loopback":
        return LOOPBACK
    try:
        return (ip_network(item),)
    except ValueError:
        raise ValueError(f"holds {item!r}, which is no address range") from None


def _keys(pattern: str, fault: str) -> Callable[[str], tuple[str, ...]]:
    def parse(text: str) -> tuple[str, ...]:
        keys = split_list(text)
        for place, key in enumerate(keys, start=1):
            if not re.fullmatch(pattern, key):
                raise ValueError(f"holds a key that {fault}: number {place} of {len(keys)}")
        return keys

    return parse


def _render_keys(keys: tuple[str, ...]) -> str:
    return "1 key" if len(keys) == 1 else f"{len(keys)} keys"


def _render_networks(networks: tuple[Network, ...]) -> list[str]:
    return [str(network) for network in networks]


def _render_database_url(url: str) -> str:
    """Mask the password, in the user part or as a query parameter."""
    url = re.sub(r"(?<=://)([^:/@]*):[^/]*@", r"\1:***@", url)
    return re.sub(r"(?i)([?&][^=&]*password=)[^&]*", r"\1***", url)


def whole_number(low: int, high: int) -> Notation:
    """Accept whole numbers in a range, both ends included."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]+", text):
            raise ValueError("is not a whole number")
        if not low <= int(text) <= high:
            raise ValueError(f"is not from {low} to {high}")
        return int(text)

    return Notation(wanted=f"a whole number from {low} to {high}", parse=parse, render=int)


def one_of(*words: str) -> Notation:
    """Accept some words and no other."""

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"is not {' or '.join(words)}")
        return text

    return Notation(wanted=" or ".join(words), parse=parse)


FOLDER = Notation(
    wanted="the path of a folder",
    parse=lambda text: Path(_free_of(("\0", "holds a NUL character"))(text)),
)

DATABASE_URL = Notation(
    wanted="sqlite:///path/to/file.db or postgresql://user:password@host/database",
    parse=_free_of(
        (r"^(?!sqlite:///|postgresql://)", "begins with neither sqlite:/// nor postgresql://"),
        (r"^sqlite:///(:memory:)?$", "names no file"),
        (r"^sqlite:.*[?#\0]", "has a ? or # in its path"),
        (r"^postgresql:.*[\s\0\\#]", "has a space, \\ or #: write them as %20, %5C and %23"),
        (r"^postgresql://[^/]*[/?].*@", "has an @ after a / or ?: write these as %40, %2F, %3F"),
        (r"^postgresql://[^/?]*/?(\?|$)", "names no database"),
        (
            r"^postgresql://(?!([^/]*@)?([\w.%-]*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?/)",
            "has a host or port that cannot be read",
        ),
    ),
    render=_render_database_url,
)

SECRET_KEYS = Notation(
    wanted="keys of at least 32 characters, newest first, separated by commas; "
    'make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"',
    parse=_keys(r".{32,}", "is shorter than 32 characters"),
    render=_render_keys,
    generate=lambda: secrets.token_urlsafe(48),
    absent=(),
)

ENCRYPTION_KEYS = Notation(
    wanted="Fernet keys, newest first, separated by commas; make one with: python3 -c "
    '"import base64, secrets; '
    'print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())"',
    parse=_keys(r"[A-Za-z0-9_-]{43}=", "is not 32 bytes in URL-safe base64"),
    render=_render_keys,
    generate=lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    absent=(),
)

BEARER_TOKEN = Notation(
    wanted="letters, digits and any of - . _ ~ + / (RFC 6750, section 2.1)",
    parse=_free_of((r"[^A-Za-z0-9._~+/=-]", "has a character that no bearer token can have")),
    render=lambda _token: "set",
)

BASE_URL = Notation(
    wanted="an address such as https://leads.example.com, with a path if there is one",
    parse=_base_url,
)

HOST = Notation(
    wanted="an address or host name without a port, such as 0.0.0.0 or ::1",
    parse=_free_of(
        (r"^[^:]*:[^:]*$", "has a port or a scheme"),
        (r"[^\w.:%-]", "has a character that no address or host name has"),
    ),
)

COOKIE_NAME = Notation(
    wanted="letters, digits, - and _ (a token of RFC 6265), such as _lc",
    parse=_free_of(
        (r"[^A-Za-z0-9!#$%&'*+.^_`|~-]", "has a character that no cookie's name can have"),
        (r"(?i)^__(host|secure|http)-", "begins with a prefix that browsers keep for themselves"),
    ),
)

NETWORKS = Notation(
    wanted="addresses or ranges such as 10.0.0.0/8, separated by commas; "
    "loopback for this machine's own, none for no address at all",
    parse=_networks,
    render=_render_networks,
)
