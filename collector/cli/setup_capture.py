"""What a set-up file asks of captures, their mappings and their links to destinations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from msgspec import UNSET

from collector.cli.setup_change import Change, differences
from collector.cli.setup_file import CaptureEntry, WantedCapture, at
from collector.domain.capture import Capture, parse_origin
from collector.domain.errors import InputError
from collector.domain.fields import Catalogue
from collector.domain.ids import parse_uuid
from collector.domain.lead_type import LeadType
from collector.domain.mapping import Mapping as FieldMapping
from collector.domain.mapping import render_mapping
from collector.domain.mapping_check import check_mapping
from collector.domain.redirect import next_page
from collector.storage.captures import (
    ChangeCapture,
    CreateCapture,
    LinkDestination,
    ResumeCapture,
    StoreOnly,
)
from collector.storage.lead_types import ApplyLeadType
from collector.storage.mappings import SaveMapping
from collector.storage.writer import Write

PLAIN = (
    *("kind", "redirect", "event_type", "event_name", "attribution_model", "utm_keyword_from"),
    *("derive_utm", "refuse_other_origins"),
)
"""Members that are taken as they are given."""
WRITTEN = (*PLAIN, "name", "origins")
"""Members whose change is written as it is."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What there is, or will be before captures are written; `destinations` are ids by key."""

    captures: list[Capture]
    links: Mapping[str, Mapping[str, FieldMapping | None]]
    catalogue: Catalogue
    lead_types: Mapping[str, LeadType]
    destinations: Mapping[str, str]


def plan_capture(
    key: str, wanted: WantedCapture, known: Known, new_id: str, now: int
) -> Change | None:
    """Find the capture that is meant, or make it; None where nothing changes."""
    place = f"captures.{key}"
    before = _find(place, wanted, known.captures)
    after = _wanted(place, wanted, known, before or _new(place, wanted, new_id, now))
    links = _links(place, wanted, known)
    old_links = known.links.get(after.source_id, {})
    changed = differences(_shown(before) if before else {}, _shown(after))
    if links is not None:
        changed |= differences(_linked({}, old_links), _linked(old_links, links))
    if not changed:
        return None
    writes = [
        *(_creation(after) if before is None else _changes(before, after, now)),
        *(_link_writes(after.source_id, old_links, links) if links is not None else ()),
        *([StoreOnly(source_id=after.source_id)] if after.store_only else ()),
    ]
    return Change(
        new=before is None,
        kind="capture",
        name=after.name,
        id=after.source_id,
        differences=changed,
        writes=writes,
    )


def _find(place: str, wanted: WantedCapture, known: list[Capture]) -> Capture | None:
    said = wanted.entry.source_id
    if said is not None:
        source_id = parse_uuid(said)
        if source_id is None:
            raise InputError(f"{place}.source_id: {said!r} is not a UUID")
        return next((one for one in known if one.source_id == source_id), None)
    found = [one for one in known if one.name == wanted.name and one.state != "archived"]
    if len(found) > 1:
        raise InputError(f"{place}: several captures are called {wanted.name}; give its source_id")
    return found[0] if found else None


def _new(place: str, wanted: WantedCapture, new_id: str, now: int) -> Capture:
    entry = wanted.entry
    if entry.kind in (UNSET, "form") and not entry.origins:
        raise InputError(f"{place}.origins: missing; write the origins of the form's pages")
    source_id = parse_uuid(entry.source_id) if entry.source_id else new_id
    return Capture(source_id=source_id or new_id, name=wanted.name, origins=(), created_at=now)


