"""API keys: created, found by what a sender presents, revoked; their last use noted lazily."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import msgspec
import structlog
from sqlalchemy import Connection, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from collector.domain.api_key import ApiKey, digest_of
from collector.domain.errors import InputError, StoreUnavailable, UnknownKey
from collector.domain.json_values import encode_json
from collector.domain.times import MINUTE
from collector.storage.captures import get_capture
from collector.storage.store import Store
from collector.storage.tables import api_keys

NOTED_EVERY = MINUTE
"""How exactly a last use is known; writing each would cost a write for every event."""

_log = structlog.get_logger()


def _key(row: RowMapping) -> ApiKey:
    values = {name: row[name] for name in ApiKey.__dataclass_fields__}
    values["scopes"] = tuple(msgspec.json.decode(row["scopes"]))
    return ApiKey(**values)


def _row(key: ApiKey) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(key, name) for name in ApiKey.__dataclass_fields__}
    return row | {"scopes": encode_json(list(key.scopes))}


def list_keys(connection: Connection) -> list[ApiKey]:
    """Read every key, oldest first, revoked ones too."""
    rows = connection.execute(select(api_keys).order_by(api_keys.c.created_at)).mappings()
    return [_key(row) for row in rows]


def find_key(connection: Connection, digest: str) -> ApiKey | None:
    """Find a key in use by its SHA-256; None when there is none, or it is revoked."""
    statement = select(api_keys).where(api_keys.c.digest == digest)
    row = connection.execute(statement.where(api_keys.c.revoked_at.is_(None))).mappings().first()
    return None if row is None else _key(row)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateKey:
    """Add a key. Raises UnknownCapture, or InputError when its id or value is taken."""

    key: ApiKey

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Insert each."""
        for write in writes:
            if write.key.source_id is not None:
                get_capture(connection, write.key.source_id)
            try:
                connection.execute(insert(api_keys).values(_row(write.key)))
            except IntegrityError as error:
                raise InputError(
                    "there is such a key already, by its id or its value: "
                    "see `collector key list`; one that was revoked cannot come back",
                    field="key",
                ) from error
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeKey:
    """End a key; one that ended before keeps its time. Raises UnknownKey."""

    id: str
    now: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Revoke each."""
        for write in writes:
            known = select(api_keys.c.id).where(api_keys.c.id == write.id)
            if connection.execute(known).first() is None:
                raise UnknownKey(f"there is no key {write.id}")
            connection.execute(
                update(api_keys)
                .where(api_keys.c.id == write.id, api_keys.c.revoked_at.is_(None))
                .values(revoked_at=write.now)
            )
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteUse:
    """Remember when a key was last used; an older time never replaces a newer one."""

    id: str
    now: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Update each, in one order in every process, so that none waits in a circle."""
        for write in sorted(writes, key=lambda one: one.id):
            older = api_keys.c.last_used_at.is_(None) | (api_keys.c.last_used_at < write.now)
            connection.execute(
                update(api_keys)
                .where(api_keys.c.id == write.id, older)
                .values(last_used_at=write.now)
            )
        return [None] * len(writes)


class KeyRing:
    """Recognises keys for requests: each asks the database, so that a revocation works at once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._noted: dict[str, int] = {}

    async def recognise(self, value: str, now: int) -> ApiKey | None:
        """Find the key that a sender presents, and note that it was used; None for a wrong one."""
        digest = digest_of(value)
        found = await self._store.read(find_key, digest)
        if found is None or not hmac.compare_digest(found.digest, digest):
            return None
        self._note(found, now)
        return found

    def _note(self, key: ApiKey, now: int) -> None:
        """Write the use at most once a minute; the request does not wait for it."""
        last = max(key.last_used_at or 0, self._noted.get(key.id, 0))
        if now - last < NOTED_EVERY:
            return
        self._noted[key.id] = now
        try:
            self._store.write(NoteUse(id=key.id, now=now)).add_done_callback(_report)
        except StoreUnavailable as error:
            _log.warning("key_use_not_noted", error=str(error))


def _report(done: asyncio.Future[None]) -> None:
    if not done.cancelled() and (error := done.exception()):
        _log.warning("key_use_not_noted", error=str(error))
