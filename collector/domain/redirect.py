"""Where a browser may be sent after a form: only to pages the capture allows."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from collector.domain.capture import Capture
from collector.domain.sites import origin_of, split_url

MAX_LENGTH = 2_000
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_SAFE = "/:?#[]@!$&'()*+,;=%~"


def next_page(wanted: str, capture: Capture, form_origin: str | None) -> str | None:
    """Resolve `_next` to an absolute URL, or None when it must be ignored.

    Allowed: a URL on one of the capture's origins, or a path with one leading slash on the
    form's own origin. Backslashes and control characters are refused, %-encoded ones too.
    """
    if len(wanted) > MAX_LENGTH or _UNSAFE.search(wanted) or _UNSAFE.search(unquote(wanted)):
        return None
    if wanted.startswith("/"):
        return _on_own_origin(wanted, capture, form_origin)
    url = split_url(wanted)
    origin = origin_of(url) if url else None
    written = f"{origin}/", f"{origin}?", f"{origin}#"
    if origin is None or not capture.allows_origin(origin):
        return None
    if wanted.lower() != origin and not wanted.lower().startswith(written):
        return None  # user names, other spellings of the host, odd slashes
    return quote(wanted, safe=_SAFE)


def _on_own_origin(path: str, capture: Capture, form_origin: str | None) -> str | None:
    decoded = unquote(path)
    if decoded.startswith("//") or form_origin is None or not capture.allows_origin(form_origin):
        return None
    return form_origin + quote(path, safe=_SAFE)


def form_origin(origin: str | None, page: str | None, capture: Capture) -> str | None:
    """Name the origin a form stands on: `Origin`, else that of its page, if allowed."""
    for candidate in (origin, page):
        url = split_url(candidate) if candidate and candidate != "null" else None
        found = origin_of(url) if url else None
        if found and capture.allows_origin(found):
            return found
    return None
