"""What is counted of touches and leads for reports: places to count at, and measures of a day.

Days are UTC. Texts are cut and hold no e-mail address, so that counts outlive erased leads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, Literal

import msgspec

from collector.domain.channel_rules import PAID_CHANNELS
from collector.domain.emails import without_emails
from collector.domain.event import Event
from collector.domain.glance import page_name
from collector.domain.parameters import CLICK_IDS
from collector.domain.tables import Tables
from collector.domain.times import DAY, HOUR, MINUTE, parse_time
from collector.domain.touch import Touch

OTHER: Final = "(other)"
NOT_KNOWN: Final = "(none)"
MODELS: Final = ("first", "last", "last_paid")
DECIDED: Final = "decided"
"""The model that each capture has chosen: what a lead's metadata are of."""
DIMENSIONS: Final = ("channel", "source", "medium", "campaign", "landing_page")
"""What a place is made of: any of them may be split by another."""
ALONE: Final = (*DIMENSIONS, "content", "term")
"""What is also counted by itself, each bounded by itself, so that a long time is read quickly."""

_PAGE: Final = ALONE.index("landing_page")

LEADS: Final = "leads"
COVERED: Final = ("click_id", "ga_client_id", "first_touch")
OWED: Final = "owed:"
"""Begins a measure that ends with a destination: leads that were to go there."""

Span = Literal["day", "month"]

_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_LONGEST_MONTH: Final = 31
_LONGEST: Final = 200
_TIMES: Final = (
    (10 * MINUTE, "10m"),
    (HOUR, "1h"),
    (DAY, "1d"),
    (7 * DAY, "7d"),
    (30 * DAY, "30d"),
)
_MANY_TOUCHES: Final = 5
TIMES: Final = (*(name for _, name in _TIMES), "more")
TOUCHES: Final = (*map(str, range(1, _MANY_TOUCHES)), f"{_MANY_TOUCHES}+")
"""The steps that time and number of touches to a lead are counted in."""


class Place(msgspec.Struct, frozen=True):
    """Where a touch or a lead is counted; `day` is days since 1970-01-01."""

    day: int
    source_id: str
    channel: str
    source: str
    medium: str
    campaign: str
    landing_page: str

    def key(self) -> str:
        """Name the place in few bytes."""
        return blake2b(msgspec.json.encode(self), digest_size=16).hexdigest()

    def other(self) -> Place:
        """Name the place that stands for all beyond the limit of a day; the channel stays."""
        return Place(self.day, self.source_id, self.channel, OTHER, OTHER, OTHER, OTHER)


class Spot(msgspec.Struct, frozen=True):
    """A place, and what is counted of it by itself alone."""

    place: Place
    content: str = NOT_KNOWN
    term: str = NOT_KNOWN

    def values(self) -> Iterator[tuple[str, str]]:
        """Give its value in each dimension that is counted alone."""
        for name in DIMENSIONS:
            yield name, getattr(self.place, name)
        yield "content", self.content
        yield "term", self.term


def spot_of(at: int, source_id: str, shown: Mapping[str, Any]) -> Spot:
    """Find the spot of a touch, given its members as `render_touch` names them."""
    return _spot(at // DAY, source_id, tuple([str(shown.get(name) or "") for name in ALONE]))


def spot_of_touch(at: int, source_id: str, touch: Touch, tables: Tables) -> Spot:
    """Find the spot of a touch as it came."""
    shown = touch.classification(tables)
    said = [getattr(shown, name, None) or "" for name in ALONE]
    said[_PAGE] = touch.landing_page
    return _spot(at // DAY, source_id, tuple(said))


@lru_cache(maxsize=256)
def _spot(day: int, source_id: str, texts: tuple[str, ...]) -> Spot:
    """Cut the texts of a spot, in the order of `ALONE`; a campaign's visitors share one."""
    said = [page_name(text) if place == _PAGE else text for place, text in enumerate(texts)]
    cut = [without_emails(text)[:_LONGEST] or NOT_KNOWN for text in said]
    return Spot(Place(day, source_id, *cut[: len(DIMENSIONS)]), *cut[len(DIMENSIONS) :])


def spots_of(event: Event, decided: Mapping[str, Any] | None) -> dict[str, Spot]:
    """Find the spot of a lead under each model; without any touch it has none.

    `decided` is the touch that its metadata are of. Where no touch was paid, the last one stands
    for the last paid.
    """
    first, last = event.attribution.get("first"), event.attribution.get("last")
    last = last or first
    if not (first and last):
        return {}
    paid = next((one for one in (last, first) if one.get("channel") in PAID_CHANNELS), last)
    touches = {"first": first, "last": last, "last_paid": paid, DECIDED: decided or last}
    different = {id(touch): touch for touch in touches.values()}  # mostly they are one or two
    spots = {
        same: spot_of(event.received_at, event.source_id, touch)
        for same, touch in different.items()
    }
    return {model: spots[id(touch)] for model, touch in touches.items()}


def has_click_id(shown: Mapping[str, Any] | None) -> bool:
    """Whether a click id came with a touch."""
    return bool(shown and CLICK_IDS & shown.get("parameters", {}).keys())


def measures_of(event: Event) -> Iterator[str]:
    """Name what is counted once for a lead: itself, what it came with, how long it took."""
    first, last = event.attribution.get("first"), event.attribution.get("last")
    yield LEADS
    if has_click_id(first) or has_click_id(last):
        yield "click_id"
    if event.metadata.get("ga_client_id"):
        yield "ga_client_id"
    if first and "at" in first:
        yield "first_touch"
        took = event.received_at - parse_time(first["at"])
        yield f"time:{next((name for limit, name in _TIMES if took < limit), 'more')}"
        touches = event.attribution.get("touches") or 1
        yield f"touches:{touches if touches < _MANY_TOUCHES else f'{_MANY_TOUCHES}+'}"


def is_counted(event: Event) -> bool:
    """Whether an event is a lead of reports: tests and spam are none."""
    return event.event_type == "lead" and not event.marks.keys() & {"test", "spam"}


def month_of(day: int) -> int:
    """Give the first day of a day's month, both as days since 1970-01-01."""
    return day - date.fromordinal(_EPOCH_ORDINAL + day).day + 1


def month_end(day: int) -> int:
    """Give the last day of a day's month."""
    return month_of(month_of(day) + _LONGEST_MONTH) - 1


def spans_between(since: int, until: int) -> list[tuple[Span, int, int]]:
    """Cut days, both included, into whole months and the single days around them."""
    begun = month_of(since)
    months = since if begun == since else month_end(since) + 1
    rest = month_of(until + 1)
    if months >= rest:
        return [("day", since, until)]
    parts: list[tuple[Span, int, int]] = [
        ("day", since, months - 1),
        ("month", months, rest - 1),
        ("day", rest, until),
    ]
    return [part for part in parts if part[1] <= part[2]]
