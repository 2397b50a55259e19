"""The Driftrock Events API as its documentation has it, checked to the letter.

Sources: the Driftrock knowledge base, "How to setup Driftrock Webhook captures" and "Sending
events to the Driftrock Events API". It shares no code with what the collector sends, so that a
mistake there cannot hide behind the same mistake here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

ENDPOINT: Final = "/v2/event"


class Metadata(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The nine marketing attributes; there are no others."""

    utm_source: str | UnsetType = UNSET
    utm_medium: str | UnsetType = UNSET
    utm_campaign: str | UnsetType = UNSET
    utm_term: str | UnsetType = UNSET
    utm_content: str | UnsetType = UNSET
    utm_keyword: str | UnsetType = UNSET
    gclid: str | UnsetType = UNSET
    fbclid: str | UnsetType = UNSET
    ga_client_id: str | UnsetType = UNSET


METADATA_KEYS: Final = Metadata.__struct_fields__


class Event(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a request; what is optional is left out, never null."""

    event_type: Literal["lead", "action", "conversion"]
    event_name: Annotated[str, Meta(min_length=1)]
    source_id: str
    fields: dict[str, Any]
    metadata: Metadata | UnsetType = UNSET
    event_id: str | UnsetType = UNSET
    person_id: str | UnsetType = UNSET
    created_at: Annotated[datetime, Meta(tz=True)] | UnsetType = UNSET
    ga_client_id: str | UnsetType = UNSET
    affiliate_id: str | UnsetType = UNSET


class ApiRequest(Struct, frozen=True, kw_only=True):
    """What matters of a request; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Verdict(Struct, frozen=True, kw_only=True):
    """What the documented answer to a request is: a status, and the error or the event."""

    status: int
    error: str | None = None
    event: Event | None = None

    def render_body(self) -> bytes:
        """Render the documented JSON body."""
        return msgspec.json.encode({"data": "ok"} if self.error is None else {"error": self.error})


def judge(request: ApiRequest, *, api_key: str, source_ids: Collection[str]) -> Verdict:
    """Check a request in the order a server does: address, key, headers, body, capture."""
    refusal = _judge_address(request) or _judge_headers(request, api_key)
    return refusal or _judge_body(request.body, source_ids)


def _judge_address(request: ApiRequest) -> Verdict | None:
    if request.path != ENDPOINT:
        return _refuse(HTTPStatus.NOT_FOUND, f"no such endpoint: {request.path}")
    if request.method != "POST":
        return _refuse(HTTPStatus.METHOD_NOT_ALLOWED, f"{ENDPOINT} takes POST")
    return None


def _judge_headers(request: ApiRequest, api_key: str) -> Verdict | None:
    if request.headers.get("authorization") != f"Bearer {api_key}":
        return _refuse(HTTPStatus.UNAUTHORIZED, "Authorization: no or wrong API key")
    for name in ("content-type", "accept"):
        media_type = request.headers.get(name, "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            return _refuse(HTTPStatus.BAD_REQUEST, f"{name}: must be application/json")
    return None


def _judge_body(body: bytes, source_ids: Collection[str]) -> Verdict:
    try:
        event = msgspec.json.decode(body, type=Event)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        return _refuse(HTTPStatus.BAD_REQUEST, str(problem))
    if event.source_id not in source_ids:
        return _refuse(HTTPStatus.BAD_REQUEST, f"source_id: unknown: {event.source_id}")
    return Verdict(status=HTTPStatus.OK, event=event)


def _refuse(status: HTTPStatus, error: str) -> Verdict:
    return Verdict(status=status, error=error)
