"""What keeps the console to those who are signed in: headers, the cookie, the sender's site.

Browsers take a `__Host-` cookie only with `Secure`, and Chromium and Firefox take that from
loopback over plain http, too (https://www.w3.org/TR/secure-contexts/#is-origin-trustworthy).
Elsewhere the console needs https, and says so.
"""

from __future__ import annotations

from collector.domain.errors import CrossSite, InputError
from collector.domain.sites import split_url
from collector.web.answer import NO_STORE, Headers
from collector.web.client import Client, is_loopback
from collector.web.incoming import Incoming

COOKIE = "__Host-lc_session"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
SECURITY: Headers = (
    NO_STORE,
    (b"content-security-policy", _POLICY.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"referrer-policy", b"same-origin"),
    (b"vary", b"Accept-Language, Cookie"),
    (b"x-frame-options", b"DENY"),
    (b"x-robots-tag", b"noindex"),
)


def read_cookies(incoming: Incoming) -> dict[str, str]:
    """Read the request's cookies by name.

    Raises InputError when one names the session twice: somebody else's page planted one of them.
    """
    pairs = _cookie_pairs(incoming)
    if sum(name == COOKIE for name, _ in pairs) > 1:
        raise InputError(
            "the session's cookie came twice: delete this site's cookies, then sign in again",
            field="Cookie",
        )
    return dict(pairs)


def read_choices(incoming: Incoming) -> dict[str, str]:
    """Read the cookies but the session's: how pages look to somebody, whoever it is."""
    return {name: value for name, value in _cookie_pairs(incoming) if name != COOKIE}


def _cookie_pairs(incoming: Incoming) -> list[tuple[str, str]]:
    parts = (part.strip(" \t").partition("=") for part in incoming.header(b"cookie").split(";"))
    return [(name, value) for name, _, value in parts]


def session_cookie(value: str, max_age_s: int) -> tuple[bytes, bytes]:
    """Write the session's `Set-Cookie`; a `max_age_s` of 0 ends it."""
    said = f"{COOKIE}={value}; Max-Age={max_age_s}; Path=/; Secure; HttpOnly; SameSite=Lax"
    return b"set-cookie", said.encode("latin-1")


def choice_cookie(name: str, value: str, client: Client) -> tuple[bytes, bytes]:
    """Write the `Set-Cookie` of a choice of looks: no secret, kept for a year."""
    secure = "; Secure" if client.scheme == "https" else ""
    said = f"{name}={value}; Max-Age=31536000; Path=/; SameSite=Lax{secure}"
    return b"set-cookie", said.encode("latin-1")


def takes_session_cookie(client: Client) -> bool:
    """Whether the browser keeps the session's cookie from this address."""
    return client.scheme == "https" or is_loopback(client.host)


def refuse_cross_site(incoming: Incoming, client: Client) -> None:
    """Let a request that changes something come from the console's own pages only.

    By `Sec-Fetch-Site`, where it is absent by `Origin`, which browsers send with every POST
    (https://fetch.spec.whatwg.org/#origin-header). Raises CrossSite.
    """
    said = incoming.header(b"sec-fetch-site")
    if said:
        same = said in ("same-origin", "none")
    else:
        origin = split_url(incoming.origin or "")
        same = origin is not None and (origin.scheme, origin.host) == (client.scheme, client.host)
    if not same:
        raise CrossSite("this request came from another site's page, and was not carried out")
