"""Events: stored together with their deliveries in one commit, listed, exported, released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import msgspec
from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    exists,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from collector.domain.consent import NOT_ASKED, parse_consent, render_consent
from collector.domain.errors import UnknownEvent
from collector.domain.event import Event, person_key, repeat_key
from collector.domain.json_values import encode_json
from collector.storage.persons import keys_of_person, link_persons
from collector.storage.rows import send_rows
from collector.storage.tables import capture_destinations, deliveries, events
from collector.storage.words import find_anew

PAGE = 500


def event_row(event: Event, evidence: str, rate_key: str | None = None) -> dict[str, Any]:
    """Lay an event out as its row; `evidence` is JSON text."""
    return {
        "id": event.id,
        "event_id": event.event_id,
        "event_type": event.event_type,
        "event_name": event.event_name,
        "source_id": event.source_id,
        "person_id": event.person_id,
        "person": person_key(event),
        "affiliate_id": event.affiliate_id,
        "lead_type": event.lead_type,
        "created_at": event.created_at,
        "received_at": event.received_at,
        "fields": encode_json(event.fields),
        "metadata": encode_json(event.metadata),
        "attribution": encode_json(event.attribution),
        "evidence": evidence,
        "consent": render_consent(event.consent),
        "device": encode_json(event.device),
        "marks": encode_json(event.marks),
        "rate_key": rate_key,
        "repeat_key": repeat_key(event),
        "counted": 0,
    }


def event_of(row: RowMapping) -> Event:
    """Read an event back from its row."""
    plain = ("id", "event_id", "event_type", "event_name", "source_id", "person_id")
    decode = msgspec.json.decode
    return Event(
        **{name: row[name] for name in plain},
        affiliate_id=row["affiliate_id"],
        lead_type=row["lead_type"],
        created_at=row["created_at"],
        received_at=row["received_at"],
        fields=decode(row["fields"]),
        metadata=decode(row["metadata"]),
        attribution=decode(row["attribution"]),
        consent=parse_consent(row["consent"]) or NOT_ASKED,
        device=decode(row["device"]),
        marks=decode(row["marks"]),
    )


def _inserted(connection: Connection) -> Any:
    """Insert unless the same event is there: a repeat is a conflict, never an error."""
    return _INSERTS[connection.dialect.name]


_GIVEN: dict[str, Any] = {c.name: bindparam(c.name) for c in events.c if c.name != "erased_at"}
_INSERTS = {
    name: dialect.insert(events)
    .values(_GIVEN)
    .on_conflict_do_nothing(index_elements=["repeat_key"])
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}

_OWED = deliveries.insert().from_select(
    ["event", "destination_id", "state", "reason", "next_at", "created_at"],
    select(
        events.c.id,
        capture_destinations.c.destination_id,
        bindparam("state", type_=deliveries.c.state.type),
        bindparam("reason", type_=deliveries.c.reason.type),
        events.c.received_at,
        events.c.received_at,
    )
    .join(capture_destinations, capture_destinations.c.source_id == events.c.source_id)
    .where(events.c.id == bindparam("id")),
)
"""One delivery for each destination of the event's capture, if the event was really stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What became of an event: its id, or the first one's when it was an exact repeat."""

    id: str
    repeat: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreEvent:
    """Commit an event and what it owes; `reason` withholds its deliveries.

    `may_repeat` says that the sender chose the event_id, so that the event may be there already.
    `link` holds two keys that name one person (`domain/event.py`, `person_link`).
    """

    is_news: ClassVar[bool] = True

    row: Mapping[str, Any]
    reason: str | None = None
    may_repeat: bool = False
    link: tuple[str, str] | None = None

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[Stored]:
        """Insert events, then deliveries of those that are new."""
        new = send_rows(connection, _inserted(connection), [write.row for write in writes])
        send_rows(connection, _OWED, [write.owed() for write in writes])
        link_persons(connection, [write.link for write in writes if write.link])
        may_repeat = [w.row["repeat_key"] for w in writes if w.may_repeat]
        first = _first_ids(connection, may_repeat) if new != len(writes) else {}
        ids = [(w.row["id"], first.get(w.row["repeat_key"], w.row["id"])) for w in writes]
        return [Stored(id=kept, repeat=kept != own) for own, kept in ids]

    def owed(self) -> dict[str, Any]:
        """Say how the deliveries of this event start."""
        state = "refused" if self.reason == "incomplete" else "held" if self.reason else "ready"
        return {"id": self.row["id"], "state": state, "reason": self.reason}


def _first_ids(connection: Connection, repeat_keys: Sequence[str]) -> dict[str, str]:
    if not repeat_keys:
        return {}
    rows = connection.execute(
        select(events.c.repeat_key, events.c.id).where(events.c.repeat_key.in_(repeat_keys))
    )
    return {row.repeat_key: row.id for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events a listing, an export or a release means."""

    source_id: str | None = None
    mark: str | None = None
    event_id: str | None = None
    since: int | None = None
    until: int | None = None
    lead_type: str | None = None
    ids: tuple[str, ...] = field(default=())
    persons: tuple[str, ...] = field(default=())

    def narrow(self, statement: Select[Any]) -> Select[Any]:
        """Add the conditions to a statement over events; an erased one never matches."""
        statement = statement.where(events.c.erased_at.is_(None))
        wanted = {
            "source_id": self.source_id,
            "event_id": self.event_id,
            "lead_type": self.lead_type,
        }
        for name, value in wanted.items():
            if value is not None:
                statement = statement.where(events.c[name] == value)
        if self.since is not None:
            statement = statement.where(events.c.received_at >= self.since)
        if self.until is not None:
            statement = statement.where(events.c.received_at < self.until)
        if self.mark is not None:
            statement = statement.where(
                events.c.marks.contains(f'"{self.mark}":', autoescape=True)
            )
        for column, values in ((events.c.id, self.ids), (events.c.person, self.persons)):
            if values:
                statement = statement.where(column.in_(values))
        return statement


