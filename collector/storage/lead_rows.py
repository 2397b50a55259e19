"""A lead as lists look at it: read from its row once, with the words it is found by."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from sqlalchemy import RowMapping

from collector.domain.glance import Glance, click_ids_of, name_of, page_of
from collector.domain.journey import SeenTouch, journey_of, read_attribution
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


def glance_of(row: RowMapping) -> Glance:
    """Read what a list shows from a row."""
    seen = read_attribution(row["attribution"])
    touch = _touch_of(row)
    name, email = name_of(_fields.decode(row["fields"]))
    click_ids = click_ids_of(touch)
    return Glance(
        id=row["id"],
        received_at=row["received_at"],
        source_id=row["source_id"],
        event_type=row["event_type"],
        name=name,
        email=email,
        channel=touch.channel if touch else "",
        source=touch.source if touch else "",
        medium=touch.medium if touch else "",
        campaign=(touch.campaign or "") if touch else "",
        page=page_of(touch),
        click_id=bool(click_ids),
        click_ids=tuple(click_ids),
        ga=seen.ga_client_id is not None or '"ga_client_id"' in row["metadata"],
        marks=tuple(_marks.decode(row["marks"])),
    )


def _touch_of(row: RowMapping) -> SeenTouch | None:
    seen = read_attribution(row["attribution"])
    evidence = parse_evidence(row["evidence"]) if seen.touches > 2 else None  # noqa: PLR2004
    return journey_of(seen, evidence).decided


def searched_of(row: RowMapping) -> frozenset[str]:
    """Name the words that a search finds a row by."""
    own = "" if row["event_id"] == row["id"] else row["event_id"]
    click_ids = click_ids_of(_touch_of(row))
    return search_words(
        _fields.decode(row["fields"]), _metadata.decode(row["metadata"]), click_ids, own
    )


def words_of(row: RowMapping) -> frozenset[str]:
    """Name every word that a row stands under."""
    return searched_of(row).union(facet_words(glance_of(row)))
