"""Rows put where a test needs them, past every rule."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Table, update

from collector.storage.store import Store


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


@asynccontextmanager
async def refusing(store: Store, table: Table, **holding: Any) -> AsyncIterator[None]:
    """Have the database refuse every row of a table that holds these values, for so long."""
    refused = _Refused(table, holding)
    await store.write(refused)
    try:
        yield
    finally:
        await store.write(replace(refused, ends=True))


@dataclass(frozen=True)
class _Refused:
    """Triggers, or a constraint that earlier rows need not keep."""

    table: Table
    holding: Mapping[str, Any]
    ends: bool = False

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[_Refused]) -> Sequence[None]:
        on_sqlite = connection.dialect.name == "sqlite"
        for write in writes:
            for statement in write.triggers() if on_sqlite else write.constraint():
                connection.exec_driver_sql(statement)
        return [None] * len(writes)

    def triggers(self) -> Iterator[str]:
        for verb in ("INSERT", "UPDATE"):
            yield (
                f"DROP TRIGGER refused_{verb}"
                if self.ends
                else (
                    f"CREATE TRIGGER refused_{verb} BEFORE {verb} ON {self.table.name} "
                    f"WHEN {self.condition('new.')} BEGIN SELECT RAISE(ABORT, 'refused'); END"
                )
            )

    def constraint(self) -> Iterator[str]:
        check = f"ADD CONSTRAINT refused CHECK (NOT ({self.condition()})) NOT VALID"
        yield f"ALTER TABLE {self.table.name} {'DROP CONSTRAINT refused' if self.ends else check}"

    def condition(self, row: str = "") -> str:
        return " AND ".join(["true", *(f"{row}{n} = {v!r}" for n, v in self.holding.items())])
