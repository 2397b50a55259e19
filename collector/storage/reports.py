"""Reports: read from the roll-ups of each day and month, never from events."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Table,
    cast,
    func,
    or_,
    select,
    union_all,
)

from collector.domain.tally import OWED, Span, spans_between
from collector.storage.tallies import COLUMNS
from collector.storage.tally_tables import daily_counts, daily_measures, value_counts
from collector.storage.value_counts import SUMS


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFilter:
    """Which days, as days since 1970-01-01 (both included), and whose; None are all captures."""

    since: int
    until: int
    source_ids: tuple[str, ...] | None = None

    def narrow(self, statement: Select[Any], table: Table) -> Select[Any]:
        """Add the conditions to a statement over a roll-up of days."""
        return self.whose(statement.where(table.c.day.between(self.since, self.until)), table)

    def whose(self, statement: Select[Any], table: Table) -> Select[Any]:
        """Limit a statement to the captures."""
        if self.source_ids is None:
            return statement
        return statement.where(table.c.source_id.in_(self.source_ids))


def _total(column: ColumnElement[int]) -> ColumnElement[int]:
    """Add a column up; as an integer again, which PostgreSQL's sum of one is not."""
    return cast(func.sum(column), BigInteger)


def counts_by(
    connection: Connection, wanted: ReportFilter, by: Sequence[str]
) -> list[dict[str, Any]]:
    """Add touches and leads up by dimensions, `day` and `source_id` too; most touches first."""
    rows = connection.execute(counts_statement(wanted, by)).mappings()
    return [dict(row) for row in rows]


def counts_statement(wanted: ReportFilter, by: Sequence[str]) -> Select[Any]:
    """Write the statement of `counts_by`."""
    groups = [daily_counts.c[name] for name in by]
    sums = [_total(daily_counts.c[name]).label(name) for name in COLUMNS]
    statement = wanted.narrow(select(*groups, *sums), daily_counts).group_by(*groups)
    return statement.order_by(sums[0].desc(), sums[2].desc(), *groups)


def values_by(
    connection: Connection, wanted: ReportFilter, dimension: str
) -> list[dict[str, Any]]:
    """Add up what each value of one dimension brought; most leads first."""
    names = ("value", *SUMS)
    rows = connection.execute(values_statement(wanted, dimension))
    found = [dict(zip(names, row, strict=True)) for row in rows]
    return sorted(found, key=lambda row: (-row["decided"], -row["touches"], row["value"]))


def values_statement(wanted: ReportFilter, dimension: str) -> Select[Any]:
    """Write the statement of `values_by`: whole months by their sums, the days around them."""
    spans = spans_between(wanted.since, wanted.until)
    every = union_all(*(_values_of_span(wanted, dimension, *span) for span in spans)).subquery()
    sums = [_total(every.c[name]) for name in SUMS]
    return select(every.c.value, *sums).group_by(every.c.value)


def _values_of_span(
    wanted: ReportFilter, dimension: str, span: Span, since: int, until: int
) -> Select[Any]:
    table = value_counts
    statement = select(table.c.value, *(table.c[name] for name in SUMS)).where(
        table.c.dimension == dimension,
        table.c.span == span,
        table.c.begins.between(since, until),
    )
    return wanted.whose(statement, table)


def touches_by_day(connection: Connection, wanted: ReportFilter) -> dict[int, int]:
    """Count the touches of each day."""
    return dict(connection.execute(touches_statement(wanted)).all())


def touches_statement(wanted: ReportFilter) -> Select[Any]:
    """Write the statement of `touches_by_day`: every touch has one channel, and these are few."""
    table = value_counts
    statement = select(table.c.begins, _total(table.c.touches)).where(
        table.c.dimension == "channel",
        table.c.span == "day",
        table.c.begins.between(wanted.since, wanted.until),
    )
    return wanted.whose(statement, table).group_by(table.c.begins).order_by(table.c.begins)


Measures = dict[int, dict[str, int]]
"""By day: what was counted, by its name."""


def measures_by_day(
    connection: Connection, wanted: ReportFilter, names: Collection[str] = ()
) -> Measures:
    """Read the measures of each day, or those of these names."""
    found: Measures = {}
    for day, measure, count in connection.execute(measures_statement(wanted, names)):
        found.setdefault(day, {})[measure] = count
    return found


def measures_statement(wanted: ReportFilter, names: Collection[str] = ()) -> Select[Any]:
    """Write the statement of `measures_by_day`."""
    table = daily_measures
    columns = (table.c.day, table.c.measure, _total(table.c.count))
    statement = wanted.narrow(select(*columns), table)
    if names:
        statement = statement.where(table.c.measure.in_(names))
    return statement.group_by(table.c.day, table.c.measure).order_by(table.c.day, table.c.measure)


def measures_by_capture(
    connection: Connection, wanted: ReportFilter, names: Collection[str]
) -> dict[str, Measures]:
    """Read the measures of each capture, by day."""
    table = daily_measures
    columns = (table.c.source_id, table.c.day, table.c.measure, table.c.count)
    statement = wanted.narrow(select(*columns), table).where(table.c.measure.in_(names))
    found: dict[str, Measures] = {}
    for source_id, day, measure, count in connection.execute(statement):
        found.setdefault(source_id, {}).setdefault(day, {})[measure] = count
    return found


def measures_in_all(
    connection: Connection, wanted: ReportFilter, begins: Sequence[str]
) -> dict[str, int]:
    """Add up the measures whose names begin so, over all days."""
    table = daily_measures
    statement = wanted.narrow(select(table.c.measure, _total(table.c.count)), table)
    statement = statement.where(or_(*(table.c.measure.startswith(one) for one in begins)))
    return dict(connection.execute(statement.group_by(table.c.measure)).all())


def owed_by_destination(connection: Connection, wanted: ReportFilter) -> dict[str, int]:
    """Count the leads that were to go to each destination."""
    found = measures_in_all(connection, wanted, (OWED,))
    return {measure.removeprefix(OWED): count for measure, count in found.items()}
