"""Touches for tests, written as a visitor would make them."""

from __future__ import annotations

import re
from functools import reduce

from hypothesis import strategies as st

from collector.domain.attribution import Attribution, merge, new_attribution
from collector.domain.times import DAY, HOUR, MINUTE, parse_time
from collector.domain.touch import PageView, Touch, touch_of

START = parse_time("2026-11-24T02:15:00.000Z")
OWN = frozenset({"example.com"})
GOOGLE = "https://www.google.com/"


def touched(query: str = "", *, at: int = 0, referrer: str = "", path: str = "") -> Touch:
    """Make the touch of one page view, `at` microseconds after the start."""
    url = f"https://www.example.com/{path}{query}"
    return touch_of(PageView(url=url, referrer=referrer, at=START + at, own_domains=OWN))


_UNITS = {"us": 1, "m": MINUTE, "h": HOUR, "d": DAY}
_VIEW = re.compile(r"(direct|google|\?[^@/]+)(?:@(-?\d+)(us|m|h|d))?(?:/(\w*))?")


def view(text: str) -> Touch:
    """Read a page view from `?gclid=a@30m/path`: `direct` or `google` instead of a query."""
    match = _VIEW.fullmatch(text)
    assert match is not None, text
    what, amount, unit, path = match.groups()
    return touched(
        what if what.startswith("?") else "",
        at=int(amount or 0) * _UNITS[unit or "us"],
        referrer=GOOGLE if what == "google" else "",
        path=path or "",
    )


def views(text: str) -> list[Touch]:
    """Read page views written one after the other."""
    return [view(part) for part in text.split()]


def nobody() -> Attribution:
    """Begin with nothing known."""
    return new_attribution(site="example.com", visitor="abcdefghijkl", at=START)


def attributed(*touches: Touch) -> Attribution:
    """Merge touches in the order given."""
    return reduce(lambda known, touch: merge(known, touch).attribution, touches, nobody())


def _apart(index: int, shape: str) -> Touch:
    """Make a touch that is none of the others: another day, click id, page."""
    queries = {
        "click": f"?gclid=click-{index}",
        "share": f"?fbclid=share-{index}&utm_source=a",
        "campaign": f"?utm_campaign=campaign-{index}",
        "organic": "",
        "direct": "",
    }
    return touched(
        queries[shape],
        at=index * DAY,
        path=f"page-{index}",
        referrer=GOOGLE if shape == "organic" else "",
    )


_shapes = st.sampled_from(["click", "share", "campaign", "organic", "direct"])
journeys = st.lists(_shapes, max_size=9).map(
    lambda shapes: [_apart(index, shape) for index, shape in enumerate(shapes)]
)
"""Journeys of touches in order of time, each a touch of its own."""
