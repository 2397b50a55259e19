"""Rows put where a test needs them, past every rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, update


@dataclass(frozen=True)
class SetColumns:
    """Write columns of one row, found by its first key column."""

    table: Table
    key: Any
    columns: Mapping[str, Any]

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[SetColumns]) -> Sequence[None]:
        for write in writes:
            key = next(iter(write.table.primary_key))
            changed = update(write.table).where(key == write.key).values(**write.columns)
            assert connection.execute(changed).rowcount == 1
        return [None] * len(writes)
