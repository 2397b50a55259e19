"""How many leads of a list have each value of its facets, counted among the newest that match.

A facet is counted by all filters but its own, so that it says what another choice would show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from collector.domain.glance import Glance
from collector.storage.lead_filter import NEWEST, LeadFilter
from collector.storage.leads import LeadPage, find_leads

LOOKED: Final = 200
"""So many leads are looked at for a facet; a page costs the same however many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """Counts by facet and value, the most frequent first; `whole` says that none is missing."""

    counts: Mapping[str, Mapping[str, int]]
    whole: bool


def count_facets(
    connection: Connection, wanted: LeadFilter, own: tuple[str, ...] | None
) -> Facets:
    """Count; `own` are the captures that the list has where none was chosen, None for all."""
    without = {
        "capture": replace(wanted, source_ids=own),
        "channel": replace(wanted, channel=None),
        "source": replace(wanted, source=None),
        "campaign": replace(wanted, campaign=None),
        "click": replace(wanted, click=None),
    }
    pages: dict[LeadFilter, LeadPage] = {}
    for one in without.values():
        if one not in pages:
            pages[one] = find_leads(connection, one, NEWEST, LOOKED, LOOKED)
    counts = {name: _counted(name, pages[one].leads) for name, one in without.items()}
    return Facets(counts=counts, whole=all(page.after is None for page in pages.values()))


def _counted(name: str, leads: Iterable[Glance]) -> Mapping[str, int]:
    found = Counter(value for lead in leads for value in _values(name, lead) if value)
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _values(name: str, lead: Glance) -> tuple[str, ...]:
    if name == "capture":
        return (lead.source_id,)
    if name == "click":
        return lead.click_ids
    value: str = getattr(lead, name)
    return (value,)
