from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from typing import Any

import msgspec
import pytest

from collector.destinations import find_kind
from collector.destinations.webhook import sign
from collector.domain.consent import Consent
from collector.domain.event import Event, render_event
from collector.domain.retry import Answer
from collector.domain.times import parse_time

KIND = find_kind("webhook")
URL = "https://hooks.example.com/in?team=1"
SECRET = "whsec_" + b64encode(bytes(range(24))).decode()
NOW = parse_time("2026-11-24T02:15:00.900Z")
EVENT = Event(
    id="01900000-0000-7000-8000-000000000009",
    event_id="their-id",
    event_type="lead",
    event_name="Lead",
    source_id="our-capture",
    created_at=parse_time("2026-11-24T02:00:00Z"),
    received_at=parse_time("2026-11-24T02:14:59.123Z"),
    fields={"email": "ada@example.com"},
    metadata={"gclid": "x"},
    attribution={"touches": 1},
    consent=Consent(state="granted", by="tcf"),
    device={"class": "mobile"},
    marks={"bot": "looks like one"},
)


def headers(now: int = NOW, **given: str) -> dict[str, str]:
    settings = KIND.parse_settings({"url": URL} | given)
    return KIND.address(settings, KIND.render(EVENT, settings), EVENT.id, now).headers


def test_the_body_is_the_event_as_exports_have_it() -> None:
    body: dict[str, Any] = msgspec.json.decode(KIND.render(EVENT, {}))
    assert body == {
        "type": "event.created",
        "timestamp": "2026-11-24T02:14:59.123Z",
        "data": render_event(EVENT),
    }


def test_id_and_bytes_stay_the_same_over_attempts_and_the_timestamp_is_the_attempts() -> None:
    first, second = headers(), headers(NOW + 60_000_000)
    assert first["webhook-id"] == second["webhook-id"] == EVENT.id
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 60
    assert first["webhook-timestamp"] == "1795486500"
    assert KIND.render(EVENT, {}) == KIND.render(EVENT, {})


def test_the_signature_can_be_checked_by_the_receiver() -> None:
    sent = headers(secret=SECRET)
    content = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + KIND.render(
        EVENT, {}
    )
    key = b64decode(SECRET.removeprefix("whsec_"))
    expected = b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    assert sent["webhook-signature"] == f"v1,{expected}"


def test_the_signature_is_the_one_of_the_published_example() -> None:
    """The vector that libraries of Standard Webhooks are tested with."""
    content = b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", content) == expected


def test_without_a_secret_nothing_is_signed() -> None:
    assert set(headers()) == {"Content-Type", "webhook-id", "webhook-timestamp"}


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"error": 1}'])
def test_any_success_counts_whatever_its_body_says(body: bytes) -> None:
    assert KIND.read(Answer(status=200, body=body)) is None
