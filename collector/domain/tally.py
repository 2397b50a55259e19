"""What is counted of touches and leads for reports: places to count at, and measures of a day.

Days are UTC. Texts are cut and hold no e-mail address, so that counts outlive erased leads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any, Final

import msgspec

from collector.domain.channel_rules import PAID_CHANNELS
from collector.domain.emails import without_emails
from collector.domain.event import Event
from collector.domain.parameters import CLICK_IDS
from collector.domain.times import DAY, HOUR, MINUTE, parse_time

OTHER: Final = "(other)"
NOT_KNOWN: Final = "(none)"
MODELS: Final = ("first", "last", "last_paid")
DIMENSIONS: Final = ("channel", "source", "medium", "campaign", "landing_page")

LEADS: Final = "leads"
COVERED: Final = ("click_id", "ga_client_id", "first_touch")

_LONGEST: Final = 200
_TIMES: Final = (
    (10 * MINUTE, "10m"),
    (HOUR, "1h"),
    (DAY, "1d"),
    (7 * DAY, "7d"),
    (30 * DAY, "30d"),
)
_MANY_TOUCHES: Final = 5


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


def place_of(at: int, source_id: str, shown: Mapping[str, Any]) -> Place:
    """Find the place of a touch, given its members as `render_touch` names them."""
    page = str(shown.get("landing_page") or "").partition("?")[0].partition("://")[2]
    texts = [*(shown.get(name) for name in DIMENSIONS[:-1]), page]
    cut = (without_emails(str(text or ""))[:_LONGEST] or NOT_KNOWN for text in texts)
    return Place(at // DAY, source_id, *cut)


def places_of(event: Event) -> dict[str, Place]:
    """Find the place of a lead under each model; without any touch it has none.

    Where no touch was paid, the last one stands for the last paid.
    """
    first, last = event.attribution.get("first"), event.attribution.get("last")
    last = last or first
    if not (first and last):
        return {}
    paid = next((one for one in (last, first) if one.get("channel") in PAID_CHANNELS), last)
    touches = {"first": first, "last": last, "last_paid": paid}
    return {
        model: place_of(event.received_at, event.source_id, touch)
        for model, touch in touches.items()
    }


def measures_of(event: Event) -> Iterator[str]:
    """Name what is counted once for a lead: itself, what it came with, how long it took."""
    first, last = event.attribution.get("first"), event.attribution.get("last")
    yield LEADS
    if any(CLICK_IDS & touch.get("parameters", {}).keys() for touch in (first, last) if touch):
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
