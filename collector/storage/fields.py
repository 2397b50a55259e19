"""Custom fields in the database; the standard ones are the domain's own data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import msgspec
from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from collector.domain.errors import InputError, UnknownField
from collector.domain.fields import STANDARD, Catalogue, Field, catalogue_with
from collector.domain.json_values import encode_json
from collector.domain.said import Said
from collector.storage.tables import captures, fields, lead_types
from collector.storage.versions import touch_captures, touch_lanes


def _field(row: RowMapping) -> Field:
    choices = msgspec.json.decode(row["choices"], type=tuple[str, ...])
    return Field(name=row["name"], label=row["label"], type=row["type"], choices=choices)


def list_custom_fields(connection: Connection) -> list[Field]:
    """Read every custom field, oldest first."""
    rows = connection.execute(select(fields).order_by(fields.c.created_at, fields.c.name))
    return [_field(row) for row in rows.mappings()]


def read_catalogue(connection: Connection) -> Catalogue:
    """Read every field there is, standard ones first."""
    return catalogue_with(list_custom_fields(connection))


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveField:
    """Create a custom field, or change its label and choices. Raises InputError.

    A type stays: values that were stored and sent are of it.
    """

    field: Field
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
        field = self.field
        known = read_catalogue(connection).get(field.name)
        if field.name in STANDARD or (known and self.create):
            raise InputError(
                Said("there is a field {name} already", name=field.name), field="name"
            )
        if known and known.type != field.type:
            raise InputError(
                Said(
                    "{name} is of type {type}, which cannot change: create another field",
                    name=field.name,
                    type=known.type,
                ),
                field="type",
            )
        row = {
            "label": field.label,
            "type": field.type,
            "choices": encode_json(list(field.choices)),
        }
        if known:
            connection.execute(update(fields).where(fields.c.name == field.name).values(**row))
            touch_captures(connection)
            touch_lanes(connection)
        else:
            new = row | {"name": field.name, "created_at": self.now}
            connection.execute(insert(fields).values(**new))


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveField:
    """Forget a custom field that no mapping and no lead type names.

    Raises UnknownField, InputError naming who still uses it.
    """

    name: str

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Delete each."""
        for write in writes:
            users = _users_of(connection, write.name)
            if users:
                used = Said("{name} is in use by {users}", name=write.name, users=", ".join(users))
                raise InputError(used, field="name")
            gone = connection.execute(delete(fields).where(fields.c.name == write.name))
            if gone.rowcount == 0:
                raise UnknownField(f"there is no custom field {write.name}", field="name")
            touch_captures(connection)
        return [None] * len(writes)


def _users_of(connection: Connection, name: str) -> list[str]:
    written = f'"{name}"'
    mapping = select(captures.c.name).where(captures.c.mapping.contains(written, autoescape=True))
    type_ = select(lead_types.c.name).where(
        lead_types.c.definition.contains(written, autoescape=True)
    )
    return [f"the capture {one}" for one in connection.execute(mapping).scalars()] + [
        f"the lead type {one}" for one in connection.execute(type_).scalars()
    ]
