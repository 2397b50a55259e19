"""What people say of a lead, spam or not, and what that does to its deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Self

import msgspec
from sqlalchemy import Connection, select, update

from collector.domain.errors import InputError, UnknownEvent
from collector.domain.json_values import encode_json
from collector.storage.events import ReleaseEvent
from collector.storage.tables import deliveries, events

BY_PERSON: Final = "a person said so"


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
