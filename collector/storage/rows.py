"""Rows into a table by a statement that is compiled once.

Per-row work in SQLAlchemy was the largest cost measured on the way to the disk, so the hot tables
hold plain texts and integers, and their rows go to the driver as tuples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql.expression import Executable


class _Compiled:
    """A statement in a dialect's words and the order in which it takes its values."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        names = list(compiled.positiontup or compiled.params)
        self.sql = str(compiled)
        self.fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self.order = itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)


@lru_cache(maxsize=128)
def _compile(statement: Executable, dialect: Dialect) -> _Compiled:
    return _Compiled(statement, dialect)


def send_rows(
    connection: Connection, statement: Executable, rows: Sequence[Mapping[str, Any]]
) -> int:
    """Run a statement with named parameters once for each row, as one batch of the driver.

    Answers how many rows of the table that wrote, -1 where the driver does not tell.
    """
    if not rows:
        return 0
    compiled = _compile(statement, connection.dialect)
    sent = [compiled.order({**compiled.fixed, **row}) for row in rows]
    return connection.exec_driver_sql(compiled.sql, sent).rowcount
