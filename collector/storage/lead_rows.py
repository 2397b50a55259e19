"""A lead as lists look at it: read from its row once, with the words it is found by."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import RowMapping

from collector.domain.glance import Contact, Glance, click_ids_of, contact_of, page_of
from collector.domain.journey import SeenAttribution, SeenTouch, journey_of, read_attribution
from collector.domain.receipt import parse_evidence
from collector.domain.words import facet_words, search_words
from collector.storage.tables import events

COLUMNS: Final = tuple(
    events.c[name]
    for name in (
        *("id", "event_id", "event_type", "source_id", "received_at"),
        *("fields", "metadata", "attribution", "evidence", "marks"),
    )
)

_fields = msgspec.json.Decoder(dict[str, Any])
_metadata = msgspec.json.Decoder(dict[str, str])
_marks = msgspec.json.Decoder(dict[str, str])


class _Read(NamedTuple):
    """What both a list and a search look at in a row, decoded once."""

    contact: Contact
    seen: SeenAttribution
    touch: SeenTouch | None


def _read(row: RowMapping) -> _Read:
    seen = read_attribution(row["attribution"])
    evidence = parse_evidence(row["evidence"]) if seen.touches > 2 else None  # noqa: PLR2004
    contact = contact_of(_fields.decode(row["fields"]))
    return _Read(contact, seen, journey_of(seen, evidence).decided)


def glance_of(row: RowMapping) -> Glance:
    """Read what a list shows from a row."""
    return _glance(row, _read(row))


def searched_of(row: RowMapping) -> frozenset[str]:
    """Name the words that a search finds a row by."""
    return _searched(row, _read(row))


def words_of(row: RowMapping) -> frozenset[str]:
    """Name every word that a row stands under."""
    read = _read(row)
    return _searched(row, read).union(facet_words(_glance(row, read)))


def _glance(row: RowMapping, read: _Read) -> Glance:
    touch = read.touch
    click_ids = click_ids_of(touch)
    return Glance(
        id=row["id"],
        received_at=row["received_at"],
        source_id=row["source_id"],
        event_type=row["event_type"],
        name=read.contact.name,
        email=read.contact.email,
        channel=touch.channel if touch else "",
        source=touch.source if touch else "",
        medium=touch.medium if touch else "",
        campaign=(touch.campaign or "") if touch else "",
        page=page_of(touch),
        click_id=bool(click_ids),
        click_ids=tuple(click_ids),
        ga=read.seen.ga_client_id is not None or '"ga_client_id"' in row["metadata"],
        marks=tuple(_marks.decode(row["marks"])),
    )


def _searched(row: RowMapping, read: _Read) -> frozenset[str]:
    own = "" if row["event_id"] == row["id"] else row["event_id"]
    metadata = _metadata.decode(row["metadata"])
    return search_words(read.contact, metadata, click_ids_of(read.touch), own)
