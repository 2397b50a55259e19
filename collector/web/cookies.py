"""Cookies: only those named in the design are looked at; the header is never kept or logged."""

from __future__ import annotations

from collector.domain.browser_cookies import is_read
from collector.web.client import Client

_MAX_HEADER = 64 * 1024


def read_known_cookies(header: str) -> list[tuple[str, str]]:
    """List name and value of the cookies we know, in order, duplicates kept."""
    pairs = (part.strip(" \t").partition("=") for part in header[:_MAX_HEADER].split(";"))
    return [(name, value.strip('"')) for name, _, value in pairs if is_read(name)]


def read_tokens(header: str, cookie_name: str) -> list[str]:
    """List the values of every visitor cookie: subdomains and old paths can leave several."""
    if cookie_name not in header:
        return []
    pairs = (part.strip(" \t").partition("=") for part in header[:_MAX_HEADER].split(";"))
    return [value for name, _, value in pairs if name == cookie_name and value]


def set_cookie(name: str, value: str, max_age_s: int, client: Client) -> tuple[bytes, bytes]:
    """Write the visitor cookie's `Set-Cookie`; a `max_age_s` of 0 ends it."""
    secure = "; Secure" if client.scheme == "https" else ""
    text = (
        f"{name}={value}; Max-Age={max_age_s}; Path={client.cookie_path}; "
        f"HttpOnly; SameSite=Lax{secure}"
    )
    return b"set-cookie", text.encode("latin-1")