def _wanted(place: str, wanted: WantedCapture, known: Known, start: Capture) -> Capture:
    """Put what is given in the place of what was."""
    entry = wanted.entry
    changes: dict[str, Any] = {"name": wanted.name, "catalogue": known.catalogue}
    for name in (*PLAIN, "state", "store_only"):
        if (value := getattr(entry, name)) is not UNSET:
            changes[name] = value
    if entry.origins is not UNSET:
        allowed = [at(f"{place}.origins", parse_origin, one) for one in entry.origins]
        changes["origins"] = tuple(dict.fromkeys(allowed))
    if wanted.mapping is not UNSET:
        at(f"{place}.mapping", check_mapping, wanted.mapping, known.catalogue)
        changes["mapping"] = wanted.mapping
    if entry.lead_type is not UNSET:
        changes["lead_type"] = _lead_type(place, entry, known)
    after = replace(start, **changes)
    if after.redirect and next_page(after.redirect, after, None) is None:
        raise InputError(f"{place}.redirect: must be a whole address on an allowed origin")
    return after


def _lead_type(place: str, entry: CaptureEntry, known: Known) -> LeadType | None:
    if not entry.lead_type:
        return None
    found = known.lead_types.get(str(entry.lead_type))
    if found is None:
        raise InputError(f"{place}.lead_type: there is no lead type {entry.lead_type!r}")
    return found


def _links(
    place: str, wanted: WantedCapture, known: Known
) -> dict[str, FieldMapping | None] | None:
    if wanted.links is None:
        return None
    if wanted.links and wanted.entry.store_only is True:
        raise InputError(f"{place}.store_only: a capture that stores only has no destinations")
    found = {}
    for key, mapping in wanted.links.items():
        if key not in known.destinations:
            raise InputError(f"{place}.destinations.{key}: the file has no destinations.{key}")
        if mapping is not None:
            at(f"{place}.destinations.{key}.mapping", check_mapping, mapping)
        found[known.destinations[key]] = mapping
    return found


def _shown(capture: Capture) -> dict[str, Any]:
    plain = {name: getattr(capture, name) for name in (*PLAIN, "name", "state", "store_only")}
    return plain | {
        "origins": list(capture.origins),
        "lead_type": capture.lead_type_name,
        "mapping": None if capture.mapping is None else render_mapping(capture.mapping),
    }


def _linked(
    before: Mapping[str, FieldMapping | None], links: Mapping[str, FieldMapping | None]
) -> dict[str, Any]:
    """Show links; one without a mapping of its own keeps the one it has."""
    kept = {key: mapping or before.get(key) for key, mapping in links.items()}
    shown: dict[str, Any] = {
        f"destination {key} mapping": render_mapping(mapping)
        for key, mapping in kept.items()
        if mapping is not None
    }
    return {"destinations": sorted(links), **shown}


def _creation(after: Capture) -> Iterator[Write]:
    yield CreateCapture(capture=replace(after, store_only=False))


def _changes(before: Capture, after: Capture, now: int) -> Iterator[Write]:
    source_id = after.source_id
    old, new = _shown(before), _shown(after)
    changes = {name: new[name] for name in WRITTEN if old[name] != new[name]}
    if new["state"] == "paused" != old["state"]:
        changes["state"] = "paused"
    if old["store_only"] and not new["store_only"]:
        changes["store_only"] = False
    if changes:
        yield ChangeCapture(source_id=source_id, changes=changes, now=now)
    if new["state"] == "active" != old["state"]:
        yield ResumeCapture(source_id=source_id, now=now)
    if old["mapping"] != new["mapping"]:
        yield SaveMapping(source_id=source_id, mapping=after.mapping)
    if old["lead_type"] != new["lead_type"]:
        yield ApplyLeadType(source_id=source_id, name=after.lead_type_name)


def _link_writes(
    source_id: str,
    before: Mapping[str, FieldMapping | None],
    links: Mapping[str, FieldMapping | None],
) -> Iterator[Write]:
    for key in before.keys() - links.keys():
        yield LinkDestination(source_id=source_id, destination_id=key, linked=False)
    for key, mapping in links.items():
        if key not in before:
            yield LinkDestination(source_id=source_id, destination_id=key)
        if mapping is not None and mapping != before.get(key):
            yield SaveMapping(source_id=source_id, destination_id=key, mapping=mapping)
