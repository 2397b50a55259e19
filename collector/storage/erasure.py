"""Erasure: nothing of an event is left but that it was there.

Its row stays as a tombstone without personal data: the fingerprint in it makes a submission that
is sent once more a repeat, where it would else be a new lead. Its deliveries stay, too, so that it
can be told what was sent where; their bodies and attempts go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

import msgspec
from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    null,
    or_,
    select,
    update,
)

from collector.domain.delivery import DeliveryState
from collector.domain.emails import names_email, telling_part
from collector.domain.json_values import encode_json
from collector.storage.events import PAGE, page_after
from collector.storage.rows import send_rows
from collector.storage.tables import attempts, captures, deliveries, destinations, events
from collector.storage.words import forget_words

_DONE: Final = (DeliveryState.DELIVERED, DeliveryState.CANCELLED)


class Sent(NamedTuple):
    """How much of what was erased had been sent where, or may have been."""

    destination: str
    delivered: int
    under_way: int


_of_event = deliveries.c.event == bindparam("of_event")
_BLANK = (
    update(events)
    .where(events.c.id == bindparam("of_event"))
    .values(
        event_id=events.c.id,
        person_id=null(),
        person=events.c.id,
        affiliate_id=null(),
        fields="{}",
        metadata="{}",
        attribution="{}",
        evidence="{}",
        consent="",
        device="{}",
        marks=bindparam("mark_words"),
        rate_key=null(),
        erased_at=bindparam("now"),
    )
)
_FORGET = delete(attempts).where(
    attempts.c.delivery_id.in_(select(deliveries.c.id).where(_of_event))
)
_CANCEL = (
    update(deliveries)
    .where(_of_event)
    .values(
        state=case(
            (deliveries.c.state == DeliveryState.DELIVERED.value, deliveries.c.state),
            else_=DeliveryState.CANCELLED.value,
        ),
        reason="erased",
        body=null(),
        lease_token=null(),
        lease_until=null(),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseEvents:
    """Erase events; what they still owe is cancelled. Answers how many there were to erase."""

    ids: Sequence[str]
    now: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[int]:
        """Erase those of each."""
        return [write.erase(connection) for write in writes]

    def erase(self, connection: Connection) -> int:
        """Erase those that are not erased yet."""
        there = select(events.c.id, events.c.marks)
        there = there.where(events.c.id.in_(self.ids), events.c.erased_at.is_(None))
        rows = [
            {"of_event": key, "now": self.now, "mark_words": _words_of(marks)}
            for key, marks in connection.execute(there)
        ]
        forget_words(connection, [row["of_event"] for row in rows])
        for statement in (_FORGET, _CANCEL, _BLANK):
            send_rows(connection, statement, rows)
        return len(rows)


def _words_of(marks: str) -> str:
    """Keep marks without their causes: an erased test must not count as something real."""
    return encode_json(dict.fromkeys(msgspec.json.decode(marks, type=dict[str, str]), ""))


def events_of_email(connection: Connection, email: str) -> list[str]:
    """Name the events that hold this very address in a field, or in what they were drawn from."""
    address = email.strip()
    said = func.lower(events.c.fields + events.c.evidence)
    likely = said.contains(telling_part(address), autoescape=True)
    statement = select(events.c.id, events.c.fields, events.c.evidence)
    statement = statement.where(events.c.erased_at.is_(None), likely)
    rows = connection.execute(statement.order_by(events.c.received_at))
    return [
        row.id
        for row in rows
        if any(names_email(msgspec.json.decode(text), address) for text in row[1:])
    ]


def erased_after(connection: Connection, last: str) -> list[tuple[str, int]]:
    """Read a page of what was erased, by whomever, in the order of the ids: each id and when."""
    statement = select(events.c.id, events.c.erased_at)
    statement = statement.where(events.c.id > last, events.c.erased_at.is_not(None))
    rows = connection.execute(statement.order_by(events.c.id).limit(PAGE))
    return [(row.id, row.erased_at) for row in rows]


def sent_where(connection: Connection, ids: Sequence[str]) -> list[Sent]:
    """Tell which destinations have got events, or are just being sent them."""
    state = deliveries.c.state
    counts = [
        func.coalesce(func.sum(case((state == known, 1), else_=0)), 0)
        for known in (DeliveryState.DELIVERED.value, DeliveryState.LEASED.value)
    ]
    statement = (
        select(destinations.c.name, *counts)
        .join(deliveries, deliveries.c.destination_id == destinations.c.id)
        .where(deliveries.c.event.in_(ids), state.in_([DeliveryState.DELIVERED, "leased"]))
        .group_by(destinations.c.id, destinations.c.name)
        .order_by(destinations.c.name)
    )
    return [Sent(*row) for row in connection.execute(statement)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseOld:
    """Look through a page of events received before a time, and erase the ones that are done.

    Done is what was delivered wherever it was owed, or was to be stored only. What waits, was
    refused or has expired is never erased so. Answers where the next page begins; None at the end.
    """

    after: tuple[int, str]
    before: int
    now: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[OldErased]:
        """Erase for each."""
        return [write.look(connection) for write in writes]

    def look(self, connection: Connection) -> OldErased:
        """Erase what of this page may go."""
        columns = (events.c.received_at, events.c.id, _is_done.label("done"))
        statement = (
            select(*columns)
            .join(captures, captures.c.source_id == events.c.source_id)
            .where(events.c.received_at < self.before, events.c.erased_at.is_(None))
        )
        rows = connection.execute(page_after(statement, self.after, PAGE)).all()
        done = [row.id for row in rows if row.done]
        erased = EraseEvents(ids=done, now=self.now).erase(connection)
        last = rows[-1] if len(rows) == PAGE else None
        return OldErased(erased, None if last is None else (last.received_at, last.id))


class OldErased(NamedTuple):
    """How many went, and after which event to look on."""

    erased: int
    after: tuple[int, str] | None


_own = deliveries.c.event == events.c.id
_is_done = and_(
    ~exists().where(_own, deliveries.c.state.not_in(_DONE)),
    or_(
        exists().where(_own, deliveries.c.state == DeliveryState.DELIVERED.value),
        captures.c.store_only == 1,
    ),
)
