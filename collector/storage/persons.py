"""Persons: which events are of one person, by the ids that their senders gave them.

`events.person` is what an event says by itself. Where an event has both an `event_id` and a
`person_id` of its sender's, both name one person: then, and only then, a row of `person_links`
says so. All keys of a person but one have a row, and it points straight at that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from collector.storage.rows import send_rows
from collector.storage.tables import person_links

_LOCK = 0x706572736F6E73
"""What processes that link persons in one PostgreSQL database wait for."""

_INSERTS = {
    name: dialect.insert(person_links).on_conflict_do_nothing(index_elements=["key"])
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_MOVE = (
    update(person_links)
    .where(person_links.c.person == bindparam("old"))
    .values(person=bindparam("new"))
)


def link_persons(connection: Connection, pairs: Sequence[tuple[str, str]]) -> None:
    """Make each pair of keys one person, and whoever was linked to either."""
    if not pairs:
        return
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    known = _read_links(connection, (key for pair in pairs for key in pair))
    moved: dict[str, str] = {}
    for pair in pairs:
        one, other = (_root(key, known, moved) for key in pair)
        if one != other:
            moved[one] = other
    rows = [{"old": old, "new": _root(old, known, moved)} for old in moved]
    send_rows(connection, _MOVE, rows)
    links = [{"key": row["old"], "person": row["new"]} for row in rows]
    send_rows(connection, _INSERTS[connection.dialect.name], links)


def keys_of_person(connection: Connection, key: str) -> list[str]:
    """Name every `events.person` that is the same person as this one."""
    root = _read_links(connection, [key]).get(key, key)
    linked = select(person_links.c.key).where(person_links.c.person == root)
    return [root, *connection.execute(linked.order_by(person_links.c.key)).scalars()]


def _read_links(connection: Connection, keys: Iterable[str]) -> dict[str, str]:
    statement = select(person_links.c.key, person_links.c.person)
    rows = connection.execute(statement.where(person_links.c.key.in_(set(keys))))
    return {row.key: row.person for row in rows}


def _root(key: str, known: dict[str, str], moved: dict[str, str]) -> str:
    key = known.get(key, key)
    while key in moved:
        key = moved[key]
    return key
