"""Roll-ups of a day: touches and leads added up by place, leads by measure.

Touches come counted from memory; leads are read once each by an index of those not counted yet, so
that a lead is counted exactly once however processes die.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from msgspec import to_builtins
from sqlalchemy import Connection, RowMapping, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from collector.domain.event import Event
from collector.domain.journey import journey_of, read_attribution
from collector.domain.receipt import parse_evidence
from collector.domain.tally import (
    DECIDED,
    OWED,
    Place,
    Spot,
    has_click_id,
    is_counted,
    measures_of,
    spots_of,
)
from collector.domain.times import DAY
from collector.storage.events import event_of
from collector.storage.registered_links import add_link_counts
from collector.storage.store import Store
from collector.storage.tables import WORDED, deliveries, events
from collector.storage.tally_tables import daily_counts, daily_measures
from collector.storage.value_counts import Counts, add_values
from collector.storage.words import add_words

PLACES_A_DAY: Final = 2_000
"""How many places one capture may have in a day; more are one place for each channel."""

BATCH: Final = 100
COLUMNS: Final = ("touches", "first", "last", "last_paid")
_UNCOUNTED: Final = (
    select(events)
    .where(text("counted = 0"))  # written out: only so does SQLite see that the index fits
    .order_by(events.c.id)
    .limit(BATCH)
    .with_for_update(skip_locked=True)
)


def _adding(table: Any, keys: Sequence[str], columns: Sequence[str]) -> dict[str, Any]:
    made = {}
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql)):
        insert = dialect.insert(table)
        sums = {column: table.c[column] + insert.excluded[column] for column in columns}
        made[name] = insert.on_conflict_do_update(index_elements=keys, set_=sums)
    return made


_ADD_COUNTS = _adding(daily_counts, ["key"], COLUMNS)
_ADD_MEASURES = _adding(daily_measures, ["day", "source_id", "measure"], ["count"])


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTouches:
    """Add touches that were counted in memory."""

    touches: Mapping[Spot, int]

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Add all at once."""
        total: Counter[Spot] = Counter()
        for write in writes:
            total.update(write.touches)
        _add(connection, {spot: {"touches": count} for spot, count in total.items()})
        return [None] * len(writes)


def leads_wait(connection: Connection) -> bool:
    """Whether a lead is not counted yet."""
    found = connection.execute(select(events.c.id).where(text("counted = 0")).limit(1)).first()
    return found is not None


async def count_leads(store: Store) -> None:
    """Count all leads that are not counted yet, batch by batch; another process may do some."""
    while await store.read(leads_wait):
        if not await store.write(CountLeads()):
            return


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLeads:
    """Count the next leads that are not counted yet; answers how many events it looked at."""

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[int]:
        """Do one batch for all that ask."""
        rows = connection.execute(_UNCOUNTED).mappings().all()
        read = [(event_of(row), row) for row in rows]
        found = [(event, row) for event, row in read if is_counted(event)]
        _add(connection, _counts_of(found))
        _add_measures(connection, [event for event, _ in found])
        add_words(connection, rows)
        ids = [row["id"] for row in rows]
        if ids:
            connection.execute(update(events).where(events.c.id.in_(ids)).values(counted=WORDED))
        return [len(rows)] * len(writes)


def _counts_of(found: Sequence[tuple[Event, RowMapping]]) -> Counts:
    counts: defaultdict[Spot, Counter[str]] = defaultdict(Counter)
    for event, row in found:
        decided = _decided(row)
        spots = spots_of(event, decided)
        for model, spot in spots.items():
            counts[spot][model] += 1
        if spots and has_click_id(decided):
            counts[spots[DECIDED]]["click_ids"] += 1
    return counts


def _decided(row: RowMapping) -> Mapping[str, Any] | None:
    """Find the touch that a lead's metadata are of, as lists show it."""
    seen = read_attribution(row["attribution"])
    evidence = parse_evidence(row["evidence"]) if seen.touches > 2 else None  # noqa: PLR2004
    touch = journey_of(seen, evidence).decided
    return None if touch is None else to_builtins(touch)


def _add_measures(connection: Connection, leads: Sequence[Event]) -> None:
    days = {lead.id: (lead.received_at // DAY, lead.source_id) for lead in leads}
    measures = Counter((*days[lead.id], name) for lead in leads for name in measures_of(lead))
    owed = select(deliveries.c.event, deliveries.c.destination_id)
    for event, destination_id in connection.execute(owed.where(deliveries.c.event.in_(days))):
        measures[*days[event], OWED + destination_id] += 1
    rows = [
        {"day": day, "source_id": source_id, "measure": name, "count": count}
        for (day, source_id, name), count in sorted(measures.items())
    ]
    if rows:
        connection.execute(_ADD_MEASURES[connection.dialect.name], rows)


def _add(connection: Connection, counts: Counts) -> None:
    places: defaultdict[Place, Counter[str]] = defaultdict(Counter)
    for spot, added in counts.items():
        places[spot.place].update(added)
    _add_counts(connection, places)
    add_values(connection, counts)
    add_link_counts(connection, counts)


def _add_counts(connection: Connection, counts: Mapping[Place, Mapping[str, int]]) -> None:
    """Add counts in the same order in every process, so that none waits in a circle."""
    rows: dict[str, dict[str, Any]] = {}
    for place, added in _bounded(connection, counts):
        row = rows.setdefault(place.key(), _empty_row(place))
        for column in COLUMNS:
            row[column] += added.get(column, 0)
    if rows:
        ordered = [rows[key] for key in sorted(rows)]
        connection.execute(_ADD_COUNTS[connection.dialect.name], ordered)


def _empty_row(place: Place) -> dict[str, Any]:
    members = {name: getattr(place, name) for name in place.__struct_fields__}
    return {"key": place.key(), **members, **dict.fromkeys(COLUMNS, 0)}


def _bounded(
    connection: Connection, counts: Mapping[Place, Mapping[str, int]]
) -> list[tuple[Place, Mapping[str, int]]]:
    """Send what would be a new place beyond the limit of its day to the place of all others."""
    keys = [place.key() for place in counts]
    known = set(
        connection.execute(
            select(daily_counts.c.key).where(daily_counts.c.key.in_(keys))
        ).scalars()
    )
    room: dict[tuple[int, str], int] = {}
    bounded = []
    for place, added in counts.items():
        if place.key() not in known:
            day = (place.day, place.source_id)
            if day not in room:
                room[day] = PLACES_A_DAY - _places_of(connection, *day)
            room[day] -= 1
            place = place if room[day] >= 0 else place.other()  # noqa: PLW2901  (its stand-in)
        bounded.append((place, added))
    return bounded


def _places_of(connection: Connection, day: int, source_id: str) -> int:
    found: int = connection.execute(
        select(func.count())
        .select_from(daily_counts)
        .where(daily_counts.c.day == day, daily_counts.c.source_id == source_id)
    ).scalar_one()
    return found
