"""Users in the database: created, found by what they sign in with, changed, disabled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import msgspec
from sqlalchemy import Connection, RowMapping, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from collector.domain.errors import InputError, UnknownUser
from collector.domain.json_values import encode_json
from collector.domain.said import Said
from collector.domain.user import User
from collector.storage.captures import get_capture
from collector.storage.tables import sessions, users


def user_of(row: RowMapping) -> User:
    """Read a user from a row that has its columns."""
    values = {name: row[name] for name in User.__dataclass_fields__}
    if row["source_ids"] is not None:
        values["source_ids"] = tuple(msgspec.json.decode(row["source_ids"]))
    return User(**values)


def _row(user: User) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(user, name) for name in User.__dataclass_fields__}
    source_ids = None if user.source_ids is None else encode_json(list(user.source_ids))
    return row | {"source_ids": source_ids}


def list_users(connection: Connection) -> list[User]:
    """Read every user, oldest first, disabled ones too."""
    rows = connection.execute(select(users).order_by(users.c.created_at, users.c.id)).mappings()
    return [user_of(row) for row in rows]


def has_users(connection: Connection) -> bool:
    """Whether anybody was ever created."""
    return bool(connection.execute(select(exists(select(users.c.id)))).scalar())


def find_user(connection: Connection, email: str) -> User | None:
    """Find a user by the address, in lower case; None for unknown and disabled ones."""
    statement = select(users).where(users.c.email == email, users.c.disabled_at.is_(None))
    row = connection.execute(statement).mappings().first()
    return None if row is None else user_of(row)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUser:
    """Add a user. Raises UnknownCapture, or InputError when the address is taken."""

    user: User

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Insert each."""
        for write in writes:
            for source_id in write.user.source_ids or ():
                get_capture(connection, source_id)
            try:
                connection.execute(insert(users).values(_row(write.user)))
            except IntegrityError as error:
                raise InputError(
                    Said("there is a user {email} already", email=write.user.email), field="email"
                ) from error
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisableUser:
    """Let a user sign in no more, and end every session. Raises UnknownUser."""

    email: str
    now: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Disable each."""
        for write in writes:
            found = find_user(connection, write.email)
            if found is None:
                raise UnknownUser(f"there is no user {write.email} who could sign in")
            own = users.c.id == found.id
            connection.execute(update(users).where(own).values(disabled_at=write.now))
            connection.execute(delete(sessions).where(sessions.c.user_id == found.id))
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPassword:
    """Give a user another password, as its hash, and end every session but the one named."""

    user_id: str
    password: str = field(repr=False)
    keep: str | None = None

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Set each."""
        for write in writes:
            own = users.c.id == write.user_id
            connection.execute(update(users).where(own).values(password=write.password))
            others = sessions.c.user_id == write.user_id
            connection.execute(
                delete(sessions).where(others, sessions.c.digest != (write.keep or ""))
            )
        return [None] * len(writes)
