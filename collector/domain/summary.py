"""Leads added up: how many, of what quality, day by day, and where they came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from collector.domain.glance import Glance
from collector.domain.times import DAY

TOP: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day: when it began, its leads, and those of them with a click id."""

    at: int
    leads: int = 0
    click_ids: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What leads add up to; each table is `(value, leads)`, the most first."""

    leads: int
    click_ids: int
    ga: int
    days: Sequence[Day] = field(default=())
    channels: Sequence[tuple[str, int]] = field(default=())
    campaigns: Sequence[tuple[str, int]] = field(default=())
    pages: Sequence[tuple[str, int]] = field(default=())

    def share(self, count: int) -> float | None:
        """Give a part of the leads, 0 to 1; None when there are none."""
        return count / self.leads if self.leads else None


def summarise(leads: Iterable[Glance], since: int, days: int) -> Summary:
    """Add leads up by days that begin at `since`, each of 24 hours."""
    found = list(leads)
    by_day = Counter((lead.received_at - since) // DAY for lead in found)
    clicked = Counter((lead.received_at - since) // DAY for lead in found if lead.click_id)
    return Summary(
        leads=len(found),
        click_ids=sum(lead.click_id for lead in found),
        ga=sum(lead.ga for lead in found),
        days=[
            Day(at=since + day * DAY, leads=by_day[day], click_ids=clicked[day])
            for day in range(days)
        ],
        channels=_top(found, lambda lead: lead.channel),
        campaigns=_top(found, lambda lead: lead.campaign),
        pages=_top(found, lambda lead: lead.page),
    )


def _top(leads: Sequence[Glance], value: Callable[[Glance], str]) -> list[tuple[str, int]]:
    counted = Counter(value(lead) for lead in leads)
    counted.pop("", None)
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:TOP]


def change_of(now: int, before: int) -> float | None:
    """Give the change as a share of before; None when there was nothing to compare with."""
    return (now - before) / before if before else None
