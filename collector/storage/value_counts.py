"""Roll-ups of one dimension each: what a value brought, by day and by month.

They say less than places do, and so much quicker: what a year brought by campaign are a few
hundred rows. New values beyond `ROOM` of their day or month are one value for all.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from collector.domain.tally import OTHER, Span, Spot, month_of
from collector.storage.rows import send_rows
from collector.storage.tally_tables import value_counts

LEAD_SUMS: Final = ("decided", "first", "last", "last_paid", "click_ids")
SUMS: Final = ("touches", *LEAD_SUMS)
ROOM: Final[dict[Span, int]] = {"day": 500, "month": 2_000}
"""How many values a dimension may have in a day or a month of one capture."""

_AT_ONCE: Final = 1_000
"""Keys looked up by one statement: each is five parameters, and drivers take some 32,000."""

Counts = Mapping[Spot, Mapping[str, int]]


class Value(NamedTuple):
    """One row's key: a value of a dimension, in the day or month of a capture."""

    dimension: str
    span: Span
    begins: int
    source_id: str
    value: str

    @property
    def group(self) -> tuple[str, Span, int, str]:
        """What its room is shared in."""
        return self[:4]


_KEYS: Final = [value_counts.c[name] for name in Value._fields]
_OF_DAY: Final = select(value_counts).where(
    value_counts.c.span == "day",
    value_counts.c.begins == bindparam("day"),
    value_counts.c.source_id == bindparam("source_id"),
)


def _adding(dialect: Any) -> Any:
    insert = dialect.insert(value_counts)
    sums = {name: value_counts.c[name] + insert.excluded[name] for name in SUMS}
    return insert.on_conflict_do_update(index_elements=_KEYS, set_=sums)


_ADD: Final = {"sqlite": _adding(sqlite), "postgresql": _adding(postgresql)}


def add_values(connection: Connection, counts: Counts) -> None:
    """Add what spots brought; in one order in every process, so that none waits in a circle."""
    sums: defaultdict[Value, Counter[str]] = defaultdict(Counter)
    for spot, added in counts.items():
        for value in _values_of(spot):
            sums[value].update(added)
    _add_sums(connection, sums)


def add_days_to_months(connection: Connection, days: Iterable[tuple[int, str]]) -> None:
    """Add what days of captures hold to their months, which were emptied of it."""
    sums: defaultdict[Value, Counter[str]] = defaultdict(Counter)
    for day, source_id in days:
        own = _OF_DAY.params(day=day, source_id=source_id)
        for row in connection.execute(own).mappings():
            month = Value(row["dimension"], "month", month_of(day), source_id, row["value"])
            sums[month].update({name: row[name] for name in LEAD_SUMS})
    _add_sums(connection, sums)


def _add_sums(connection: Connection, sums: Mapping[Value, Mapping[str, int]]) -> None:
    kept: defaultdict[Value, Counter[str]] = defaultdict(Counter)
    for value, stand_in in _bounded(connection, list(sums)):
        kept[stand_in].update(sums[value])
    rows = [
        {**value._asdict(), **{name: kept[value][name] for name in SUMS}} for value in sorted(kept)
    ]
    send_rows(connection, _ADD[connection.dialect.name], rows)


def _values_of(spot: Spot) -> Iterator[Value]:
    day, source_id = spot.place.day, spot.place.source_id
    for dimension, value in spot.values():
        yield Value(dimension, "day", day, source_id, value)
        yield Value(dimension, "month", month_of(day), source_id, value)


def _bounded(connection: Connection, values: Sequence[Value]) -> Iterator[tuple[Value, Value]]:
    """Give each value and what it is counted as: itself where it is known or has room."""
    known = _known(connection, values)
    room: dict[tuple[str, Span, int, str], int] = {}
    for value in values:
        if value in known:
            yield value, value
            continue
        if value.group not in room:
            room[value.group] = ROOM[value.span] - _count_of(connection, value)
        room[value.group] -= 1
        fits = room[value.group] >= 0
        yield value, value if fits else value._replace(value=OTHER)


def _known(connection: Connection, values: Sequence[Value]) -> set[Value]:
    found: set[Value] = set()
    waiting = iter(values)
    while part := list(islice(waiting, _AT_ONCE)):
        rows = connection.execute(select(*_KEYS).where(tuple_(*_KEYS).in_(part)))
        found.update(Value(*row) for row in rows)
    return found


def _count_of(connection: Connection, value: Value) -> int:
    own = [column == part for column, part in zip(_KEYS, value.group, strict=False)]
    found = connection.execute(select(func.count()).select_from(value_counts).where(*own))
    return found.scalar_one()
