"""Driftrock: events by its Events API.

Source: the Driftrock knowledge base, "Sending events to the Driftrock Events API".
"""

from __future__ import annotations

from typing import Any

import msgspec

from collector.destinations.kind import HTTP_URL, WHOLE_ADDRESS, Kind, Setting, Settings
from collector.domain.delivery import OutcomeKind, Request
from collector.domain.event import METADATA_KEYS, Event
from collector.domain.retry import Answer, Verdict
from collector.domain.times import render_time

_AS_SHOWN = "write it as Driftrock shows it, without spaces"
EVENTS_URL = "https://external-apis.driftrock.com/v2/event"

_encode = msgspec.json.Encoder().encode


def render_body(event: Event, settings: Settings) -> bytes:
    """Write the documented body; what the event lacks is left out.

    `created_at` is always there: without it Driftrock takes the time of receipt, which a retry
    would change.
    """
    body: dict[str, Any] = {
        "event_type": event.event_type,
        "event_name": event.event_name,
        "source_id": settings["source_id"],
        "fields": event.fields,
        "metadata": {key: event.metadata[key] for key in METADATA_KEYS if key in event.metadata},
        "event_id": event.event_id,
        "created_at": render_time(event.created_at),
    }
    if event.person_id:
        body["person_id"] = event.person_id
    if event.affiliate_id:
        body["affiliate_id"] = event.affiliate_id
    return _encode(body)


def address_request(settings: Settings, body: bytes, _event: str, _now: int) -> Request:
    """Send the body with the API key."""
    headers = {
        "Authorization": f"Bearer {settings['api_key']}",
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    return Request(url=settings["url"], headers=headers, body=body)


class _Accepted(msgspec.Struct):
    data: Any


_decode = msgspec.json.Decoder(_Accepted).decode


def read_answer(answer: Answer) -> Verdict | None:
    """Believe a success only in Driftrock's own words, `{"data": "ok"}`.

    Anything may answer 200 at an address that is wrong; the events it swallows would be lost.
    """
    if answer.status is None or answer.status // 100 != 2:  # noqa: PLR2004  (any success)
        return None
    try:
        _decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        reason = "unexpected_answer" if answer.complete else "truncated"
        return Verdict(OutcomeKind.UNKNOWN, reason)
    return None


DRIFTROCK = Kind(
    name="driftrock",
    title="Driftrock",
    about="a capture of a Driftrock account, by its Events API",
    settings=(
        Setting(
            name="api_key",
            label="API key",
            help="an API key of the Driftrock account (Settings -> Security)",
            pattern=r"[!-~]+",
            cure=_AS_SHOWN,
            secret=True,
        ),
        Setting(
            name="source_id",
            label="Source ID",
            help="the source_id that the capture's Connect step shows in Driftrock",
            pattern=r"\S+",
            cure=_AS_SHOWN,
        ),
        Setting(
            name="url",
            label="Address",
            help=f"the full address of the endpoint, by default {EVENTS_URL}",
            pattern=HTTP_URL,
            cure=WHOLE_ADDRESS,
            default=EVENTS_URL,
        ),
    ),
    render=render_body,
    address=address_request,
    read=read_answer,
)
