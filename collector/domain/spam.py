"""Spam: a score with its reasons. It only ever marks; a person can say "not spam"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

LIMIT = 4
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_MARKUP = re.compile(r"\[url[=\]]|<a\s+href", re.IGNORECASE)
_NAME_FIELDS = frozenset(
    {"name", "first_name", "last_name", "firstname", "lastname", "vorname", "nachname", "company"}
)
_SHORT = 2_000
_GAP = "\0"
"""Between texts that are searched as one: no pattern goes over it."""


def spam_reason(fields: dict[str, Any], honeypot: str | None) -> str | None:
    """Say why a submission is spam, or None. A filled honeypot decides alone."""
    if honeypot:
        return "honeypot"
    found = list(_signs(fields))
    score = sum(points for points, _ in found)
    return ", ".join(reason for _, reason in found) if score >= LIMIT else None


def _signs(fields: dict[str, Any]) -> Iterator[tuple[int, str]]:
    texts = {name: value for name, value in fields.items() if isinstance(value, str)}
    everything = _GAP.join([text[:_SHORT] for text in texts.values()]).lower()
    linked = "://" in everything or "www." in everything
    links = len(_LINK.findall(everything)) if linked else 0
    if ("[" in everything or "<" in everything) and _MARKUP.search(everything):
        yield 3, "link markup"
    if links >= 5:  # noqa: PLR2004  (people who ask for an offer send one or two)
        yield 2, f"{links} links"
    elif links >= 2:  # noqa: PLR2004
        yield 1, f"{links} links"
    if links and any(
        _LINK.search(text[:_SHORT]) for name, text in texts.items() if name.lower() in _NAME_FIELDS
    ):
        yield 3, "a link as a name"
