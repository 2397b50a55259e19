"""A write that changes nothing: it goes all the way a lead would go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection, false, update

from collector.storage.tables import captures


@dataclass(frozen=True, slots=True)
class Probe:
    """Fails the way a lead would fail. Raises StoreUnavailable."""

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Touch no row."""
        connection.execute(update(captures).where(false()).values(changed_at=0))
        return [None] * len(writes)
