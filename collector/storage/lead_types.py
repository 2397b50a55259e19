"""Lead types in the database, and which captures have one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from collector.domain.errors import InputError, UnknownCapture, UnknownLeadType
from collector.domain.json_values import encode_json
from collector.domain.lead_type import LeadType, check_lead_type
from collector.domain.said import Said
from collector.storage.fields import read_catalogue
from collector.storage.tables import captures, lead_types
from collector.storage.versions import touch_captures

_decode = msgspec.json.Decoder(LeadType).decode


def list_lead_types(connection: Connection) -> list[LeadType]:
    """Read every lead type, oldest first."""
    statement = select(lead_types.c.definition).order_by(
        lead_types.c.created_at, lead_types.c.name
    )
    return list(map(_decode, connection.execute(statement).scalars()))


def get_lead_type(connection: Connection, name: str) -> LeadType:
    """Read one lead type. Raises UnknownLeadType."""
    found = connection.execute(
        select(lead_types.c.definition).where(lead_types.c.name == name)
    ).scalar()
    if found is None:
        raise UnknownLeadType(f"there is no lead type {name!r}", field="lead_type")
    return _decode(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveLeadType:
    """Create a lead type, or put another definition in its place: its captures follow at once.

    Raises FieldsRefused; InputError where `create` meets one of the name.
    """

    lead_type: LeadType
    now: int
    create: bool = False

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Write each."""
        for write in writes:
            write.save(connection)
        return [None] * len(writes)

    def save(self, connection: Connection) -> None:
        """Insert or update the row."""
        name = self.lead_type.name
        check_lead_type(self.lead_type, read_catalogue(connection))
        written = encode_json(self.lead_type)
        changed = connection.execute(
            update(lead_types).where(lead_types.c.name == name).values(definition=written)
        )
        if changed.rowcount and self.create:
            raise InputError(
                Said("there is a lead type '{name}' already", name=name), field="name"
            )
        if not changed.rowcount:
            row = {"name": name, "definition": written, "created_at": self.now}
            connection.execute(insert(lead_types).values(**row))
        touch_captures(connection)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveLeadType:
    """Forget a lead type that no capture has. Raises UnknownLeadType, InputError."""

    name: str

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Delete each."""
        for write in writes:
            get_lead_type(connection, write.name)
            used = select(captures.c.name).where(captures.c.lead_type == write.name)
            if users := list(connection.execute(used).scalars()):
                named = {"name": write.name, "captures": ", ".join(users)}
                raise InputError(
                    Said("'{name}' is the lead type of {captures}", **named), field="name"
                )
            connection.execute(delete(lead_types).where(lead_types.c.name == write.name))
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyLeadType:
    """Have a capture's leads be of a type from now on; None: of none.

    Raises UnknownCapture, UnknownLeadType.
    """

    source_id: str
    name: str | None

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Apply each."""
        for write in writes:
            if write.name is not None:
                get_lead_type(connection, write.name)
            changed = connection.execute(
                update(captures)
                .where(captures.c.source_id == write.source_id)
                .values(lead_type=write.name)
            )
            if changed.rowcount == 0:
                raise UnknownCapture(f"there is no capture {write.source_id}", field="source_id")
            touch_captures(connection)
        return [None] * len(writes)
