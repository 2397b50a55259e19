"""Notes and reasons of an attribution as people read them: their words stay stable in JSON."""

from __future__ import annotations

import re
from typing import Final

from collector.domain.said import Said
from collector.domain.submission import CLEANED_NOTE

NOTES: Final[dict[str, str]] = {
    r"new touch: (?P<reason>.+)": "a new touch, told by {reason}",
    r"(?P<piece>page|referrer|hidden inputs): (?P<found>.+)": "{piece}: {found}",
    r"(?P<reason>.+); dropped: (?P<names>.+)": "{reason}; {names} dropped as unusable",
    r"(?P<names>\w+) dropped": "{names} dropped as unusable",
    "page": "the form's page",
    "referrer": "the page before",
    "hidden inputs": "hidden inputs",
    "utm": "UTM parameters",
    "direct": "a direct view, without parameters",
    "shared link": "a shared link",
    "same click id": "the same click id again, no new touch",
    "reload": "loaded again, no new touch",
    "return": "the same landing page again, later",
    "unknown": "not known",
    "not on an own domain": "on a site that is not yours",
    "not used": "not used, something better was known",
    "no touch": "no touch is known",
    "no token": "no visitor cookie came along",
    "consent": "consent was denied, so nothing was taken",
    "consent unknown": "consent was still open, so only this page counts",
    "metadata as sent": "the sender gave the values itself",
    "concluded again when it was released": "judged again when its origin was allowed",
    CLEANED_NOTE: "characters that cannot be stored were replaced",
    r"origin (?:absent|null)": "the browser did not say from which site it was sent",
    "check code invalid": "its check code was not valid, so that it counts as a real lead",
    "check code expired": "its check code had expired, so that it counts as a real lead",
    r"_event_id over .+": "the sender's id of it was too long, and not used",
    r"_event_type is not one of .+": "its event type is none, so that the capture's counts",
    r"_created_at is not a time .+": "its time is none, so that the time of receipt counts",
    r"kept in fields: (?P<names>.+)": "kept among the fields: {names}",
    r"token rejected: (?P<cause>\w+)": "the visitor cookie was not used, {cause}",
    "check code": "a check code came with it",
    "honeypot": "a field that people do not see was filled in",
    "over the rate limit": "its address is over the rate limit",
    "no agent": "it does not name its browser",
    "odd agent": "it names a browser that there is not",
    "crawler": "a known program",
    "prefetch": "loaded in advance",
    "prerender": "loaded in advance",
    "malformed": "it is garbled",
    "key": "its signing key is gone",
    "signature": "its signature is wrong",
    "version": "another version wrote it",
    "expired": "it is too old",
    "site": "it belongs to another site",
    "oversized": "it is too large",
}
"""Patterns of what is noted, each with its text; the first that fits the whole counts."""

_PATTERNS: Final = [(re.compile(pattern), text) for pattern, text in NOTES.items()]


def tell(note: str) -> str:
    """Say a note or a reason for people, its parts as well; what has no text stays as it is."""
    for pattern, wording in _PATTERNS:
        if found := pattern.fullmatch(note):
            return Said(wording, **{name: tell(part) for name, part in found.groupdict().items()})
    return note
