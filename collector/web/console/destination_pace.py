"""How fast a destination may go, as three entries of its form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from collector.domain.errors import FieldsRefused, InputError
from collector.domain.pace import MOST_AT_ONCE, Pace, parse_rate, render_rate
from collector.web.console.visit import Visit

PACE_NAMES: Final = ("rate", "burst", "max_in_flight")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceShown:
    """A pace in a person's words; empty where nobody said."""

    rate: str
    burst: str
    max_in_flight: str


def shown_pace(pace: Pace) -> PaceShown:
    """Write a pace as the form shows it."""
    return PaceShown(
        rate=render_rate(pace.spacing) or "",
        burst=str(pace.burst or ""),
        max_in_flight=str(pace.max_in_flight or ""),
    )


def typed_pace(visit: Visit) -> PaceShown:
    """Give the entries as they were typed."""
    return PaceShown(**{name: visit.said(name).strip() for name in PACE_NAMES})


def pace_of(typed: PaceShown, before: Pace) -> Pace:
    """Make a pace of what was typed. Raises FieldsRefused naming each entry at fault.

    A rate that reads as it did is kept as it was: its text is rounded.
    """
    errors: dict[str, str] = {}
    spacing = before.spacing
    if typed.rate != shown_pace(before).rate:
        try:
            spacing = parse_rate(typed.rate) if typed.rate else None
        except InputError as error:
            errors["rate"] = str(error)
    counts: dict[str, int | None] = {}
    for name in ("burst", "max_in_flight"):
        try:
            counts[name] = _count(getattr(typed, name))
        except ValueError:
            errors[name] = "write a number from 1 to 1000, or nothing"
    if errors:
        raise FieldsRefused("this pace cannot be used", errors)
    return Pace(spacing=spacing, **counts)


def _count(text: str) -> int | None:
    """Read a number of deliveries; empty is None. Raises ValueError."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_AT_ONCE):
        raise ValueError(text)
    return int(text)
