"""Words of leads in the database: written when leads are counted, never on a lead's way in.

A word leads to moments, not to events: whoever finds one asks the events of that moment anew, so
that an entry too many shows nothing. What words an event has is a function of its row: whoever
takes some away empties the table in a migration and sets `counted` back to `COUNTED`. Whoever adds
some need not: events that have none of the new ones stay found by the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from collector.storage.lead_rows import COLUMNS, words_of
from collector.storage.list_tables import event_words
from collector.storage.rows import send_rows
from collector.storage.store import Store
from collector.storage.tables import COUNTED, WORDED, events

BATCH: Final = 100
BATCHES_A_TIME: Final = 5
MOST_BEGUN: Final = 30
"""How many words a beginning may stand for; a list that found as many says so."""

_ADD: Final = {
    name: dialect.insert(event_words)
    .values(word=bindparam("word"), received_at=bindparam("received_at"))
    .on_conflict_do_nothing()
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_REMOVE: Final = delete(event_words).where(
    event_words.c.word == bindparam("of_word"), event_words.c.received_at == bindparam("at")
)
_UNWORDED: Final = (
    select(*COLUMNS)
    .where(text("counted = 1"))  # written out, as in the index of that condition
    .order_by(events.c.id)
    .limit(BATCH)
    .with_for_update(skip_locked=True)
)
_LAST: Final = "\U0010ffff"


def add_words(connection: Connection, rows: Iterable[RowMapping]) -> None:
    """Let events be found by their words, in the same order in every process."""
    pairs = sorted({(word, row["received_at"]) for row in rows for word in words_of(row)})
    found = [{"word": word, "received_at": at} for word, at in pairs]
    send_rows(connection, _ADD[connection.dialect.name], found)


def forget_words(connection: Connection, ids: Sequence[str]) -> None:
    """Take events out of what they are found by, before their rows are blanked."""
    own = select(*COLUMNS).where(events.c.id.in_(ids))
    gone = connection.execute(own).mappings().all()
    pairs = sorted({(word, row["received_at"]) for row in gone for word in words_of(row)})
    send_rows(connection, _REMOVE, [{"of_word": word, "at": at} for word, at in pairs])
    _add_others_of(connection, {row["received_at"] for row in gone}, ids)


def find_anew(connection: Connection, event: str) -> None:
    """Let an event be found by other words soon; call it before its row is concluded again."""
    forget_words(connection, [event])
    own = (events.c.id == event, events.c.counted == WORDED)
    connection.execute(update(events).where(*own).values(counted=COUNTED))


def _add_others_of(connection: Connection, moments: Iterable[int], gone: Sequence[str]) -> None:
    """Give back what others that came at the same moments are found by."""
    others = select(*COLUMNS).where(
        events.c.received_at.in_(sorted(moments)),
        events.c.id.not_in(gone),
        events.c.erased_at.is_(None),
    )
    add_words(connection, connection.execute(others).mappings().all())


def begun_words(connection: Connection, beginning: str) -> list[str]:
    """Name the words that begin so, in their order, `MOST_BEGUN` at the most."""
    words: list[str] = []
    place = event_words.c.word >= beginning
    while len(words) < MOST_BEGUN:
        end = event_words.c.word <= beginning + _LAST
        found = connection.execute(select(func.min(event_words.c.word)).where(place, end)).scalar()
        if found is None:
            break
        words.append(found)
        place = event_words.c.word > found
    return words


@dataclass(frozen=True, slots=True, kw_only=True)
class AddWords:
    """Add the words of the next leads that an older version counted; answers how many."""

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[int]:
        """Do one batch for all that ask."""
        rows = connection.execute(_UNWORDED).mappings().all()
        add_words(connection, rows)
        ids = [row["id"] for row in rows]
        if ids:
            connection.execute(update(events).where(events.c.id.in_(ids)).values(counted=WORDED))
        return [len(rows)] * len(writes)


def words_lack(connection: Connection) -> bool:
    """Whether a lead was counted that is not found by its words yet."""
    statement = select(events.c.id).where(text("counted = 1")).limit(1)
    return connection.execute(statement).first() is not None


async def add_lacking_words(store: Store) -> None:
    """Add words of some leads that lack them, so that new leads never wait for long."""
    for _ in range(BATCHES_A_TIME):
        if not (await store.read(words_lack) and await store.write(AddWords())):
            return
