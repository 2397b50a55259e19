"""Destinations in the database, each with the state of its lane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from collector.domain.errors import InputError, UnknownDestination
from collector.domain.json_values import encode_json
from collector.domain.lane import Lane, succeeded
from collector.domain.pace import Pace
from collector.storage.lanes import PACE_COLUMNS, LockedLanes, lane_of, pace_of
from collector.storage.states import READY
from collector.storage.tables import capture_destinations, deliveries, destinations

IN_USE: ColumnElement[bool] = destinations.c.deleted_at.is_(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDestination:
    """A destination as it lies in the database: `secrets` are sealed.

    `changed_at` tells whether a person changed it since it was read.
    """

    id: str
    kind: str
    name: str
    config: Mapping[str, str]
    secrets: str = field(repr=False)
    lane: Lane = field(default_factory=Lane)
    pace: Pace = field(default_factory=Pace)
    created_at: int
    changed_at: int


def _destination(row: RowMapping) -> StoredDestination:
    plain = ("id", "kind", "name", "secrets", "created_at", "changed_at")
    config = msgspec.json.decode(row["config"], type=dict[str, str])
    return StoredDestination(
        **{name: row[name] for name in plain}, config=config, lane=lane_of(row), pace=pace_of(row)
    )


def get_destination(connection: Connection, destination_id: str) -> StoredDestination:
    """Read one destination. Raises UnknownDestination."""
    wanted = select(destinations).where(destinations.c.id == destination_id, IN_USE)
    row = connection.execute(wanted).mappings().first()
    if row is None:
        raise UnknownDestination(f"there is no destination {destination_id}")
    return _destination(row)


def list_destinations(connection: Connection) -> list[StoredDestination]:
    """Read every destination, oldest first."""
    statement = select(destinations).where(IN_USE)
    statement = statement.order_by(destinations.c.created_at, destinations.c.id)
    return [_destination(row) for row in connection.execute(statement).mappings()]


def captures_of(connection: Connection) -> dict[str, list[str]]:
    """Name for each destination the captures whose events it gets."""
    link = capture_destinations.c
    rows = connection.execute(
        select(link.destination_id, link.source_id).order_by(link.destination_id, link.source_id)
    )
    found: dict[str, list[str]] = {}
    for destination_id, source_id in rows:
        found.setdefault(destination_id, []).append(source_id)
    return found


def waiting_counts(connection: Connection) -> dict[str, int]:
    """Count what each destination is still owed, by destination."""
    rows = connection.execute(
        select(deliveries.c.destination_id, func.count())
        .where(deliveries.c.state == READY)
        .group_by(deliveries.c.destination_id)
    )
    return dict(iter(rows))


_OPEN = or_(
    and_(destinations.c.state == "active", destinations.c.resume_at.is_(None)),
    and_(destinations.c.state != "paused", destinations.c.resume_at <= bindparam("now")),
)
_DUE_LANES = select(destinations).where(
    IN_USE,
    _OPEN,
    exists().where(
        deliveries.c.destination_id == destinations.c.id,
        deliveries.c.state == READY,
        deliveries.c.next_at <= bindparam("now"),
    ),
)


def due_lanes(connection: Connection, now: int) -> list[StoredDestination]:
    """Read the destinations that may be sent to and are owed something now."""
    return [_destination(row) for row in connection.execute(_DUE_LANES, {"now": now}).mappings()]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateDestination:
    """Add a destination, which gets the events of no capture yet."""

    destination: StoredDestination

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Insert each."""
        for write in writes:
            row = write.destination
            connection.execute(
                insert(destinations).values(
                    id=row.id,
                    kind=row.kind,
                    name=row.name,
                    config=encode_json(dict(row.config)),
                    secrets=row.secrets,
                    state=row.lane.state,
                    **_pace_values(row.pace),
                    created_at=row.created_at,
                    changed_at=row.changed_at,
                )
            )
        return [None] * len(writes)


def _pace_values(pace: Pace) -> dict[str, int | None]:
    return {column.name: getattr(pace, column.name) for column in PACE_COLUMNS}


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPace:
    """Let a destination go as fast as a person says. Raises UnknownDestination."""

    destination_id: str
    pace: Pace

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Write each; the next claim goes by it, and what a 429 taught is forgotten."""
        for write in writes:
            get_destination(connection, write.destination_id)
            connection.execute(
                update(destinations)
                .where(destinations.c.id == write.destination_id)
                .values(**_pace_values(write.pace), learnt_spacing=None)
            )
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDestination:
    """Give a destination another name or other settings; its lane stays as it stands.

    `seen` is its `changed_at` as the person saw it. Raises UnknownDestination; InputError where
    somebody else has changed it since.
    """

    destination: StoredDestination
    seen: int | None = None

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Update each; a worker opens the lane again before it sends more."""
        for write in writes:
            row = write.destination
            get_destination(connection, row.id)
            own = destinations.c.id == row.id
            changed = connection.execute(
                update(destinations)
                .where(
                    own if write.seen is None else own & (destinations.c.changed_at == write.seen)
                )
                .values(
                    name=row.name,
                    config=encode_json(dict(row.config)),
                    secrets=row.secrets,
                    changed_at=destinations.c.changed_at + 1,
                )
            )
            if changed.rowcount == 0:
                raise InputError("somebody else has changed this meanwhile; look at it again")
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTest:
    """Count a test that passed as the lane's success: it proves the lane and ends a hold."""

    destination_id: str
    started_at: int
    now: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Open each lane. Raises UnknownDestination."""
        for write in writes:
            key = write.destination_id
            get_destination(connection, key)
            locked = LockedLanes(connection, [key])
            locked.lanes[key] = succeeded(locked.lanes[key], write.started_at, write.now)
            locked.save()
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLane:
    """Put a lane into a state by decision: a person's, or the worker's when it cannot open it.

    A lane made `active` starts afresh, and everything it owes is due at once.
    """

    destination_id: str
    state: str
    now: int
    reason: str | None = None

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Change each. Raises UnknownDestination."""
        for write in writes:
            write.change(connection)
        return [None] * len(writes)

    def change(self, connection: Connection) -> None:
        """Write the lane as it now stands."""
        get_destination(connection, self.destination_id)
        connection.execute(
            update(destinations)
            .where(destinations.c.id == self.destination_id)
            .values(
                state=self.state,
                reason=self.reason,
                held_at=None if self.state == "active" else self.now,
                resume_at=None,
                failures=0,
                refusals=0,
                recent=0,
                ramp=1,
                failing_since=None,
                failed_at=None,
                warned=0,
                changed_at=self.now,
            )
        )
        if self.state == "active":
            connection.execute(
                update(deliveries)
                .where(
                    deliveries.c.destination_id == self.destination_id,
                    deliveries.c.state == READY,
                    deliveries.c.next_at > self.now,
                )
                .values(next_at=self.now)
            )
