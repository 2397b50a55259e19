"""Attribution: first touch, last touch and the path between, and the reason for each change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypedDict

import msgspec

from collector.domain.browser_cookies import BrowserIds, newer_fbc, renewed_fbc
from collector.domain.channel_rules import NOT_SET, PAID_CHANNELS
from collector.domain.event import METADATA_KEYS
from collector.domain.tables import SHIPPED_TABLES, Tables
from collector.domain.times import MINUTE
from collector.domain.touch import ShownTouch, Touch, render_touch

VERSION = 1
MAX_BETWEEN = 3
RELOAD_WITHIN = 30 * MINUTE

SAME_CLICK_ID = "same click id"
RELOAD = "reload"


class Attribution(msgspec.Struct, frozen=True, array_like=True):
    """What is known of one visitor on one site; touches stand in order of time.

    `site` is the registrable domain it was issued on, `visitor` a random id, `count` all touches
    ever, `consent` as in `<state>:<by>`. `issued_at`, microseconds UTC: each new touch renews it.
    """

    version: int
    site: str
    visitor: str
    touches: tuple[Touch, ...] = ()
    count: int = 0
    ga_client_id: str | None = None
    ga_session_id: str | None = None
    fbp: str | None = None
    fbc: str | None = None
    consent: str = "unknown:none"
    issued_at: int = 0

    @property
    def first(self) -> Touch | None:
        """The oldest touch."""
        return self.touches[0] if self.touches else None

    @property
    def last(self) -> Touch | None:
        """The newest touch that is not direct, or a direct one that is alone."""
        return self.touches[-1] if self.touches else None

    @property
    def only_direct(self) -> bool:
        """Whether nothing but a direct view is known, or nothing at all."""
        return all(touch.is_direct for touch in self.touches)


class Merged(msgspec.Struct, frozen=True):
    """An attribution after a view, the same object if nothing changed, and what the view was."""

    attribution: Attribution
    reason: str


def new_attribution(*, site: str, visitor: str, at: int, consent: str = "") -> Attribution:
    """Begin an empty attribution."""
    return Attribution(VERSION, site, visitor, consent=consent or "unknown:none", issued_at=at)


def merge(attribution: Attribution, touch: Touch, tables: Tables = SHIPPED_TABLES) -> Merged:
    """Add a touch where it belongs in time, unless it is one that is known already.

    Views that come late find the same place: the order of arrival does not change the outcome
    when none comes later than `RELOAD_WITHIN`. (One that did could turn a reload into a touch
    after it was forgotten.)
    """
    if touch.is_direct:
        return _merge_direct(attribution, touch, tables)
    click_ids = touch.click_ids(tables)
    for known in attribution.touches:
        reason = _repetition(known, touch, click_ids)
        if reason and known.at <= touch.at:
            return Merged(attribution, reason)
        if reason:
            others = [other for other in attribution.touches if other is not known]
            again = _with_touches(attribution, [*others, touch], touch, tables)
            return Merged(again, reason)
    touches = [*attribution.touches, touch]
    added = _with_touches(attribution, touches, touch, tables, added=1)
    return Merged(added, f"new touch: {touch.reason(tables)}")


def is_known(attribution: Attribution, touch: Touch, tables: Tables = SHIPPED_TABLES) -> bool:
    """Whether one of these click ids or this landing page was there before, at any time."""
    click_ids = touch.click_ids(tables)
    return any(
        known.landing_hash == touch.landing_hash
        or not click_ids.isdisjoint(known.parameters.items())
        for known in attribution.touches
    )


def with_ids(attribution: Attribution, ids: BrowserIds) -> Attribution:
    """Take over what the browser's cookies say; the same object when that is nothing new."""
    known = attribution.ga_client_id, attribution.ga_session_id, attribution.fbp, attribution.fbc
    client_id, session_id, fbp, fbc = known
    told = (
        ids.ga_client_id or client_id,
        ids.ga_session_id or session_id,
        ids.fbp or fbp,
        newer_fbc(fbc, ids.fbc),
    )
    if told == known:
        return attribution
    client_id, session_id, fbp, fbc = told
    return msgspec.structs.replace(
        attribution, ga_client_id=client_id, ga_session_id=session_id, fbp=fbp, fbc=fbc
    )


def without_analytics(attribution: Attribution) -> Attribution:
    """Forget Google Analytics' ids; the same object when there were none."""
    if attribution.ga_client_id is None and attribution.ga_session_id is None:
        return attribution
    return msgspec.structs.replace(attribution, ga_client_id=None, ga_session_id=None)


class ShownAttribution(TypedDict):
    """An attribution in JSON."""

    first: ShownTouch | None
    last: ShownTouch | None
    touches: int
    ga_client_id: str | None
    ga_session_id: str | None
    fbc: str | None
    fbp: str | None


def render_attribution(
    attribution: Attribution, tables: Tables = SHIPPED_TABLES
) -> ShownAttribution:
    """Write an attribution as the JSON object that answers and events carry."""
    first, last = attribution.first, attribution.last
    return {
        "first": render_touch(first, tables) if first else None,
        "last": render_touch(last, tables) if last else None,
        "touches": attribution.count,
        "ga_client_id": attribution.ga_client_id,
        "ga_session_id": attribution.ga_session_id,
        "fbc": attribution.fbc,
        "fbp": attribution.fbp,
    }


