"""Shares of leads that fell: since which day, judged so that few leads prove nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import sqrt
from typing import Final, NamedTuple

from collector.domain.tally import COVERED, LEADS

BEFORE: Final = 28
"""Days that a share is compared with."""
LOOKED_AT: Final = 14
"""A fall is told of for so many days; afterwards it is how things are."""
NEEDED: Final = LOOKED_AT + 2 * BEFORE
"""How many days must be known."""
LEAST_BEFORE: Final = 40
LEAST_SINCE: Final = 15
"""Leads: of fewer a share says nothing."""
LEAST_FALL: Final = 0.1
LEAST_Z: Final = 3.5
"""Standard errors: chance alone goes so far once in some four thousand times."""

Days = Mapping[int, Mapping[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """A share that was higher before a day; `z` says by how many standard errors."""

    share: str
    since: int
    before: float
    after: float
    leads: int
    z: float


def find_falls(days: Days, today: int) -> list[Fall]:
    """Look for a fall of each share, up to and including today; the steepest first."""
    found = [_find_fall(days, share, today) for share in COVERED]
    return sorted((one for one in found if one), key=lambda one: -one.z)


def _find_fall(days: Days, share: str, today: int) -> Fall | None:
    """Find the day that parts the shares best; one of long ago is no news."""
    first = today - NEEDED + 1
    known = [days.get(day, {}) for day in range(first, today + 1)]
    parts = [0, *accumulate(one.get(share, 0) for one in known)]
    leads = [0, *accumulate(one.get(LEADS, 0) for one in known)]
    tried = (_parted(parts, leads, place) for place in range(BEFORE, NEEDED))
    found = max((one for one in tried if one), key=lambda one: one.z, default=None)
    if found is None or found.place < NEEDED - LOOKED_AT or found.leads < LEAST_SINCE:
        return None
    if found.before - found.after < LEAST_FALL or found.z < LEAST_Z:
        return None
    return Fall(
        share=share,
        since=first + found.place,
        before=found.before,
        after=found.after,
        leads=found.leads,
        z=found.z,
    )


class _Parting(NamedTuple):
    place: int
    before: float
    after: float
    leads: int
    z: float


def _parted(parts: Sequence[int], leads: Sequence[int], place: int) -> _Parting | None:
    """Compare the days from a place on with those before it: a z-test of two shares.

    Both are sums up to each day, so that a difference is what lies between.
    """
    begins = place - BEFORE
    part, since = parts[-1] - parts[place], leads[-1] - leads[place]
    part_before, leads_before = parts[place] - parts[begins], leads[place] - leads[begins]
    pooled = (part + part_before) / ((since + leads_before) or 1)
    if not since or leads_before < LEAST_BEFORE or pooled in (0, 1):
        return None
    after, before = part / since, part_before / leads_before
    error = sqrt(pooled * (1 - pooled) * (1 / since + 1 / leads_before))
    return _Parting(place, before, after, since, (before - after) / error)
