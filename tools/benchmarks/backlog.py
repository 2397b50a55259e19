"""A backlog: one real lead, multiplied in the database without asking anybody."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Table

from collector.storage.tables import WORDED, deliveries, events
from tools.benchmarks.installation import Installed
from tools.benchmarks.requests import answer, first_token, form_request

_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT ?)"
_OWN_ID = "printf('backlog-%028d', n)"
_COPIES: tuple[tuple[Table, Mapping[str, str]], ...] = (
    (
        events,
        {**dict.fromkeys(("id", "event_id", "repeat_key"), _OWN_ID), "counted": str(WORDED)},
    ),
    (deliveries, {"event": _OWN_ID}),
)
"""Which columns of a copy differ from its original's; the key of a delivery counts by itself.

They are leads of another day, counted long ago: a server that had tens of thousands to count
while it is measured would be measured at that.
"""


def add_backlog(found: Installed, count: int) -> None:
    """Store a lead and so many copies of it, with a ready delivery to each destination."""
    with found.serving("--no-worker") as served:
        token = first_token(served.port, found.source_id)
        answer(served.port, form_request(found.source_id, token))
    with open_file(found) as connection:
        for table, changes in _COPIES:
            connection.execute(_multiply(table, changes), (count,))


@contextmanager
def open_file(found: Installed) -> Iterator[sqlite3.Connection]:
    """Write into an installation's SQLite file; nothing of it need survive a power cut."""
    path = Path(found.database_url.removeprefix("sqlite:///"))
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA synchronous=OFF")
        with connection:
            yield connection
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _multiply(table: Table, changes: Mapping[str, str]) -> str:
    names = [column.name for column in table.columns if table is events or column.name != "id"]
    values = [changes.get(name, name) for name in names]
    return (
        f"{_NUMBERS} INSERT INTO {table.name} ({', '.join(names)})"  # noqa: S608  (our own names)
        f" SELECT {', '.join(values)} FROM {table.name}, numbers"
    )
