"""An event that a server sent: kept as sent, since no browser was there to attribute it by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collector.domain.attribution import new_attribution, render_attribution
from collector.domain.capture import Capture
from collector.domain.channels import TABLE_VERSION
from collector.domain.consent import NOT_ASKED
from collector.domain.driftrock_event import ReadEvent
from collector.domain.errors import InputError
from collector.domain.event import Event

REASON = "metadata as sent"
_UNKNOWN_DEVICE = {"class": "other", "browser": None, "os": None}
"""The agent that sends is a program: it says nothing of the person's device."""


def event_of(
    sent: ReadEvent, capture: Capture, *, own_id: str, now: int, notes: Sequence[str]
) -> Event:
    """Make the event of a body that was read; ours stand in for an id and a time not sent."""
    unknown = render_attribution(new_attribution(site="", visitor="", at=now))
    explained = {"model": None, "reason": REASON, "notes": notes, "table_version": TABLE_VERSION}
    return Event(
        id=own_id,
        event_id=sent.event_id or own_id,
        event_type=sent.event_type,
        event_name=sent.event_name,
        source_id=capture.source_id,
        person_id=sent.person_id,
        affiliate_id=sent.affiliate_id,
        lead_type=capture.lead_type_name,
        created_at=now if sent.created_at is None else sent.created_at,
        received_at=now,
        fields=sent.fields,
        metadata=sent.metadata,
        attribution={**unknown, **explained},
        consent=NOT_ASKED,
        device=dict(_UNKNOWN_DEVICE),
    )


def refuse_faults(faults: Mapping[str, str]) -> None:
    """Refuse an event that lacks what its lead type needs. Raises InputError."""
    if faults:
        said = "; ".join(f"fields.{name}: {fault}" for name, fault in faults.items())
        raise InputError(said, field=f"fields.{next(iter(faults))}")
