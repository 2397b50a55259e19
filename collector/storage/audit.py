"""The audit log: who changed what, committed together with the change itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from sqlalchemy import Connection, insert, select

from collector.domain.json_values import encode_json
from collector.storage.tables import audit
from collector.storage.writer import Write, apply_writes


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody did: a stable word such as `lead.erase`, and the id of what it was done to.

    `user_email` is None for what the command line does. `details` hold no secret and nothing of
    a visitor.
    """

    at: int
    user_email: str | None
    deed: str
    subject: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """A write and its line in the log, one transaction; answers what the write answers."""

    is_news: ClassVar[bool] = True

    write: Write
    deed: Deed

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[Any]:
        """Run each write, then note it; raises what the write raises."""
        return [one.act(connection) for one in writes]

    def act(self, connection: Connection) -> Any:
        """Run the write and note it."""
        (result,) = apply_writes(connection, [self.write])
        deed = self.deed
        connection.execute(
            insert(audit).values(
                at=deed.at,
                user_email=deed.user_email,
                deed=deed.deed,
                subject=deed.subject,
                details=encode_json(dict(deed.details)),
            )
        )
        return result


def newest_deeds(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """Read the newest lines, newest first; `details` is JSON text."""
    rows = connection.execute(select(audit).order_by(audit.c.id.desc()).limit(limit)).mappings()
    return [dict(row) for row in rows]


_MOST_LOOKED_AT = 1_000


def deeds_between(connection: Connection, since: int, until: int) -> list[dict[str, Any]]:
    """Read the lines of some time, newest first, out of the thousand newest."""
    newest = select(audit).order_by(audit.c.id.desc()).limit(_MOST_LOOKED_AT).subquery()
    wanted = select(newest).where(newest.c.at >= since, newest.c.at < until)
    return [
        dict(row) for row in connection.execute(wanted.order_by(newest.c.id.desc())).mappings()
    ]
