"""What an inspection of a page view may say, as data: words of the code, each with its text."""

from __future__ import annotations

from typing import Final

from collector.domain.attribution import RELOAD, SAME_CLICK_ID
from collector.domain.channels import SHARED_LINK
from collector.domain.hosts import NO_TOUCH, SiteKind
from collector.domain.said import Said


def _a(kind: SiteKind) -> str:
    return "an" if kind[0] == "a" else "a"


SAID: Final[dict[str, str]] = {
    SAME_CLICK_ID: "the token knows this click: no new touch",
    RELOAD: "the same landing page within 30 minutes: no new touch",
    "merged direct": "a direct view replaces nothing",
    "new touch: direct": "the first that is known of this visitor",
    SHARED_LINK: "a link with the id of one network, seen on another: the later network counts",
    "utm": "UTM parameters are explicit; what they lack is implied",
    "referrer": "no parameter says more than the outside referrer",
    "direct": "there are neither parameters nor an outside referrer",
    "implied": "the click id {name} implies it",
    "alone": "only {name} is there",
    "both written": "utm_source and utm_medium as written",
    "written": "{name} as written",
    "person": "dropped: it names a person",
    "empty": "dropped: empty",
    "repeated": "dropped: the first value counts",
    "unusable": (
        "dropped: over 2,000 characters, or nothing but control characters or an e-mail address"
    ),
    "not known": "not known: no part of the attribution",
    "click id of": "click id of {network}",
    "click id": "click id",
    "implies": "implies {source} / {medium}",
    "cleaned": "without control characters and e-mail addresses",
    "no referrer": "none",
    "no address": "does not count: no whole address",
    "own domain": "does not count: own domain",
    "silent": "does not count: in COLLECTOR_SILENT_HOSTS",
    "outside": "outside: a site like any other",
    "by itself": "by itself {source} / {medium}",
    **{f"outside {kind}": f"outside: {kind} site {{name}}" for kind in SiteKind},
    **{f"silent {kind}": f"does not count: {kind} host of {{name}}" for kind in sorted(NO_TOUCH)},
    **{f"known {kind}": f"{{source}} is {_a(kind)} {kind} site" for kind in SiteKind},
    "no known site": "{source} is no known site",
    "paid": "{medium} is paid",
    "not paid": "{medium} is not paid",
    "elsewhere": "not on an own domain of the capture: its views are refused",
    "bot": "{reason}: nothing of this view is kept, and its leads are marked",
    "app": "inside the app {name}",
    "browser": "a browser",
    "rejected": "not used: {reason}",
}


def said(word: str, **values: str) -> Said:
    """Say the text of a word."""
    return Said(SAID[word], **values)
