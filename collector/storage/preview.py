"""What a capture's mappings make of an event that really came, and what its set-up lacks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from collector.domain.capture import Capture
from collector.domain.errors import UnknownEvent
from collector.domain.event import Event
from collector.domain.faults import FAULTS, Faults
from collector.domain.lead_type import setup_problems
from collector.domain.mapped import Mapped, route
from collector.domain.mapping import PASS_ALL, Mapping
from collector.storage.capture_order import NEWEST_FIRST, of_capture
from collector.storage.captures import destinations_of, get_capture
from collector.storage.destinations import get_destination
from collector.storage.events import event_of, get_event
from collector.storage.mappings import link_mappings_of
from collector.storage.tables import events


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Fields as they come out, and by field what is wrong."""

    fields: dict[str, Any]
    errors: dict[str, str]


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """What one destination would get: with errors, nothing until the mapping is mended."""

    id: str
    kind: str
    name: str
    after: Result


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """An event's way through the mappings of its capture.

    `before` is as it was sent; `mapped` is behind the capture's own mapping; `lead_type` says by
    incoming name what its lead type would refuse today.
    """

    event: str
    test: bool
    before: dict[str, Any]
    mapped: Result
    lead_type: dict[str, str]
    destinations: list[Arrival]


def last_event(connection: Connection, source_id: str) -> Event | None:
    """Read a capture's newest event that is real; where there is none, its newest test."""
    newest = (
        select(events)
        .where(of_capture(source_id), events.c.erased_at.is_(None))
        .order_by(*NEWEST_FIRST, events.c.id.desc())
        .limit(1)
    )
    marks = events.c.marks
    real = newest.where(~marks.contains('"test":'), ~marks.contains('"spam":'))
    for wanted in (real, newest):
        if row := connection.execute(wanted).mappings().first():
            return event_of(row)
    return None


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A mapping that was not saved: of a capture, or on to one of its destinations."""

    mapping: Mapping
    destination_id: str | None = None


def read_preview(
    connection: Connection, source_id: str, event: str | None = None, draft: Draft | None = None
) -> Preview:
    """Map one event of a capture, its last one by default; a draft stands in for what is saved.

    Raises UnknownCapture, UnknownEvent.
    """
    capture = get_capture(connection, source_id)
    if draft and draft.destination_id is None:
        capture = replace(capture, mapping=draft.mapping)
    shown = get_event(connection, event) if event else last_event(connection, source_id)
    if shown is None or shown.source_id != source_id:
        raise UnknownEvent(f"the capture {source_id} has no such event; send one first")
    straight = route(capture.compiled_mapping, PASS_ALL)
    return Preview(
        event=shown.id,
        test="test" in shown.marks,
        before=shown.fields,
        mapped=_result(straight.apply(shown)),
        lead_type=_explained(capture.lead_faults(shown.fields)),
        destinations=_arrivals(connection, capture, shown, draft),
    )


def _arrivals(
    connection: Connection, capture: Capture, event: Event, draft: Draft | None
) -> list[Arrival]:
    theirs = link_mappings_of(connection, capture.source_id)
    if draft and draft.destination_id:
        theirs[draft.destination_id] = draft.mapping
    found = []
    for key in destinations_of(connection, capture.source_id):
        stored = get_destination(connection, key)
        way = route(capture.compiled_mapping, theirs.get(key, PASS_ALL))
        after = _result(way.apply(event))
        found.append(Arrival(id=key, kind=stored.kind, name=stored.name, after=after))
    return found


def _result(mapped: Mapped) -> Result:
    return Result(fields=mapped.fields, errors=_explained(mapped.faults))


def _explained(faults: Faults) -> dict[str, str]:
    return {name: FAULTS[word] for name, word in faults.items()}


def capture_problems(connection: Connection, capture: Capture) -> list[str]:
    """Say why leads of a capture cannot fit its lead type; nothing where it has none."""
    if capture.lead_type is None:
        return []
    last = last_event(connection, capture.source_id)
    arrived = None if last is None else frozenset(last.fields)
    return setup_problems(capture.lead_type, capture.compiled_mapping, arrived)
