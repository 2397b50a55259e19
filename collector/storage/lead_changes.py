"""What people do to a lead: spam or not, erased; each with what it does to its deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

import msgspec
from sqlalchemy import Connection, null, select, update

from collector.domain.errors import InputError, UnknownEvent
from collector.domain.json_values import encode_json
from collector.storage.events import ReleaseEvent
from collector.storage.tables import attempts, deliveries, events

UNSENT: Final = ("ready", "leased", "held", "refused", "expired")
BY_PERSON: Final = "a person said so"
KEPT_METADATA: Final = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
_KEPT_OF_TOUCH: Final = ("at", "source", "medium", "campaign", "channel", "channel_rule", "reason")


def _marks_of(connection: Connection, event: str) -> dict[str, str]:
    text = connection.execute(
        select(events.c.marks).where(events.c.id == event).with_for_update()
    ).scalar()
    if text is None:
        raise UnknownEvent(f"there is no event {event}")
    return msgspec.json.decode(text, type=dict[str, str])


def _set_marks(connection: Connection, event: str, marks: dict[str, str]) -> None:
    connection.execute(update(events).where(events.c.id == event).values(marks=encode_json(marks)))


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkSpam:
    """Say that a lead is spam: what was not sent yet is held. Raises UnknownEvent."""

    event: str

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Mark each."""
        for write in writes:
            marks = _marks_of(connection, write.event)
            _set_marks(connection, write.event, {"spam": BY_PERSON, **marks})
            own = deliveries.c.event == write.event
            connection.execute(
                update(deliveries)
                .where(own, deliveries.c.state.in_(("ready", "held")))
                .values(state="held", reason="spam")
            )
        return [None] * len(writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearSpam:
    """Say that a lead is no spam: it is delivered. Answers how many deliveries went.

    Raises UnknownEvent, InputError.
    """

    is_news: ClassVar[bool] = True

    event: str
    now: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[int]:
        """Clear each."""
        return [write.clear(connection) for write in writes]

    def clear(self, connection: Connection) -> int:
        """Take the mark away, then release."""
        marks = _marks_of(connection, self.event)
        if marks.pop("spam", None) is None:
            raise InputError("this lead is not marked as spam")
        _set_marks(connection, self.event, marks)
        return ReleaseEvent(event=self.event, now=self.now).release(connection)


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseEvent:
    """Erase what a lead says of a person: fields, ids, evidence, bodies, answers.

    What was not sent is cancelled. Day, capture, channel and campaign stay, for the numbers.
    Raises UnknownEvent.
    """

    event: str

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Erase each."""
        for write in writes:
            write.erase(connection)
        return [None] * len(writes)

    def erase(self, connection: Connection) -> None:
        """Overwrite the event, its deliveries and their attempts."""
        own = events.c.id == self.event
        row = connection.execute(select(events).where(own)).mappings().first()
        if row is None:
            raise UnknownEvent(f"there is no event {self.event}")
        connection.execute(update(events).where(own).values(_erased(row)))
        owed = select(deliveries.c.id).where(deliveries.c.event == self.event)
        connection.execute(
            update(attempts).where(attempts.c.delivery_id.in_(owed)).values(excerpt=null())
        )
        of_event = deliveries.c.event == self.event
        connection.execute(
            update(deliveries)
            .where(of_event, deliveries.c.state.in_(UNSENT))
            .values(state="cancelled", reason="erased")
        )
        connection.execute(update(deliveries).where(of_event).values(body=null()))


def _erased(row: Any) -> dict[str, Any]:
    metadata = msgspec.json.decode(row["metadata"], type=dict[str, str])
    attribution = msgspec.json.decode(row["attribution"], type=dict[str, Any])
    ends = {name: _without_person(attribution.get(name)) for name in ("first", "last")}
    kept = {name: attribution[name] for name in ("model", "reason") if name in attribution}
    return {
        "event_id": row["id"],
        "person_id": None,
        "person": row["id"],
        "affiliate_id": None,
        "fields": "{}",
        "metadata": encode_json({k: v for k, v in metadata.items() if k in KEPT_METADATA}),
        "attribution": encode_json({**kept, **ends, "erased": True}),
        "evidence": "{}",
        "device": "{}",
        "rate_key": None,
    }


def _without_person(touch: Any) -> dict[str, Any] | None:
    if not isinstance(touch, dict):
        return None
    return {name: touch[name] for name in _KEPT_OF_TOUCH if name in touch}
