"""`POST /v2/event` and its like: Driftrock's protocol, for servers that hold an API key."""

from __future__ import annotations

import hmac
from base64 import b64decode
from typing import ClassVar, Literal

import msgspec
from python_multipart.multipart import parse_options_header

from collector.domain.api_key import ApiKey
from collector.domain.capture import Capture
from collector.domain.driftrock_event import ReadEvent, SentAffiliateEvent, SentEvent, read_event
from collector.domain.errors import DiskFull, InputError, Unauthorized, UnknownCapture
from collector.domain.ids import parse_uuid
from collector.domain.json_values import decode_json
from collector.web.answer import Answer, json_answer
from collector.web.endpoint import Endpoint, Exchange
from collector.web.incoming import Incoming

BODY_BYTES = 1024 * 1024


class Accepted(msgspec.Struct, frozen=True):
    """The event is on the disk."""

    data: Literal["ok"] = "ok"


class SendEvent(Endpoint):
    """`POST /v2/event`: reads an event, has it stored, says so in Driftrock's words."""

    scheme: ClassVar[str] = "Bearer"
    body: ClassVar[type[SentEvent]] = SentEvent

    async def answer(self, exchange: Exchange) -> Answer:
        """Recognise the key, read, find the capture, store, answer."""
        services, incoming = exchange.services, exchange.incoming
        key = await self.recognise(exchange)
        if not services.has_room():
            raise DiskFull("there is no room to store this safely; try again later")
        refuse_unreadable(incoming)
        body = decode_json(await incoming.body(BODY_BYTES), unique_names=True)
        sent = read_event(body, self.body, exchange.now)
        capture = await find_capture(exchange, key, sent)
        self.refuse_capture(capture)
        received = await services.intake.receive_sent(
            capture, sent, incoming.query("check"), exchange.now
        )
        services.metrics.event(list(received.marks))
        return json_answer(200, Accepted())

    async def recognise(self, exchange: Exchange) -> ApiKey:
        """Find the key that came with the request. Raises Unauthorized."""
        value = credentials(exchange.incoming, self.scheme)
        return await recognised(exchange, value, self.scheme)

    def refuse_capture(self, capture: Capture) -> None:
        """Refuse a capture whose events come in by another address. Raises InputError."""
        if (capture.kind == "affiliate") is not (self.body is SentAffiliateEvent):
            other = "/v2/affiliate_event" if capture.kind == "affiliate" else "/v2/event"
            raise InputError(
                f"source_id: this capture is of the kind {capture.kind}; "
                f"send its events to {other}",
                field="source_id",
            )


class SendAffiliateEvent(SendEvent):
    """`POST /v2/affiliate_event`: the body says which affiliate sent the event."""

    body = SentAffiliateEvent


class SendOldEvent(SendEvent):
    """`POST /webhooks/events`: the older Events API, with the key's id beside the key."""

    scheme = "Basic"

    async def recognise(self, exchange: Exchange) -> ApiKey:
        """Find the key whose id and value came as user and password. Raises Unauthorized."""
        try:
            pair = b64decode(credentials(exchange.incoming, self.scheme), validate=True).decode()
        except ValueError as error:
            raise Unauthorized("Authorization: expected base64 of ID:KEY", self.scheme) from error
        user, _, value = pair.partition(":")
        key = await recognised(exchange, value, self.scheme)
        if not hmac.compare_digest(user.encode(), key.id.encode()):
            raise Unauthorized("Authorization: no such id and key are in use", self.scheme)
        return key


def credentials(incoming: Incoming, scheme: str) -> str:
    """Read what follows the scheme (RFC 9110, section 11.4). Raises Unauthorized."""
    said, _, value = incoming.header(b"authorization").partition(" ")
    if said.lower() != scheme.lower() or not value.strip():
        shape = "Bearer KEY" if scheme == "Bearer" else "Basic base64(ID:KEY)"
        raise Unauthorized(f"Authorization: expected {shape}; came {said or 'nothing'}", scheme)
    return value.strip()


async def recognised(exchange: Exchange, value: str, scheme: str) -> ApiKey:
    """Find a key that may write events. Raises Unauthorized."""
    key = await exchange.services.keys.recognise(value, exchange.now)
    if key is None or not key.allows("events:write"):
        raise Unauthorized("Authorization: the key is unknown, or it was revoked", scheme)
    return key


def refuse_unreadable(incoming: Incoming) -> None:
    """Refuse what says of itself that it is no plain JSON. Raises InputError."""
    media_type, _ = parse_options_header(incoming.header(b"content-type"))
    if media_type.lower() != b"application/json":
        came = media_type.decode("latin-1")[:64] or "nothing"
        raise InputError(
            f"Content-Type: expected application/json; came {came}", field="Content-Type"
        )
    encoding = incoming.header(b"content-encoding").strip().lower()
    if encoding not in ("", "identity"):
        raise InputError(
            f"Content-Encoding: expected none; came {encoding[:64]}", field="Content-Encoding"
        )


async def find_capture(exchange: Exchange, key: ApiKey, sent: ReadEvent) -> Capture:
    """Find the capture of an event. Raises InputError, alike for one that the key may not use."""
    source_id = parse_uuid(sent.source_id)
    try:
        if source_id is not None and key.may_write_to(source_id):
            capture = await exchange.services.captures.find(source_id)
            if capture.state != "archived":
                return capture
    except UnknownCapture:
        source_id = None
    raise InputError(
        "source_id: expected the source_id of a capture that the key may write to; "
        f"came {sent.source_id!r}",
        field="source_id",
    )
