"""When the database was last copied, and to where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Self

from sqlalchemy import Connection, delete, insert, select

from collector.domain.times import DAY
from collector.storage.backup_tables import backups

OLD = 2 * DAY
"""From this age on: one a day, and one of them may fail."""


class Backup(NamedTuple):
    """A copy that was made and checked; as a write it takes the place of the one before."""

    made_at: int
    file: str
    size: int

    def is_old(self, now: int) -> bool:
        """Whether another one is due."""
        return now - self.made_at > OLD

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Keep the last one."""
        connection.execute(delete(backups))
        connection.execute(insert(backups).values(writes[-1]._asdict()))
        return [None] * len(writes)


def last_backup(connection: Connection) -> Backup | None:
    """Read the note of the last one; None before the first."""
    row = connection.execute(select(backups).order_by(backups.c.made_at.desc())).first()
    return None if row is None else Backup(*row)
