"""Captures in the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import msgspec
from sqlalchemy import Connection, RowMapping, Select, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from collector.domain.capture import Capture
from collector.domain.errors import (
    InputError,
    UnknownCapture,
    UnknownDestination,
)
from collector.domain.fields import Catalogue
from collector.domain.json_values import encode_json
from collector.domain.lead_type import LeadType
from collector.domain.mapping import Mapping as FieldMapping
from collector.domain.said import Said
from collector.storage.fields import read_catalogue
from collector.storage.lead_types import list_lead_types
from collector.storage.mappings import written
from collector.storage.tables import (
    capture_destinations,
    captures,
    deliveries,
    destinations,
    events,
)
from collector.storage.versions import last_moment, touch_captures, touch_lanes

_FLAGS = ("derive_utm", "refuse_other_origins", "store_only")
_OWN = tuple(captures.c[name] for name in Capture.__dataclass_fields__ if name in captures.c)


def _capture(row: RowMapping, catalogue: Catalogue, lead_types: Mapping[str, LeadType]) -> Capture:
    values = {column.name: row[column.name] for column in _OWN} | {"catalogue": catalogue}
    values["origins"] = tuple(msgspec.json.decode(row["origins"]))
    if row["mapping"] is not None:
        values["mapping"] = msgspec.json.decode(row["mapping"], type=FieldMapping)
    values["lead_type"] = lead_types.get(row["lead_type"])
    for flag in _FLAGS:
        values[flag] = bool(row[flag])
    return Capture(**values)


def _row(capture: Capture, now: int) -> dict[str, Any]:
    row = {column.name: getattr(capture, column.name) for column in _OWN}
    row["lead_type"] = capture.lead_type_name
    return _columns(row) | {"changed_at": now}


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Write members of a capture as its columns hold them."""
    return {name: _WRITTEN.get(name, _plain)(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


_WRITTEN: Mapping[str, Callable[[Any], Any]] = {"origins": encode_json, "mapping": written}


def _read(connection: Connection, statement: Select[Any]) -> list[Capture]:
    rows = connection.execute(statement).mappings().all()
    catalogue = read_catalogue(connection)
    lead_types = {one.name: one for one in list_lead_types(connection)}
    return [_capture(row, catalogue, lead_types) for row in rows]


def list_captures(connection: Connection) -> list[Capture]:
    """Read every capture, oldest first."""
    return _read(connection, select(captures).order_by(captures.c.created_at))


def get_capture(connection: Connection, source_id: str) -> Capture:
    """Read one capture. Raises UnknownCapture."""
    found = _read(connection, select(captures).where(captures.c.source_id == source_id))
    if not found:
        raise UnknownCapture(f"there is no capture {source_id}", field="source_id")
    return found[0]


def destinations_of(connection: Connection, source_id: str) -> list[str]:
    """Name the destinations a capture's events go to."""
    link = capture_destinations.c
    rows = connection.execute(
        select(link.destination_id)
        .where(link.source_id == source_id)
        .order_by(link.destination_id)
    )
    return list(rows.scalars())


def last_change(connection: Connection) -> tuple[int, int]:
    """Fingerprint the table cheaply: how many captures, and when one last changed."""
    count, changed_at = connection.execute(
        select(func.count(), func.coalesce(func.max(captures.c.changed_at), 0))
    ).one()
    return count, changed_at


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCapture:
    """Add a capture. Raises InputError when its source_id is taken."""

    capture: Capture

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Insert each."""
        for write in writes:
            capture = write.capture
            try:
                connection.execute(insert(captures).values(_row(capture, capture.created_at)))
            except IntegrityError as error:
                said = Said("a capture with source_id {id} exists already", id=capture.source_id)
                raise InputError(said, field="source_id") from error
            if capture.mapping is not None:
                touch_lanes(connection)
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCapture:
    """Change some members of a capture.

    `seen` is what some of them were as the person saw them. Raises UnknownCapture; InputError
    where somebody else has changed one of those since.
    """

    source_id: str
    changes: Mapping[str, Any]
    now: int
    seen: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Update each; `changed_at` always grows, even when a clock does not."""
        for write in writes:
            last = last_moment(connection)
            seen = _columns(write.seen).items()
            changed = connection.execute(
                update(captures)
                .where(captures.c.source_id == write.source_id)
                .where(*(captures.c[name].is_not_distinct_from(value) for name, value in seen))
                .values(**_columns(write.changes), changed_at=max(write.now, last + 1))
            )
            if changed.rowcount == 0:
                get_capture(connection, write.source_id)
                raise InputError("somebody else has changed this meanwhile; look at it again")
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeCapture:
    """Let a paused capture deliver again, what it held meanwhile included; answers how many."""

    source_id: str
    now: int

    is_news: ClassVar[bool] = True

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[int]:
        """Resume each. Raises UnknownCapture."""
        return [write.resume(connection) for write in writes]

    def resume(self, connection: Connection) -> int:
        """Make the capture active and its held deliveries due."""
        active = ChangeCapture(source_id=self.source_id, changes={"state": "active"}, now=self.now)
        ChangeCapture.run(connection, [active])
        own = select(events.c.id).where(events.c.source_id == self.source_id)
        held = connection.execute(
            update(deliveries)
            .where(deliveries.c.state == "held", deliveries.c.reason == "paused")
            .where(deliveries.c.event.in_(own))
            .values(state="ready", reason=None, next_at=self.now)
        )
        return held.rowcount


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDestination:
    """Send a capture's events to a destination from now on, or stop doing so.

    A link ends that the capture is `store_only`; its mapping stays when it ends.
    """

    source_id: str
    destination_id: str
    linked: bool = True

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Link or unlink each. Raises UnknownCapture, UnknownDestination."""
        for write in writes:
            get_capture(connection, write.source_id)
            known = select(destinations.c.id).where(
                destinations.c.id == write.destination_id, destinations.c.deleted_at.is_(None)
            )
            known = known.with_for_update(read=True, key_share=True)  # not deleted meanwhile
            if connection.execute(known).first() is None:
                raise UnknownDestination(f"there is no destination {write.destination_id}")
            link = capture_destinations.c
            pair = (link.source_id == write.source_id, link.destination_id == write.destination_id)
            connection.execute(delete(capture_destinations).where(*pair))
            if write.linked:
                connection.execute(
                    insert(capture_destinations).values(
                        source_id=write.source_id, destination_id=write.destination_id
                    )
                )
                own = captures.c.source_id == write.source_id
                connection.execute(update(captures).where(own).values(store_only=0))
                touch_captures(connection)
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreOnly:
    """Say that a capture's events go nowhere, on purpose. Raises UnknownCapture, InputError."""

    source_id: str

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Mark each."""
        for write in writes:
            get_capture(connection, write.source_id)
            if linked := destinations_of(connection, write.source_id):
                raise InputError(
                    f"{write.source_id} has destinations; unlink them first: {', '.join(linked)}"
                )
            own = captures.c.source_id == write.source_id
            connection.execute(update(captures).where(own).values(store_only=1))
            touch_captures(connection)
        return [None] * len(writes)
