"""An event as a server sends it: Driftrock's Events API, read strictly and explained.

Sources: the Driftrock knowledge base, "How to setup Driftrock Webhook captures", "Sending events
to the Driftrock Events API" and "How to send leads to a Driftrock affiliate capture". Where those
pages disagree (`conversion`, `ga_client_id` outside of `metadata`), both readings are taken.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, get_args

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import FieldInfo, fields

from collector.domain.errors import InputError, TooComplex
from collector.domain.event import METADATA_KEYS, EventType
from collector.domain.json_values import clean_json
from collector.domain.submission import CLEANED_NOTE, MAX_FIELDS
from collector.domain.times import DAY, parse_time

_SHOWN = 60
"""How much of a wrong value an error repeats."""

Label = Annotated[
    str,
    Meta(min_length=1, max_length=255, description="a text of 1 to 255 characters"),
]
OwnId = Annotated[
    str,
    Meta(
        max_length=255,
        description="a text of at most 255 characters, where an empty one means none",
    ),
]
Moment = Annotated[
    str,
    Meta(
        description="an ISO 8601 time such as 2019-12-02T10:00:00.000Z, from 1970 on and at most "
        "a day ahead, else left out: then the time of receipt counts",
        extra_json_schema={"format": "date-time"},
    ),
]
Text = Annotated[str, Meta(description="a text")]


class Metadata(Struct, frozen=True, kw_only=True):
    """The nine marketing attributes, kept as sent; a text under another name becomes a field."""

    utm_source: Text | UnsetType | None = UNSET
    utm_medium: Text | UnsetType | None = UNSET
    utm_campaign: Text | UnsetType | None = UNSET
    utm_term: Text | UnsetType | None = UNSET
    utm_content: Text | UnsetType | None = UNSET
    utm_keyword: Text | UnsetType | None = UNSET
    gclid: Text | UnsetType | None = UNSET
    fbclid: Text | UnsetType | None = UNSET
    ga_client_id: Text | UnsetType | None = UNSET


class SentEvent(Struct, frozen=True, kw_only=True):
    """The body of a request; what is optional may be left out or null; what is unknown is kept."""

    event_type: Annotated[EventType, Meta(description="lead, action or conversion")]
    event_name: Label
    source_id: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=64,
            description="the source_id of a capture that the key may write to",
        ),
    ]
    fields: Annotated[
        dict[str, Any],
        Meta(description=f"an object of at most {MAX_FIELDS} names and values"),
    ]
    metadata: Annotated[Metadata, Meta(description="an object of texts")] | UnsetType | None = (
        UNSET
    )
    event_id: OwnId | UnsetType | None = UNSET
    person_id: OwnId | UnsetType | None = UNSET
    created_at: Moment | UnsetType | None = UNSET
    ga_client_id: Text | UnsetType | None = UNSET
    affiliate_id: OwnId | UnsetType | None = UNSET


class SentAffiliateEvent(SentEvent, frozen=True, kw_only=True):
    """The body of a request to the affiliate endpoint: it says which affiliate sent the event."""

    affiliate_id: Label


class ReadEvent(Struct, frozen=True, kw_only=True):
    """What a body says, ready to be stored; `created_at` in microseconds UTC, None if not said."""

    event_type: str
    event_name: str
    source_id: str
    fields: dict[str, Any]
    metadata: dict[str, str]
    event_id: str | None
    person_id: str | None
    affiliate_id: str | None
    created_at: int | None
    notes: tuple[str, ...]


def read_event(body: Any, kind: type[SentEvent], now: int) -> ReadEvent:
    """Read a decoded JSON body. Raises TooComplex, or InputError naming every member at fault.

    Each fault reads `<member>: expected <what>; came <what>`.
    """
    if not isinstance(body, dict):
        raise InputError(f"body: expected a JSON object; came {_name(body)}", field="body")
    cleaned = clean_json(body)
    faults = [*_find_faults(cleaned, kind), *_find_time_fault(cleaned, now)]
    if faults:
        raise InputError("; ".join(faults), field=faults[0].partition(":")[0])
    sent = msgspec.convert(cleaned, kind)
    notes = [CLEANED_NOTE] if cleaned != body else []
    said = _without_nulls(cleaned.get("metadata") or {})
    strangers = _strangers("body", cleaned, _members_of(kind))
    strangers |= _strangers("metadata", said, METADATA_KEYS)
    attributes = _with_strangers(sent.fields, strangers, notes)
    if len(attributes) > MAX_FIELDS:
        raise TooComplex(f"fields: expected at most {MAX_FIELDS} names; came {len(attributes)}")
    return ReadEvent(
        event_type=sent.event_type,
        event_name=sent.event_name,
        source_id=sent.source_id,
        fields=attributes,
        metadata=_metadata(said, sent.ga_client_id or None),
        event_id=sent.event_id or None,
        person_id=sent.person_id or None,
        affiliate_id=sent.affiliate_id or None,
        created_at=parse_time(sent.created_at) if sent.created_at else None,
        notes=tuple(notes),
    )


def _members_of(kind: type[Struct]) -> dict[str, FieldInfo]:
    return {member.name: member for member in fields(kind)}


def _find_faults(body: Mapping[str, Any], kind: type[Struct], path: str = "") -> Iterator[str]:
    members = _members_of(kind)
    for name, member in members.items():
        value = body.get(name, UNSET)
        if name == "metadata" and isinstance(value, dict):
            yield from _find_faults(value, Metadata, "metadata.")
            yield from _find_stranger_faults(value)
        elif not (member.required or value is not UNSET) or _fits(value, member.type):
            continue
        else:
            yield f"{path}{name}: expected {_described(member.type)}; came {_name(value)}"


def _find_stranger_faults(metadata: Mapping[str, Any]) -> Iterator[str]:
    for name in metadata.keys() - METADATA_KEYS:
        if not _fits(metadata[name], Text | None):
            came = _name(metadata[name])
            yield f"metadata.{name[:_SHOWN]}: expected {_described(Text)}; came {came}"


def _find_time_fault(body: Mapping[str, Any], now: int) -> Iterator[str]:
    said = body.get("created_at")
    if not isinstance(said, str):
        return
    try:
        can_be = 0 <= parse_time(said) <= now + DAY
    except ValueError:
        can_be = False
    if not can_be:
        yield f"created_at: expected {_described(Moment)}; came {_name(said)}"


def _fits(value: Any, wanted: Any) -> bool:
    try:
        msgspec.convert(value, wanted)
    except msgspec.ValidationError:
        return False
    return value is not UNSET


def _described(wanted: Any) -> str:
    """Find the description of a type, which stands in /openapi.json as well."""
    notes = getattr(wanted, "__metadata__", ())
    own = [note.description for note in notes if isinstance(note, Meta) and note.description]
    return next(iter(own), "") or next(filter(None, map(_described, get_args(wanted))), "")


def _name(value: Any) -> str:
    """Say what came: short texts as they are, of everything else its kind."""
    if isinstance(value, str):
        shown = repr(value) if len(value) <= _SHOWN else f"a text of {len(value)} characters"
        return shown if value else "an empty text"
    if value is UNSET:
        return "nothing"
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    return json.dumps(value)


def _metadata(said: Mapping[str, str], ga_client_id: str | None) -> dict[str, str]:
    metadata = {name: value for name, value in said.items() if name in METADATA_KEYS}
    return metadata if ga_client_id is None else {"ga_client_id": ga_client_id} | metadata


def _without_nulls(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}


def _strangers(place: str, said: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """Pick what a place of the body has no name for, by its path."""
    return {f"{place}.{name}": value for name, value in said.items() if name not in known}


def _with_strangers(
    own: Mapping[str, Any], strangers: Mapping[str, Any], notes: list[str]
) -> dict[str, Any]:
    """Keep strangers among the fields under their last name, and never over one of them."""
    kept = dict(own)
    for path, value in strangers.items():
        name = path.partition(".")[2]
        kept[path if name in kept else name] = value
    if strangers:
        notes.append(f"kept in fields: {', '.join(strangers)}")
    return kept
