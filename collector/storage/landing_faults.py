"""The roll-up of what is wrong with the UTMs of landings: how many page views, by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from collector.domain.landing_faults import LandingFault
from collector.domain.tally import OTHER
from collector.storage.rows import send_rows
from collector.storage.tally_tables import landing_faults

FAULTS_A_DAY: Final = 200
"""How many one capture may have in a day; more are one for each code."""


class FaultSpot(msgspec.Struct, frozen=True, order=True):
    """Where a fault is counted; `day` is days since 1970-01-01."""

    day: int
    source_id: str
    fault: LandingFault

    def other(self) -> FaultSpot:
        """Name what stands for all of the code beyond the limit of a day."""
        return FaultSpot(self.day, self.source_id, LandingFault(self.fault.code, OTHER, OTHER))


@dataclass(frozen=True, slots=True, kw_only=True)
class AddLandingFaults:
    """Add page views with faults that were counted in memory."""

    views: Mapping[FaultSpot, int]

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Add all at once; in one order in every process, so that none waits in a circle."""
        total: Counter[FaultSpot] = Counter()
        for write in writes:
            total.update(write.views)
        kept: Counter[FaultSpot] = Counter()
        for spot, stand_in in _bounded(connection, sorted(total)):
            kept[stand_in] += total[spot]
        rows = [
            {"day": spot.day, "source_id": spot.source_id, "views": kept[spot]}
            | msgspec.structs.asdict(spot.fault)
            for spot in sorted(kept)
        ]
        send_rows(connection, _ADD[connection.dialect.name], rows)
        return [None] * len(writes)


def count_faults(
    connection: Connection, since: int, source_ids: tuple[str, ...] | None
) -> Counter[LandingFault]:
    """Count page views by fault since a day; None are all captures."""
    table = landing_faults
    views = func.sum(table.c.views)  # PostgreSQL's is a Decimal
    wanted = select(table.c.code, table.c.name, table.c.page, views).where(table.c.day >= since)
    if source_ids is not None:
        wanted = wanted.where(table.c.source_id.in_(source_ids))
    rows = connection.execute(wanted.group_by(table.c.code, table.c.name, table.c.page))
    return Counter({LandingFault(*fault): int(count) for *fault, count in rows})


def _bounded(
    connection: Connection, spots: Sequence[FaultSpot]
) -> Iterator[tuple[FaultSpot, FaultSpot]]:
    """Give each spot and what it is counted as: itself where it is known or has room."""
    known: dict[tuple[int, str], set[LandingFault]] = {}
    for spot in spots:
        day = (spot.day, spot.source_id)
        if day not in known:
            known[day] = _faults_of(connection, *day)
        if spot.fault not in known[day] and len(known[day]) >= FAULTS_A_DAY:
            yield spot, spot.other()
        else:
            known[day].add(spot.fault)
            yield spot, spot


def _faults_of(connection: Connection, day: int, source_id: str) -> set[LandingFault]:
    table = landing_faults
    own = select(table.c.code, table.c.name, table.c.page).where(
        table.c.day == day, table.c.source_id == source_id
    )
    return {LandingFault(*row) for row in connection.execute(own)}


def _adding(dialect: Any) -> Any:
    insert, table = dialect.insert(landing_faults), landing_faults
    sums = {"views": table.c.views + insert.excluded.views}
    return insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=sums)


_ADD: Final = {"sqlite": _adding(sqlite), "postgresql": _adding(postgresql)}
