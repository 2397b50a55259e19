"""Secrets of destinations sealed anew, so that an older key is needed no more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Self

from sqlalchemy import Connection, select, update

from collector.storage.destinations import IN_USE
from collector.storage.secrets import SecretBox
from collector.storage.tables import destinations


class Resealed(NamedTuple):
    """How many were sealed anew, and the names of those that no key opens."""

    done: int
    locked: list[str]


class Reseal(NamedTuple):
    """Seal with the newest key what an older one sealed; what is in it stays, and so do lanes."""

    box: SecretBox

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[Resealed]:
        """Reseal for each."""
        return [write.reseal(connection) for write in writes]

    def reseal(self, connection: Connection) -> Resealed:
        """Go through them; the rows are locked, so that nobody's change is undone."""
        columns = (destinations.c.id, destinations.c.name, destinations.c.secrets)
        rows = connection.execute(select(*columns).where(IN_USE).with_for_update()).all()
        older = [row for row in rows if not self.box.is_newest(row.secrets)]
        opened = [row for row in older if self.box.opens(row.secrets)]
        for row in opened:
            connection.execute(
                update(destinations)
                .where(destinations.c.id == row.id)
                .values(secrets=self.box.renewed(row.secrets))
            )
        return Resealed(len(opened), [row.name for row in older if row not in opened])
