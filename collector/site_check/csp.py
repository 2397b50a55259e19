"""Content security policies: whether a page lets an address be loaded, asked or posted to.

Source: Content Security Policy Level 3, sections 6.7.1 and 6.7.2 (https://www.w3.org/TR/CSP3/).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from collector.domain.sites import Url, split_url

Policy = dict[str, tuple[str, ...]]

SCRIPT: Final = ("script-src-elem", "script-src", "default-src")
CONNECT: Final = ("connect-src", "default-src")
FORM: Final = ("form-action",)
"""Directives that rule, the first that a policy has; no default stands for `form-action`."""

_SOURCE = re.compile(
    r"(?:([a-z][a-z0-9+.-]*)://)?(\*|(?:\*\.)?[a-z0-9_.-]+)(?::(\*|\d+))?(/.*)?", re.IGNORECASE
)
_PORTS: Final = {"http": 80, "https": 443}


class Asked(msgspec.Struct, frozen=True):
    """What a page wants: the address, from which page, by a script tag with which nonce."""

    address: str
    page: str
    nonce: str = ""


def parse_policies(headers: Iterable[str]) -> list[Policy]:
    """Read the policies of headers or metas; one header may hold several, all of which count."""
    texts = [text for header in headers for text in header.split(",")]
    return [policy for text in texts if (policy := _parse(text))]


def _parse(text: str) -> Policy:
    policy: Policy = {}
    for directive in text.split(";"):
        name, *values = directive.split() or [""]
        if name:
            policy.setdefault(name.lower(), tuple(values))
    return policy


def blocking(policies: Sequence[Policy], names: Sequence[str], asked: Asked) -> str | None:
    """Name the directive that stands in the way; None where all policies agree."""
    for policy in policies:
        name = next((name for name in names if name in policy), None)
        if name is not None and not _allows(policy[name], asked, scripts=names == SCRIPT):
            return f"{name} {' '.join(policy[name])}".strip()
    return None


def _allows(sources: Sequence[str], asked: Asked, *, scripts: bool) -> bool:
    if scripts:
        if asked.nonce and f"'nonce-{asked.nonce}'" in sources:
            return True
        if "'strict-dynamic'" in (source.lower() for source in sources):
            return False  # then hosts do not count, and no hash fits a script that changes
    url, page = split_url(asked.address), split_url(asked.page)
    if url is None or page is None:
        return False
    return any(_matches(source, url, page) for source in sources)


def _matches(source: str, url: Url, page: Url) -> bool:
    if source.lower() == "'self'":
        return url.authority == page.authority and _scheme_fits(page.scheme, url.scheme)
    if source == "*":
        return url.scheme in _PORTS
    if source.endswith(":"):
        return _scheme_fits(source[:-1].lower(), url.scheme)
    match = _SOURCE.fullmatch(source)
    if match is None:
        return False
    scheme, host, port, path = match.groups()
    return (
        _scheme_fits((scheme or page.scheme).lower(), url.scheme)
        and _host_fits(host.lower(), url.host)
        and _port_fits(port, url)
        and _path_fits(path or "", url.path or "/")
    )


def _scheme_fits(said: str, scheme: str) -> bool:
    return said == scheme or (said == "http" and scheme == "https")


def _host_fits(said: str, host: str) -> bool:
    if said == "*":
        return True
    return host.endswith(said[1:]) if said.startswith("*.") else host == said


def _port_fits(said: str | None, url: Url) -> bool:
    port = url.port or _PORTS.get(url.scheme)
    return said == "*" or port == (int(said) if said else _PORTS.get(url.scheme))


def _path_fits(said: str, path: str) -> bool:
    if said in ("", "/"):
        return True
    return path.startswith(said) if said.endswith("/") else path == said