def get_event(connection: Connection, event: str) -> Event:
    """Read one event by our id. Raises UnknownEvent."""
    row = connection.execute(select(events).where(events.c.id == event)).mappings().first()
    if row is None or row["erased_at"] is not None:
        erased = "" if row is None else ", it was erased"
        raise UnknownEvent(f"there is no event {event}{erased}")
    return event_of(row)


def person_of(connection: Connection, event: str) -> tuple[str, ...]:
    """Name the keys of an event's person, for a filter. Raises UnknownEvent."""
    found = connection.execute(select(events.c.person).where(events.c.id == event)).scalar()
    if found is None:
        raise UnknownEvent(f"there is no event {event}")
    return tuple(keys_of_person(connection, found))


def get_evidence(connection: Connection, event: str) -> str:
    """Read what an event's attribution was concluded from, as JSON text. Raises UnknownEvent."""
    found = connection.execute(select(events.c.evidence).where(events.c.id == event)).scalar()
    if found is None:
        raise UnknownEvent(f"there is no event {event}")
    text: str = found
    return text


def newest_events(connection: Connection, wanted: EventFilter, limit: int) -> list[Event]:
    """Read the newest events, newest first."""
    statement = wanted.narrow(select(events)).order_by(
        events.c.received_at.desc(), events.c.id.desc()
    )
    return [event_of(row) for row in connection.execute(statement.limit(limit)).mappings()]


def events_after(
    connection: Connection, wanted: EventFilter, after: tuple[int, str], limit: int = PAGE
) -> list[Event]:
    """Read one page in the order of receipt, after `(received_at, id)` of the page before."""
    statement = page_after(wanted.narrow(select(events)), after, limit)
    return [event_of(row) for row in connection.execute(statement).mappings()]


def page_after(statement: Select[Any], after: tuple[int, str], limit: int) -> Select[Any]:
    """Narrow a statement over events to one page in the order of receipt."""
    received_at, last_id = after
    later = or_(
        events.c.received_at > received_at,
        and_(events.c.received_at == received_at, events.c.id > last_id),
    )
    return statement.where(later).order_by(events.c.received_at, events.c.id).limit(limit)


def held_events(connection: Connection, wanted: EventFilter) -> list[str]:
    """Name the events that match and wait: with a held delivery, or stored only, for `origin`."""
    own = deliveries.c.event == events.c.id
    held = exists().where(own, deliveries.c.state == "held")
    stored_only = and_(events.c.marks.contains('"origin":'), ~exists().where(own))
    statement = wanted.narrow(select(events.c.id)).where(or_(held, stored_only))
    statement = statement.order_by(events.c.received_at)
    return list(connection.execute(statement).scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseEvent:
    """Let an event's withheld deliveries go; answers how many went."""

    is_news: ClassVar[bool] = True

    event: str
    now: int
    concluded: Mapping[str, str] | None = None
    """New `metadata` and `attribution` as JSON text, when the release concludes them again."""

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[int]:
        """Release each."""
        return [write.release(connection) for write in writes]

    def release(self, connection: Connection) -> int:
        """Make the withheld deliveries of this event due; answers how many."""
        if self.concluded:
            find_anew(connection, self.event)
            connection.execute(
                update(events).where(events.c.id == self.event).values(**self.concluded)
            )
        released = connection.execute(
            update(deliveries)
            .where(
                deliveries.c.event == self.event,
                deliveries.c.state == "held",
                deliveries.c.reason != "unknown",  # no mark withholds it
            )
            .values(state="ready", reason=None, next_at=self.now)
        )
        return released.rowcount