def _merge_direct(attribution: Attribution, touch: Touch, tables: Tables) -> Merged:
    """Keep a direct view only where it is the very first."""
    first = attribution.first
    if first is not None and _order(first) <= _order(touch):
        return Merged(attribution, "direct")
    touches = [touch, *attribution.touches]
    added = _with_touches(attribution, touches, touch, tables, added=1)
    return Merged(added, "new touch: direct")


def _repetition(known: Touch, touch: Touch, click_ids: set[tuple[str, str]]) -> str | None:
    """Say why two touches are one: a click id or, without any, a landing page soon seen again."""
    same_page = known.landing_hash == touch.landing_hash and not known.is_direct
    if click_ids:
        same = same_page or not click_ids.isdisjoint(known.parameters.items())
        return SAME_CLICK_ID if same else None
    return RELOAD if same_page and abs(touch.at - known.at) <= RELOAD_WITHIN else None


def _order(touch: Touch) -> tuple[int, bool, str]:
    return (touch.at, not touch.is_direct, touch.landing_hash)


def _with_touches(
    attribution: Attribution,
    touches: Sequence[Touch],
    new: Touch,
    tables: Tables,
    *,
    added: int = 0,
) -> Attribution:
    """Put touches in order and keep those that count; a direct one counts only as the oldest."""
    oldest, *later = sorted(touches, key=_order)
    later = [touch for touch in later if not touch.is_direct]
    kept = (oldest, *_kept_between(later[:-1], tables), *later[-1:])
    fbclid = new.parameters.get("fbclid", "")
    return msgspec.structs.replace(
        attribution,
        touches=kept,
        count=attribution.count + added - (len(touches) - len(later) - 1),
        fbc=renewed_fbc(attribution.fbc, fbclid, new.at, attribution.site),
        issued_at=kept[-1].at,
    )


_WORTH_KEEPING: tuple[Callable[[Touch, Tables], bool], ...] = (
    lambda touch, tables: touch.has_click_id(tables),
    lambda touch, _: bool(touch.parameters),
    *(MAX_BETWEEN * (lambda _touch, _tables: True,)),
)


def _kept_between(touches: list[Touch], tables: Tables) -> list[Touch]:
    """Keep the newest with a click id, the newest with parameters, then the newest, in order."""
    if len(touches) <= MAX_BETWEEN:
        return touches
    kept = by_worth(touches, tables)[:MAX_BETWEEN]
    return [touch for touch in touches if touch in kept]


def by_worth(touches: Sequence[Touch], tables: Tables = SHIPPED_TABLES) -> list[Touch]:
    """Rank touches that stand in order of time by how much they are worth, the best first."""
    left = list(reversed(touches))
    ranked = []
    for wanted in _WORTH_KEEPING:
        best = next((touch for touch in left if wanted(touch, tables)), None)
        if best is not None:
            left.remove(best)
            ranked.append(best)
    return ranked


_WANTED: dict[str, Callable[[Touch, Tables], bool]] = {
    "last_paid": lambda touch, tables: touch.classification(tables).channel in PAID_CHANNELS,
    "last_campaign": lambda touch, _: bool(touch.parameters or touch.dropped),
    "last": lambda touch, _: not touch.is_direct,
    "first": lambda _touch, _tables: True,
}
_FALLBACKS: dict[str, tuple[str, ...]] = {
    "last_paid": ("last_paid", "last_campaign", "last", "first"),
    "last_campaign": ("last_campaign", "last", "first"),
    "last": ("last", "first"),
    "first": ("first",),
}


def choose_touch(
    attribution: Attribution, model: str, tables: Tables = SHIPPED_TABLES
) -> tuple[Touch | None, str]:
    """Choose the touch that a lead's metadata comes from, and say why it is that one.

    The reason is `<model>: <reason of the touch>`; where the model finds none, the next best model
    that does stands behind a slash: `last_paid/last_campaign: utm`.
    """
    for used in _FALLBACKS[model]:
        newest_first = attribution.touches if used == "first" else attribution.touches[::-1]
        wanted = _WANTED[used]
        touch = next((touch for touch in newest_first if wanted(touch, tables)), None)
        if touch is not None:
            named = model if used == model else f"{model}/{used}"
            return touch, f"{named}: {touch.reason(tables)}"
    return None, "no touch"


def metadata_of(
    touch: Touch | None,
    ga_client_id: str | None,
    utm_keyword_from: str | None = None,
    *,
    derive_utm: bool = False,
    tables: Tables = SHIPPED_TABLES,
) -> dict[str, str]:
    """Fill the nine metadata keys from one touch: what it lacks stays absent.

    `utm_keyword_from` names another parameter that fills `utm_keyword`; `derive_utm` lets the
    concluded source and medium stand in for missing ones.
    """
    parameters = touch.parameters if touch else {}
    derived: dict[str, str | None] = {"ga_client_id": ga_client_id}
    if touch and derive_utm:
        classified = touch.classification(tables)
        derived |= {"utm_source": classified.source, "utm_medium": classified.medium}
    known = {name: value for name, value in derived.items() if value and value != NOT_SET}
    values = known | parameters
    if utm_keyword_from in parameters:
        values["utm_keyword"] = parameters[utm_keyword_from]
    return {key: values[key] for key in METADATA_KEYS if key in values}
