"""Several writes that are one: all of them are on the disk afterwards, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from sqlalchemy import Connection

from collector.storage.writer import Write, apply_writes


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Writes of any kinds, in order, in one transaction; raises what the first at fault raises."""

    is_news: ClassVar[bool] = True

    writes: Sequence[Write]

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Run each write of each."""
        for outer in writes:
            apply_writes(connection, outer.writes)
        return [None] * len(writes)
