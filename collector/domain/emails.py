"""E-mail addresses where none should be: found and taken out, in time linear in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from collector.domain.percent import percent_decode

_AT_DOMAIN = r"(?:@|%40)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,8}\.[a-z]{2,24}"
_HELD = re.compile(r"(?<=[^\s/?&=#])" + _AT_DOMAIN, re.IGNORECASE)
_RUN = re.compile(r"[a-z0-9]+")
_WHOLE = re.compile(r"[^\s@,;:<>()\"'|/?&=#]{1,64}" + _AT_DOMAIN, re.IGNORECASE)


def holds_email(text: str) -> bool:
    """Whether an e-mail address stands in the text, percent-encoded or not."""
    return ("@" in text or "%40" in text) and _HELD.search(text) is not None


def without_emails(text: str) -> str:
    """Take every e-mail address out of the text."""
    return _WHOLE.sub("", text) if holds_email(text) else text


def names_email(value: Any, email: str) -> bool:
    """Whether a JSON value holds this very address, in any case, and not as a part of another."""
    mailbox, _, domain = (re.escape(part) for part in email.casefold().rpartition("@"))
    whole = re.compile(rf"(?<![\w.+%-])(?<!\w'){mailbox}(?:@|%40){domain}(?![\w-]|\.\w)")
    return any(
        whole.search(written.casefold())
        for text in _texts(value)
        for written in (text, percent_decode(text))
    )


def telling_part(email: str) -> str:
    """Pick the longest run of an address that stands in every way of writing it, in lower case."""
    return max(_RUN.findall(email.lower()), key=len, default="@")


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a JSON value, names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _texts(member)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
