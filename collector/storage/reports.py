"""Reports: read from the roll-ups of each day, never from events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from collector.storage.tallies import COLUMNS
from collector.storage.tally_tables import daily_counts, daily_measures


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFilter:
    """Which days, as days since 1970-01-01 (both included), and whose."""

    since: int
    until: int
    source_id: str | None = None

    def narrow(self, statement: Select[Any], table: Table) -> Select[Any]:
        """Add the conditions to a statement over a roll-up."""
        statement = statement.where(table.c.day.between(self.since, self.until))
        if self.source_id is not None:
            statement = statement.where(table.c.source_id == self.source_id)
        return statement


def counts_by(
    connection: Connection, wanted: ReportFilter, by: Sequence[str]
) -> list[dict[str, Any]]:
    """Add touches and leads up by dimensions, `day` and `source_id` too; most touches first."""
    rows = connection.execute(counts_statement(wanted, by)).mappings()
    return [{**row, **{name: int(row[name]) for name in COLUMNS}} for row in rows]


def counts_statement(wanted: ReportFilter, by: Sequence[str]) -> Select[Any]:
    """Write the statement of `counts_by`."""
    groups = [daily_counts.c[name] for name in by]
    sums = [func.sum(daily_counts.c[name]).label(name) for name in COLUMNS]
    statement = wanted.narrow(select(*groups, *sums), daily_counts).group_by(*groups)
    return statement.order_by(sums[0].desc(), sums[2].desc(), *groups)


def measures_by_day(connection: Connection, wanted: ReportFilter) -> dict[int, dict[str, int]]:
    """Read the measures of each day."""
    found: dict[int, dict[str, int]] = {}
    for row in connection.execute(measures_statement(wanted)):
        found.setdefault(row.day, {})[row.measure] = int(row.total)
    return found


def measures_statement(wanted: ReportFilter) -> Select[Any]:
    """Write the statement of `measures_by_day`."""
    table = daily_measures
    total = func.sum(table.c.count).label("total")
    statement = wanted.narrow(select(table.c.day, table.c.measure, total), table)
    return statement.group_by(table.c.day, table.c.measure).order_by(table.c.day, table.c.measure)
