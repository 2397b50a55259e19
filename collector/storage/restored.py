"""What is settled in a backup before anybody works with it: erasures again, nobody signed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from sqlalchemy import Connection, delete, func, select, text

from collector.domain.erasures import Erasures
from collector.domain.errors import BackupFailed
from collector.storage import schema
from collector.storage.erasure import EraseEvents, events_of_email
from collector.storage.events import PAGE
from collector.storage.states import READY
from collector.storage.tables import deliveries, events, sessions, sign_in_links


def require_known(revision: str | None) -> None:
    """Refuse what this version cannot read. Raises BackupFailed."""
    if revision is None:
        raise BackupFailed("the file holds no database of a collector")
    if revision not in schema.KNOWN:
        raise BackupFailed(
            f"the file is at schema {revision}, made by a newer version; this one knows only "
            f"{schema.HEAD}: restore with the newer version"
        )


class Stamp(NamedTuple):
    """Say at which revision a schema stands that came without."""

    revision: str

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Write it; until then every process refuses to work with the database."""
        for write in writes:
            connection.execute(
                text("INSERT INTO alembic_version (version_num) VALUES (:revision)"),
                {"revision": write.revision},
            )
        return [None] * len(writes)


class Settled(NamedTuple):
    """How many events were erased again, and how many deliveries are owed now."""

    erased: int
    owed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """Erase again, and sign everybody out: a session that was ended since would live again."""

    erasures: Erasures
    now: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[Settled]:
        """Settle for each."""
        return [write.settle(connection) for write in writes]

    def settle(self, connection: Connection) -> Settled:
        """Do it before the first process starts: what is erased is owed to nobody."""
        ids = list(self.erasures.ids)
        for email in self.erasures.emails:
            ids += events_of_email(connection, email)
        erased = sum(
            EraseEvents(ids=ids[first : first + PAGE], now=self.now).erase(connection)
            for first in range(0, len(ids), PAGE)
        )
        connection.execute(delete(sessions))
        connection.execute(delete(sign_in_links))
        ready = select(func.count()).where(deliveries.c.state == READY)
        return Settled(erased, connection.execute(ready).scalar_one())


def newest_received(connection: Connection) -> int | None:
    """Read when the newest event came; None where there is none."""
    return connection.execute(select(func.max(events.c.received_at))).scalar()
