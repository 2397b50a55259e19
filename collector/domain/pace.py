"""How fast a lane may go: slots, and a bucket of tokens, full at first and filled at a rate.

The bucket is one time: `empty_at`, when it was (or will be) empty. What came in since is there,
up to `burst`; taking tokens moves that time on. It lies in the destination's row and moves in the
transaction of the claim, so that it holds for all processes together.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from collector.domain.errors import InputError
from collector.domain.lane import Lane
from collector.domain.times import HOUR, MINUTE, SECOND

LANE_SLOTS: Final = 8
"""How much may be under way to one destination, where nobody said otherwise."""
MOST_AT_ONCE: Final = 1_000
"""The largest burst, and the most that may be under way."""

_UNITS: Final = {"s": SECOND, "m": MINUTE, "h": HOUR}
_RATE: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)/([smh])", re.ASCII)


class Pace(Struct, frozen=True, kw_only=True):
    """What a person allows a destination: so much at once, one every `spacing` microseconds.

    `burst` is how many may go at once after a rest; a second's worth where nobody said.
    """

    max_in_flight: int | None = None
    spacing: int | None = None
    burst: int | None = None


def parse_rate(text: str) -> int | None:
    """Read `5/s`, `30/m` or `1000/h` as the microseconds between two; `none` as no limit.

    Raises InputError.
    """
    if text == "none":
        return None
    found = _RATE.fullmatch(text)
    if not found or not float(found[1]):
        raise InputError("write a rate such as 5/s, 30/m or 1000/h, or none", field="rate")
    return max(1, round(_UNITS[found[2]] / float(found[1])))


def render_rate(spacing: int | None) -> str | None:
    """Write a spacing as deliveries in the shortest unit that has at least one."""
    if not spacing:
        return None
    unit = next((name for name, length in _UNITS.items() if length >= spacing), "h")
    return f"{_UNITS[unit] / spacing:.4g}/{unit}"


def slots_of(lane: Lane, pace: Pace) -> int:
    """How much may be under way: one to try a lane that waits, ever more after it recovered."""
    if lane.resume_at is not None:
        return 1
    most = pace.max_in_flight or LANE_SLOTS
    return most if lane.ramp is None else min(lane.ramp, most)


def allowed(lane: Lane, pace: Pace, in_flight: int, now: int) -> int:
    """How many deliveries may begin now, besides `in_flight` of all processes."""
    free = max(0, slots_of(lane, pace) - in_flight) if lane.is_open(now) else 0
    spacing = spacing_of(lane, pace)
    return min(free, _tokens(lane, pace, spacing, now)) if spacing else free


def taken(lane: Lane, pace: Pace, count: int, now: int) -> Lane:
    """Take so many tokens."""
    spacing = spacing_of(lane, pace)
    if not (spacing and count):
        return lane
    return replace(lane, empty_at=_empty_at(lane, pace, spacing, now) + count * spacing)


def next_token_at(lane: Lane, pace: Pace, now: int) -> int | None:
    """When there is a token; None where there is one already, or none is needed."""
    spacing = spacing_of(lane, pace)
    if not spacing or _tokens(lane, pace, spacing, now):
        return None
    return _empty_at(lane, pace, spacing, now) + spacing


def spacing_of(lane: Lane, pace: Pace) -> int | None:
    """Choose the spacing that holds: the wider of the set and the learnt one."""
    return max(pace.spacing or 0, lane.learnt_spacing or 0) or None


def _tokens(lane: Lane, pace: Pace, spacing: int, now: int) -> int:
    return max(0, (now - _empty_at(lane, pace, spacing, now)) // spacing)


def _empty_at(lane: Lane, pace: Pace, spacing: int, now: int) -> int:
    """Say when it was empty; an older time would be a fuller bucket than there is."""
    full = now - (pace.burst or max(1, SECOND // spacing)) * spacing
    return full if lane.empty_at is None else max(lane.empty_at, full)
