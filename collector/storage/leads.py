"""Leads as lists show them: newest first, a page at a time, by index however many there are.

An index tells when leads came that may match (`storage/moments.py`); what it does not know is
asked of each lead in turn, of `MOST` at the most: a page says when it stopped there, and goes on
from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    func,
    literal_column,
    or_,
    select,
)

from collector.domain.glance import Glance
from collector.storage.lead_filter import NEWEST, TABS, LeadFilter, Place
from collector.storage.lead_rows import COLUMNS, glance_of
from collector.storage.moments import Source, source_of
from collector.storage.tables import deliveries, events

__all__ = ("MOST", "NEWEST", "PAGE", "TABS", "LeadFilter", "LeadPage", "Place", "find_leads")

PAGE: Final = 50
MOST: Final = 1_500
_MOST_AT_ONCE: Final = 500

FAILED: Final[ColumnElement[bool]] = literal_column("deliveries.state IN ('refused', 'expired')")
"""Written out as in the index of that condition (`storage/states.py`)."""
_FAILURES: Final = (
    select(func.count())
    .where(deliveries.c.event == events.c.id, FAILED)
    .scalar_subquery()
    .label("failures")
)
"""Asked of each lead that is looked at: for a condition, PostgreSQL would read every failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadPage:
    """One page; `after` is where the next one begins, None when there is none.

    `stopped` says that it ends because enough leads were looked at, not because it is full;
    `cut` that a search stands for more words than were looked for.
    """

    leads: Sequence[Glance]
    after: Place | None
    stopped: bool = False
    cut: bool = False


def find_leads(
    connection: Connection,
    wanted: LeadFilter,
    after: Place = NEWEST,
    limit: int = PAGE,
    most: int = MOST,
) -> LeadPage:
    """Read one page of the leads that match."""
    if wanted.tab == "failed" and not wanted.search:
        return _page(_failed(connection, after, limit), wanted, limit, most)
    source = source_of(connection, wanted)
    found = _page(_candidates(connection, source, wanted, after, limit), wanted, limit, most)
    return LeadPage(leads=found.leads, after=found.after, stopped=found.stopped, cut=source.cut)


def _page(candidates: Iterator[RowMapping], wanted: LeadFilter, limit: int, most: int) -> LeadPage:
    found: list[Glance] = []
    last = NEWEST
    for looked, row in enumerate(candidates, 1):
        lead = glance_of(row)
        if wanted.takes(lead, row):
            if len(found) == limit:
                return LeadPage(leads=found, after=last)
            found.append(lead)
            last = Place(row["at"], lead.id)
        if looked == most:
            return LeadPage(leads=found, after=Place(row["at"], lead.id), stopped=True)
    return LeadPage(leads=found, after=None)


def _candidates(
    connection: Connection, source: Source, wanted: LeadFilter, after: Place, limit: int
) -> Iterator[RowMapping]:
    """Give the leads of a source's moments; the first look is as long as a page, then longer."""
    latest, at_once = after.received_at, min(limit + 10, _MOST_AT_ONCE)
    while True:
        moments = source.newest(connection, wanted, latest, at_once)
        if moments:
            yield from connection.execute(_of_moments(moments, wanted, after)).mappings()
        if len(moments) < at_once:
            return
        latest, at_once = moments[-1] - 1, min(at_once * 4, _MOST_AT_ONCE)


def _of_moments(moments: Sequence[int], wanted: LeadFilter, after: Place) -> Select[Any]:
    at = events.c.received_at
    columns = [*COLUMNS, at.label("at")]
    if wanted.tab == "failed":
        columns.append(_FAILURES)
    statement = select(*columns).where(
        at.in_(moments),
        events.c.erased_at.is_(None),
        _before(at, events.c.id, after),
    )
    return statement.order_by(at.desc(), events.c.id.desc())


def _failed(connection: Connection, after: Place, limit: int) -> Iterator[RowMapping]:
    """Give the leads of deliveries that failed, newest delivery first, each lead once a moment."""
    at_once = min(limit + 10, _MOST_AT_ONCE)
    while True:
        rows = connection.execute(_failed_after(after).limit(at_once)).mappings().all()
        for row in rows:
            place = Place(row["at"], row["id"])
            if place != after:
                yield row
            after = place
        if len(rows) < at_once:
            return
        at_once = _MOST_AT_ONCE


def _failed_after(after: Place) -> Select[Any]:
    at, event = deliveries.c.created_at, deliveries.c.event
    return (
        select(*COLUMNS, at.label("at"), literal_column("1").label("failures"))
        .join_from(deliveries, events, events.c.id == event)
        .where(FAILED, events.c.erased_at.is_(None), _before(at, event, after))
        .order_by(at.desc(), event.desc())
    )


def _before(
    at: ColumnElement[int], event: ColumnElement[str], after: Place
) -> ColumnElement[bool]:
    """Say that a row stands behind a place; the first condition alone is what an index can use."""
    return and_(
        at <= after.received_at,
        or_(at < after.received_at, and_(at == after.received_at, event < after.id)),
    )
