"""When the leads of a list came: times of receipt by whichever index knows most of what is asked.

Each of an index's streams is read to the length of a page and no further; what an index cannot
tell is then asked of the leads themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    literal_column,
    select,
    true,
    union_all,
)

from collector.domain.words import FACETS, facet_word, parse_search, parts_of, spellings
from collector.storage.capture_order import NEWEST_FIRST, OWNER_AND_TIME, of_capture
from collector.storage.lead_filter import LeadFilter
from collector.storage.list_tables import event_words
from collector.storage.tables import IS_SPAM, IS_TEST, captures, events
from collector.storage.words import MOST_BEGUN, begun_words

_STREAMS_AT_ONCE: Final = 100
"""Streams that one statement reads; SQLite takes no more than 500."""

_MARKED: Final[dict[str, ColumnElement[bool]]] = {
    "spam": literal_column(IS_SPAM),
    "test": literal_column(IS_TEST),
}


Stream = Callable[[int, int], Select[Any]]
"""Selects `received_at` between two times, both included, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Streams of times, newest first; `cut` says that a search stands for more words."""

    streams: Sequence[Stream]
    cut: bool = False

    def newest(
        self, connection: Connection, wanted: LeadFilter, latest: int, limit: int
    ) -> list[int]:
        """Read the newest times up to the latest one, newest first."""
        found: set[int] = set()
        for start in range(0, len(self.streams), _STREAMS_AT_ONCE):
            some = self.streams[start : start + _STREAMS_AT_ONCE]
            found.update(_read(connection, some, wanted, latest, limit))
        return sorted(found, reverse=True)[:limit]


def source_of(connection: Connection, wanted: LeadFilter) -> Source:
    """Choose the index: the words of a search, a mark, the facet that fewest share, a capture."""
    if tokens := parse_search(wanted.search):
        words = _words_begun(connection, max(tokens, key=len))
        return Source(streams=_by_word(words), cut=len(words) == MOST_BEGUN)
    if wanted.tab in _MARKED:
        return _by_owner(_owners(connection, wanted), _MARKED[wanted.tab])
    for facet in FACETS:
        if value := getattr(wanted, facet):
            owners = _owners(connection, wanted)
            return Source(streams=_by_word(facet_word(one, facet, value) for one in owners))
    if wanted.source_ids is not None:
        return _by_owner(wanted.source_ids)
    return Source(streams=[partial(_in_time, events.c.received_at, true())])


def _by_owner(owners: Iterable[str], *conditions: ColumnElement[bool]) -> Source:
    return Source(streams=[partial(_of_owner, one, conditions) for one in owners])


def _by_word(words: Iterable[str]) -> list[Stream]:
    at = event_words.c.received_at
    return [partial(_in_time, at, event_words.c.word == word) for word in words]


def _in_time(
    at: ColumnElement[int], condition: ColumnElement[bool], since: int, until: int
) -> Select[Any]:
    return select(at).where(condition, at >= since, at <= until).order_by(at.desc())


def _of_owner(
    owner: str, conditions: Sequence[ColumnElement[bool]], since: int, until: int
) -> Select[Any]:
    of = of_capture(owner, since, until)
    return select(*OWNER_AND_TIME).where(of, *conditions).order_by(*NEWEST_FIRST)


def _words_begun(connection: Connection, token: str) -> list[str]:
    """Name the words that a token begins in any spelling, or else the longest of its parts."""
    found = _begun(connection, token)
    parts = parts_of(token)
    return found or (_begun(connection, max(parts, key=len)) if parts else [])


def _begun(connection: Connection, token: str) -> list[str]:
    found = [word for one in spellings(token) for word in begun_words(connection, one)]
    return list(dict.fromkeys(found))[:MOST_BEGUN]


def _owners(connection: Connection, wanted: LeadFilter) -> Sequence[str]:
    if wanted.source_ids is not None:
        return wanted.source_ids
    return connection.execute(select(captures.c.source_id)).scalars().all()


def _read(
    connection: Connection,
    streams: Sequence[Stream],
    wanted: LeadFilter,
    latest: int,
    limit: int,
) -> list[int]:
    since = wanted.since or 0
    until = latest if wanted.until is None else min(latest, wanted.until - 1)
    looked = [one(since, until).distinct().limit(limit).subquery() for one in streams]
    times = [select(one.c.received_at) for one in looked]
    return list(connection.execute(union_all(*times)).scalars()) if times else []
