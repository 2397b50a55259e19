"""Mappings in the database: one of each capture, one of each link to a destination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from collector.domain.errors import UnknownCapture, UnknownDestination
from collector.domain.json_values import encode_json
from collector.domain.mapped import NO_MAPPING, CompiledMapping, Route, route
from collector.domain.mapping import PASS_ALL, Mapping, parse_mapping, render_mapping
from collector.domain.mapping_check import check_mapping
from collector.storage.fields import read_catalogue
from collector.storage.tables import captures, destinations, link_mappings
from collector.storage.versions import touch_captures, touch_lanes


def _decode(text: str) -> Mapping:
    """Read a row's mapping. Raises FieldsRefused for one that a newer version wrote."""
    return parse_mapping(msgspec.json.decode(text))


def written(mapping: Mapping | None) -> str | None:
    """Write a mapping as the text that its row holds."""
    return None if mapping is None else encode_json(render_mapping(mapping))


def capture_mappings(connection: Connection) -> dict[str, Mapping]:
    """Read the mappings of the captures that have one, by source_id."""
    rows = connection.execute(
        select(captures.c.source_id, captures.c.mapping).where(captures.c.mapping.is_not(None))
    )
    return {source_id: _decode(text) for source_id, text in rows}


def link_mappings_to(connection: Connection, destination_id: str) -> dict[str, Mapping]:
    """Read a destination's own mappings, by the capture whose events they are for."""
    link = link_mappings.c
    rows = connection.execute(
        select(link.source_id, link.mapping).where(link.destination_id == destination_id)
    )
    return {source_id: _decode(text) for source_id, text in rows}


def link_mappings_of(connection: Connection, source_id: str) -> dict[str, Mapping]:
    """Read the mappings that a capture's destinations have for it, by destination."""
    link = link_mappings.c
    rows = connection.execute(
        select(link.destination_id, link.mapping).where(link.source_id == source_id)
    )
    return {destination_id: _decode(text) for destination_id, text in rows}


def read_routes(connection: Connection, destination_id: str) -> dict[str, Route]:
    """Compile the way of each capture's events to a destination, where anything is mapped.

    Links that ended count: what they left owed is still to be rendered.
    """
    ours = capture_mappings(connection)
    theirs = link_mappings_to(connection, destination_id)
    catalogue = read_catalogue(connection)
    compiled = {key: CompiledMapping(mapping, catalogue) for key, mapping in ours.items()}
    return {
        key: route(compiled.get(key, NO_MAPPING), theirs.get(key, PASS_ALL))
        for key in {*ours, *theirs}
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveMapping:
    """Put a mapping in a capture's place, or in that of its link to a destination.

    None takes it away. What is rendered from then on follows it. Raises FieldsRefused,
    UnknownCapture, UnknownDestination.
    """

    source_id: str
    mapping: Mapping | None
    destination_id: str | None = None

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Save each."""
        for write in writes:
            known = select(captures.c.source_id).where(captures.c.source_id == write.source_id)
            if connection.execute(known).first() is None:
                raise UnknownCapture(f"there is no capture {write.source_id}", field="source_id")
            if write.destination_id is None:
                write.save_of_capture(connection)
            else:
                write.save_of_link(connection, write.destination_id)
        return [None] * len(writes)

    def save_of_capture(self, connection: Connection) -> None:
        """Check it against the fields there are, and write it."""
        if self.mapping is not None:
            check_mapping(self.mapping, read_catalogue(connection))
        connection.execute(
            update(captures)
            .where(captures.c.source_id == self.source_id)
            .values(mapping=written(self.mapping))
        )
        touch_captures(connection)
        touch_lanes(connection)

    def save_of_link(self, connection: Connection, destination_id: str) -> None:
        """Check and write it; a link need not be there yet, or any more."""
        if self.mapping is not None:
            check_mapping(self.mapping)
        known = select(destinations.c.id).where(destinations.c.id == destination_id)
        if connection.execute(known).first() is None:
            raise UnknownDestination(f"there is no destination {destination_id}")
        pair = {"source_id": self.source_id, "destination_id": destination_id}
        connection.execute(delete(link_mappings).filter_by(**pair))
        if self.mapping is not None:
            row = {**pair, "mapping": written(self.mapping)}
            connection.execute(insert(link_mappings).values(**row))
        touch_lanes(connection, destination_id)
