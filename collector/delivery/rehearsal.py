"""A rehearsal: what each destination of a capture would get of an event, sent to nobody."""

from __future__ import annotations

import json

import msgspec

from collector.destinations import Registry
from collector.domain.capture import Capture
from collector.domain.errors import CollectorError
from collector.domain.event import Event
from collector.domain.mapped import Route, route
from collector.domain.mapping import PASS_ALL
from collector.storage.captures import destinations_of
from collector.storage.destinations import StoredDestination, get_destination
from collector.storage.mappings import link_mappings_of
from collector.storage.store import Store


class Rehearsed(msgspec.Struct, frozen=True, kw_only=True):
    """The request one destination would get, secrets masked; `problem` says why there is none."""

    id: str
    kind: str
    name: str
    url: str = ""
    body: str = ""
    problem: str = ""


async def rehearse(
    store: Store, registry: Registry, capture: Capture, event: Event
) -> list[Rehearsed]:
    """Write an event for each destination of its capture, by the capture's and its own mapping."""
    mappings = await store.read(link_mappings_of, capture.source_id)
    found = []
    for key in await store.read(destinations_of, capture.source_id):
        stored = await store.read(get_destination, key)
        way = route(capture.compiled_mapping, mappings.get(key, PASS_ALL))
        found.append(_rehearsed(registry, stored, way, event))
    return found


def _rehearsed(
    registry: Registry, stored: StoredDestination, way: Route, event: Event
) -> Rehearsed:
    named = {"id": stored.id, "kind": stored.kind, "name": stored.name}
    try:
        destination = registry.open(stored, {event.source_id: way})
        body = destination.render(event)
    except CollectorError as error:
        return Rehearsed(**named, problem=error.said)
    request = destination.request(body, event.id, event.received_at)
    masked = destination.masked
    return Rehearsed(**named, url=masked(request.url), body=masked(_indented(request.body)))


def _indented(body: bytes) -> str:
    """Write JSON for people to read; any other body as it is."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body.decode(errors="replace")
