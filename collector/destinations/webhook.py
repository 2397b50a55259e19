"""A signed webhook to any address, as Standard Webhooks has it.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterator

import msgspec

from collector.destinations.kind import (
    FORMER,
    FORMER_UNTIL,
    HTTP_URL,
    WHOLE_ADDRESS,
    Kind,
    Setting,
    Settings,
)
from collector.domain.delivery import Request
from collector.domain.event import Event, render_event
from collector.domain.times import SECOND, render_time

SECRET_PREFIX = "whsec_"  # noqa: S105  (what every such secret begins with)

_encode = msgspec.json.Encoder().encode


def render_body(event: Event, _settings: Settings) -> bytes:
    """Write the event; its time of receipt is the body's, so that every attempt's bytes agree."""
    timestamp = render_time(event.received_at)
    return _encode({"type": "event.created", "timestamp": timestamp, "data": render_event(event)})


def address_request(settings: Settings, body: bytes, event: str, now: int) -> Request:
    """Send the body under the event's id, with the time of this attempt, signed if it can be."""
    timestamp = str(now // SECOND)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": event,
        "webhook-timestamp": timestamp,
    }
    content = f"{event}.{timestamp}.".encode() + body
    if signatures := [sign(secret, content) for secret in _signing(settings, now)]:
        headers["webhook-signature"] = " ".join(signatures)
    return Request(url=settings["url"], headers=headers, body=body)


def _signing(settings: Settings, now: int) -> Iterator[str]:
    """Give the secret, and for a while after a roll the one before: a receiver takes either."""
    if secret := settings.get("secret"):
        yield secret
    if now < int(settings.get(FORMER_UNTIL, "0")):
        yield settings[FORMER]


def make_secret(random: bytes) -> str:
    """Write random bytes as a secret."""
    return SECRET_PREFIX + b64encode(random).decode()


def sign(secret: str, content: bytes) -> str:
    """Sign with a `whsec_` secret: HMAC-SHA256, as `v1,<base64>`."""
    key = b64decode(secret.removeprefix(SECRET_PREFIX))
    return f"v1,{b64encode(hmac.digest(key, content, 'sha256')).decode()}"


WEBHOOK = Kind(
    name="webhook",
    title="Webhook",
    about="a system of your own that takes JSON, signed by Standard Webhooks",
    settings=(
        Setting(
            name="url",
            label="Address",
            help="the full address that takes the events",
            pattern=HTTP_URL,
            cure=WHOLE_ADDRESS,
        ),
        Setting(
            name="secret",
            label="Signing secret",
            help="begins with whsec_, then the base64 of 24 to 64 random bytes; "
            "without it nothing is signed",
            pattern=SECRET_PREFIX + r"(?=(?:.{4})+\Z)[A-Za-z0-9+/]{32,86}={0,2}",
            cure="write whsec_ and then 32 to 88 characters of base64: letters, digits, + and /, "
            "at the end perhaps =",
            required=False,
            secret=True,
            make=make_secret,
        ),
    ),
    render=render_body,
    address=address_request,
)
