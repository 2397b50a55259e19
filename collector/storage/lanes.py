"""Lanes in the database: how each stands, and how fast a person lets it go."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection, RowMapping, bindparam, func, select, update

from collector.domain.lane import Lane
from collector.domain.pace import Pace
from collector.storage.rows import send_rows
from collector.storage.states import LEASED
from collector.storage.tables import deliveries, destinations

LANE_COLUMNS: Final = tuple(destinations.c[name] for name in Lane.__struct_fields__)
PACE_COLUMNS: Final = tuple(destinations.c[name] for name in Pace.__struct_fields__)


class LaneChange(NamedTuple):
    """What an attempt did to a lane."""

    destination_id: str
    before: Lane
    after: Lane


class LockedLanes:
    """Some lanes, read to be changed in the same transaction, and nobody else's until its end."""

    def __init__(self, connection: Connection, ids: Collection[str]) -> None:
        rows = connection.execute(_LANES, {"ids": sorted(ids)}).mappings().all() if ids else []
        self._connection = connection
        self._before = {row["id"]: lane_of(row) for row in rows}
        self.lanes = dict(self._before)
        self.paces = {row["id"]: pace_of(row) for row in rows}
        self.changed_at = {row["id"]: row["changed_at"] for row in rows}

    def save(self) -> list[LaneChange]:
        """Write the lanes that stand otherwise than before."""
        changes = [
            LaneChange(key, before, self.lanes[key])
            for key, before in self._before.items()
            if self.lanes[key] != before
        ]
        save_lanes(self._connection, {change.destination_id: change.after for change in changes})
        return changes


_LANES = (
    select(destinations.c.id, destinations.c.changed_at, *LANE_COLUMNS, *PACE_COLUMNS)
    .where(destinations.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(destinations.c.id)
    .with_for_update()
)
_SAVE_LANE = (
    update(destinations)
    .where(destinations.c.id == bindparam("lane"))
    .values({column: bindparam(f"new_{column.name}") for column in LANE_COLUMNS})
)
_IN_FLIGHT = (
    select(deliveries.c.destination_id, func.count())
    .where(deliveries.c.state == LEASED)
    .group_by(deliveries.c.destination_id)
)


def lane_of(row: RowMapping) -> Lane:
    """Read how a lane stands from a row that has its columns."""
    return Lane(**{column.name: row[column.name] for column in LANE_COLUMNS})


def pace_of(row: RowMapping) -> Pace:
    """Read how fast a lane may go from a row that has its columns."""
    return Pace(**{column.name: row[column.name] for column in PACE_COLUMNS})


def save_lanes(connection: Connection, lanes: Mapping[str, Lane]) -> None:
    """Write how lanes stand, by destination."""
    names = [column.name for column in LANE_COLUMNS]
    rows = [
        {"lane": key, **{f"new_{name}": getattr(lane, name) for name in names}}
        for key, lane in lanes.items()
    ]
    send_rows(connection, _SAVE_LANE, rows)


def in_flight(connection: Connection) -> dict[str, int]:
    """Count what all processes have under way, by destination."""
    return dict(iter(connection.execute(_IN_FLIGHT)))
