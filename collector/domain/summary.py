"""Leads added up from what is counted of each day: how many, of what quality, day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from collector.domain.tally import LEADS


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day, as days since 1970-01-01: its leads, and those of them with a click id."""

    day: int
    leads: int = 0
    click_ids: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the leads of some days add up to."""

    leads: int
    click_ids: int
    ga: int
    days: Sequence[Day] = field(default=())

    def share(self, count: int) -> float | None:
        """Give a part of the leads, 0 to 1; None when there are none."""
        return share_of(count, self.leads)


def summarise(measures: Mapping[int, Mapping[str, int]], since: int, until: int) -> Summary:
    """Add the measures of days up, both ends included."""
    counted = [measures.get(day, {}) for day in range(since, until + 1)]
    return Summary(
        leads=sum(one.get(LEADS, 0) for one in counted),
        click_ids=sum(one.get("click_id", 0) for one in counted),
        ga=sum(one.get("ga_client_id", 0) for one in counted),
        days=[
            Day(day=since + place, leads=one.get(LEADS, 0), click_ids=one.get("click_id", 0))
            for place, one in enumerate(counted)
        ],
    )


def share_of(part: int, whole: int) -> float | None:
    """Give a part of a whole, 0 to 1; None when there is no whole."""
    return part / whole if whole else None


def change_of(now: int, before: int) -> float | None:
    """Give the change as a share of before; None when there was nothing to compare with."""
    return (now - before) / before if before else None
