"""A lead's way: its touches in order, and the one that its metadata come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from collector.domain.channel_rules import PAID_CHANNELS
from collector.domain.lead_attribution import Evidence
from collector.domain.tables import SHIPPED_TABLES, Tables
from collector.domain.touch import render_touch


class SeenTouch(msgspec.Struct, frozen=True, kw_only=True):
    """A touch as an event's attribution holds it, as far as pages show it."""

    at: str = ""
    source: str = ""
    medium: str = ""
    campaign: str | None = None
    content: str | None = None
    term: str | None = None
    channel: str = ""
    channel_rule: str = ""
    parameters: dict[str, str] = {}
    referrer: str | None = None
    landing_page: str = ""
    reason: str = ""

    @property
    def is_direct(self) -> bool:
        """Whether nothing says where the visitor came from."""
        return not self.parameters and not self.referrer


class SeenAttribution(msgspec.Struct, frozen=True, kw_only=True):
    """An event's attribution, as far as pages show it; other members are passed over."""

    model: str = "last_campaign"
    reason: str = ""
    notes: tuple[str, ...] = ()
    first: SeenTouch | None = None
    last: SeenTouch | None = None
    touches: int = 0
    ga_client_id: str | None = None


class Journey(msgspec.Struct, frozen=True):
    """Touches in order of time; `winner` is the place of the one that decided."""

    touches: tuple[SeenTouch, ...]
    winner: int | None

    @property
    def decided(self) -> SeenTouch | None:
        """The touch that decided."""
        return None if self.winner is None else self.touches[self.winner]


_decode = msgspec.json.Decoder(SeenAttribution).decode


def read_attribution(text: str | bytes) -> SeenAttribution:
    """Read an attribution's JSON; of one that cannot be read nothing is known."""
    try:
        return _decode(text)
    except msgspec.MsgspecError:
        return SeenAttribution()


def journey_of(
    seen: SeenAttribution, evidence: Evidence | None = None, tables: Tables = SHIPPED_TABLES
) -> Journey:
    """Put a lead's touches together: first and last, and between them those of its token."""
    ends = [touch for touch in (seen.first, seen.last) if touch is not None]
    between = _of_token(evidence, tables) if seen.touches > len(ends) else []
    known = {(touch.at, touch.landing_page): touch for touch in [*between, *ends]}
    touches = tuple(sorted(known.values(), key=lambda touch: touch.at))
    return Journey(touches, _winner(touches, seen.model))


def _of_token(evidence: Evidence | None, tables: Tables) -> list[SeenTouch]:
    if evidence is None or evidence.token is None:
        return []
    shown = (render_touch(touch, tables) for touch in evidence.token.touches)
    return [msgspec.convert(touch, SeenTouch) for touch in shown]


_WANTED: Mapping[str, Callable[[SeenTouch], bool]] = {
    "last_paid": lambda touch: touch.channel in PAID_CHANNELS,
    "last_campaign": lambda touch: bool(touch.parameters) or "dropped" in touch.reason,
    "last": lambda touch: not touch.is_direct,
    "first": lambda _touch: True,
}
"""The order in which a model falls back on the next (`domain/attribution.py`)."""


def _winner(touches: Sequence[SeenTouch], model: str) -> int | None:
    names = list(_WANTED)
    for used in names[names.index(model) :] if model in names else names[1:]:
        order = range(len(touches)) if used == "first" else range(len(touches) - 1, -1, -1)
        found = next((place for place in order if _WANTED[used](touches[place])), None)
        if found is not None:
            return found
    return None
