"""What the ids in the audit log stand for, as long as it is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, literal, select

from collector.storage.tables import api_keys, captures, deliveries, destinations, events, users


class Thing(NamedTuple):
    """A name, which a lead has none of here, and the id of its page where that is another's."""

    name: str
    page: str


def _things(
    id_: ColumnElement[Any], name: ColumnElement[Any], page: ColumnElement[Any] | None = None
) -> tuple[ColumnElement[Any], Select[Any]]:
    return id_, select(
        id_.label("id"), name.label("name"), (id_ if page is None else page).label("page")
    )


_OF: Final[Mapping[str, tuple[ColumnElement[Any], Select[Any]]]] = {
    "capture": _things(captures.c.source_id, captures.c.name),
    "check": _things(captures.c.source_id, captures.c.name),
    "destination": _things(destinations.c.id, destinations.c.name),
    "delivery": _things(deliveries.c.id, destinations.c.name, deliveries.c.event),
    "key": _things(api_keys.c.id, api_keys.c.name),
    "lead": _things(events.c.id, literal("")),
    "user": _things(users.c.id, users.c.email),
}
_OWN: Final = {
    "destination": destinations.c.deleted_at.is_(None),
    "delivery": and_(
        deliveries.c.destination_id == destinations.c.id,
        deliveries.c.event == events.c.id,
        events.c.erased_at.is_(None),
    ),
    "lead": events.c.erased_at.is_(None),
}
"""What beside its id a thing must fulfil to be there."""


def names_of(
    connection: Connection, deeds: Iterable[Mapping[str, Any]]
) -> dict[tuple[str, str], Thing]:
    """Find the things that lines of the log name, by the deed's first word and the subject."""
    wanted: dict[str, set[Any]] = defaultdict(set)
    for one in deeds:
        kind, subject = one["deed"].partition(".")[0], one["subject"]
        if kind != "delivery":
            wanted[kind].add(subject)
        elif subject.isdecimal():
            wanted[kind].add(int(subject))
    found: dict[tuple[str, str], Thing] = {}
    for kind in wanted.keys() & _OF.keys():
        id_, statement = _OF[kind]
        if kind in _OWN:
            statement = statement.where(_OWN[kind])
        for row in connection.execute(statement.where(id_.in_(wanted[kind]))):
            found[kind, str(row.id)] = Thing(row.name, row.page)
    return found
