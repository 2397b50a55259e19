"""Leads as lists show them: newest first, a page at a time, by index however many there are.

What an index cannot answer (a name, a channel) is asked of each lead in turn, of `MOST` at the
most: a page says when it stopped there, and goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    literal_column,
    or_,
    select,
)

from collector.domain.glance import Glance, has_click_id, name_of, page_of
from collector.domain.journey import journey_of, read_attribution
from collector.domain.receipt import parse_evidence
from collector.storage.tables import deliveries, events

PAGE: Final = 50
MOST: Final = 5_000
_AT_ONCE: Final = 500
TABS: Final = ("all", "failed", "spam", "test")

FAILED: Final[ColumnElement[bool]] = literal_column("deliveries.state IN ('refused', 'expired')")
"""Written out as in the index of that condition (`storage/states.py`)."""
_MARKED: Final[ColumnElement[bool]] = literal_column("events.marks <> '{}'")

_fields = msgspec.json.Decoder(dict[str, Any])
_marks = msgspec.json.Decoder(dict[str, str])


class Place(NamedTuple):
    """Where a page begins: after this lead, newest first."""

    received_at: int
    id: str


NEWEST: Final = Place(2**62, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFilter:
    """Which leads. `source_ids` of None are all; `search` is any part of a field or value.

    The tab `every` has those of all others, spam and tests too.
    """

    source_ids: tuple[str, ...] | None = None
    tab: str = "all"
    since: int | None = None
    until: int | None = None
    channel: str | None = None
    campaign: str | None = None
    page: str | None = None
    search: str = ""

    def takes(self, lead: Glance, row: RowMapping) -> bool:
        """Judge what no index tells."""
        hidden = not {"spam", "test"}.isdisjoint(lead.marks)
        by_mark = self.tab in lead.marks if self.tab in ("spam", "test") else not hidden
        asked = (
            (self.channel, lead.channel),
            (self.campaign, lead.campaign),
            (self.page, lead.page),
        )
        same = all(wanted is None or wanted == found for wanted, found in asked)
        return (
            (by_mark or self.tab in ("failed", "every"))
            and same
            and (self.source_ids is None or lead.source_id in self.source_ids)
            and (not self.search or _holds(row, self.search.lower()))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadPage:
    """One page; `after` is where the next one begins, None when there is none.

    `stopped` says that it ends because enough leads were looked at, not because it is full.
    """

    leads: Sequence[Glance]
    after: Place | None
    stopped: bool = False


def find_leads(
    connection: Connection,
    wanted: LeadFilter,
    after: Place = NEWEST,
    limit: int = PAGE,
    most: int = MOST,
) -> LeadPage:
    """Read one page of the leads that match."""
    found: list[Glance] = []
    for looked, row in enumerate(_candidates(connection, wanted, after), 1):
        lead = glance_of(row)
        if wanted.takes(lead, row):
            if len(found) == limit:
                return LeadPage(leads=found, after=Place(found[-1].received_at, found[-1].id))
            found.append(lead)
        if looked == most:
            here = Place(lead.received_at, lead.id)
            return LeadPage(leads=found, after=here, stopped=True)
    return LeadPage(leads=found, after=None)


def glance_of(row: RowMapping) -> Glance:
    """Read what a list shows from a row."""
    seen = read_attribution(row["attribution"])
    evidence = parse_evidence(row["evidence"]) if seen.touches > 2 else None  # noqa: PLR2004
    touch = journey_of(seen, evidence).decided
    name, email = name_of(_fields.decode(row["fields"]))
    return Glance(
        id=row["id"],
        received_at=row["received_at"],
        source_id=row["source_id"],
        event_type=row["event_type"],
        name=name,
        email=email,
        channel=touch.channel if touch else "",
        source=touch.source if touch else "",
        medium=touch.medium if touch else "",
        campaign=(touch.campaign or "") if touch else "",
        page=page_of(touch),
        click_id=has_click_id(touch),
        ga=seen.ga_client_id is not None or '"ga_client_id"' in row["metadata"],
        marks=tuple(_marks.decode(row["marks"])),
    )


def _holds(row: RowMapping, text: str) -> bool:
    said = (row["fields"], row["metadata"], row["id"], row["event_id"])
    return any(text in part.lower() for part in said)


def _candidates(connection: Connection, wanted: LeadFilter, after: Place) -> Iterator[RowMapping]:
    """Give rows newest first; a capture's own index is used where one index cannot do both."""
    if wanted.tab in ("all", "every") and wanted.source_ids is not None:
        streams = [_stream(connection, wanted, after, one) for one in wanted.source_ids]
        return merge(*streams, key=lambda row: (row["received_at"], row["id"]), reverse=True)
    return _stream(connection, wanted, after, None)


def _stream(
    connection: Connection, wanted: LeadFilter, after: Place, source_id: str | None
) -> Iterator[RowMapping]:
    while True:
        statement = _narrowed(wanted, after, source_id)
        rows = connection.execute(statement.limit(_AT_ONCE)).mappings().all()
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        after = Place(rows[-1]["received_at"], rows[-1]["id"])


_COLUMNS = (
    *("id", "event_id", "event_type", "source_id", "received_at"),
    *("fields", "metadata", "attribution", "evidence", "marks"),
)


def _narrowed(wanted: LeadFilter, after: Place, source_id: str | None) -> Select[Any]:
    at, last_id = events.c.received_at, events.c.id
    statement = select(*(events.c[name] for name in _COLUMNS)).where(
        events.c.erased_at.is_(None),
        at <= after.received_at,
        or_(at < after.received_at, and_(at == after.received_at, last_id < after.id)),
    )
    if source_id is not None:
        statement = statement.where(events.c.source_id == source_id)
    if wanted.since is not None:
        statement = statement.where(at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(at < wanted.until)
    if wanted.tab in ("spam", "test"):
        statement = statement.where(_MARKED, events.c.marks.contains(f'"{wanted.tab}":'))
    if wanted.tab == "failed":
        statement = statement.where(events.c.id.in_(_failed_before(after.received_at)))
    return statement.order_by(at.desc(), last_id.desc())


def _failed_before(received_at: int) -> Select[tuple[str]]:
    """Name the events whose deliveries failed; a delivery is made when its event comes in."""
    return (
        select(deliveries.c.event)
        .where(FAILED, deliveries.c.created_at <= received_at)
        .order_by(deliveries.c.created_at.desc())
        .limit(_AT_ONCE * 4)
    )
