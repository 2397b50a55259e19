"""An event: a valid submission, stored and immutable, and how it reads as JSON."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Literal, get_args

import msgspec

from collector.domain.consent import Consent
from collector.domain.times import render_time

EventType = Literal["lead", "action", "conversion"]
EVENT_TYPES: tuple[str, ...] = get_args(EventType)

METADATA_KEYS = (
    "fbclid",
    "ga_client_id",
    "gclid",
    "utm_campaign",
    "utm_content",
    "utm_keyword",
    "utm_medium",
    "utm_source",
    "utm_term",
)
"""The nine marketing attributes that Driftrock's Events API supports."""

MARKS = ("test", "spam", "bot", "rate", "origin", "incomplete")
WITHHOLDING_MARKS = ("incomplete", "test", "spam", "rate", "origin")
"""Marks whose events are not delivered until a person, or the mark's own rule, lets them go.

One that is `incomplete` was not accepted either: its sender knows that it must send again.
"""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A stored event. Times are microseconds UTC; `attribution` is the JSON of its conclusions.

    `lead_type` names the type that its capture had when it came.
    """

    id: str
    event_id: str
    event_type: str
    event_name: str
    source_id: str
    created_at: int
    received_at: int
    fields: dict[str, Any]
    metadata: dict[str, str]
    attribution: dict[str, Any]
    consent: Consent
    device: dict[str, str | None]
    person_id: str | None = None
    affiliate_id: str | None = None
    lead_type: str | None = None
    marks: dict[str, str] = {}


def render_event(event: Event) -> dict[str, Any]:
    """Write an event as the JSON object that exports, listings and webhooks carry."""
    return {
        "id": event.id,
        "event_id": event.event_id,
        "event_type": event.event_type,
        "event_name": event.event_name,
        "source_id": event.source_id,
        "person_id": event.person_id,
        "affiliate_id": event.affiliate_id,
        "created_at": render_time(event.created_at),
        "received_at": render_time(event.received_at),
        "fields": event.fields,
        "metadata": event.metadata,
        "attribution": event.attribution,
        "consent": {"state": event.consent.state, "by": event.consent.by},
        "device": event.device,
        "marks": event.marks,
    }


def repeat_key(event: Event) -> str:
    """Fingerprint what makes two events exact repeats of each other.

    Same capture, sender's id, type, name and fields; a test and a real event never are, nor one
    that was not accepted and one that was.
    """
    identity = [
        event.source_id,
        event.event_id,
        event.event_type,
        event.event_name,
        event.fields,
        "test" in event.marks,
        *(("incomplete",) if "incomplete" in event.marks else ()),
    ]
    return sha256(msgspec.json.encode(identity, order="deterministic")).hexdigest()


def person_key(event: Event) -> str:
    """Name the person of an event: by `person_id` over all captures, else `event_id` in one."""
    return _by_person_id(event.person_id) if event.person_id else _by_event_id(event)


def person_link(event: Event) -> tuple[str, str] | None:
    """Say that what the event's `event_id` and its `person_id` name is one person, if it has both.

    An `event_id` of ours names no other event.
    """
    if not event.person_id or event.event_id == event.id:
        return None
    return _by_event_id(event), _by_person_id(event.person_id)


def _by_person_id(person_id: str) -> str:
    return _fingerprint(f"person:{person_id}")


def _by_event_id(event: Event) -> str:
    return _fingerprint(f"event:{event.source_id}:{event.event_id}")


def _fingerprint(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]


def withheld_reason(marks: dict[str, str], *, capture_paused: bool) -> str | None:
    """Say why an event's deliveries must wait, or None when they may go."""
    marked = next((mark for mark in WITHHOLDING_MARKS if mark in marks), None)
    return marked or ("paused" if capture_paused else None)
