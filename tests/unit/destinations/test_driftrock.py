from __future__ import annotations

from typing import Any

import msgspec
import pytest

from collector.demo.protocol import ApiRequest, judge
from collector.destinations import find_kind
from collector.domain.consent import NOT_ASKED
from collector.domain.event import METADATA_KEYS, Event
from collector.domain.retry import Answer
from collector.domain.times import parse_time

KIND = find_kind("driftrock")
SETTINGS = KIND.parse_settings({"api_key": "drift-key", "source_id": "drift-source"})


def make(**changes: Any) -> Event:
    values: dict[str, Any] = {
        "id": "01900000-0000-7000-8000-000000000009",
        "event_id": "their-id",
        "event_type": "lead",
        "event_name": "Test drive",
        "source_id": "our-capture",
        "created_at": parse_time("2019-12-02T10:00:00.123456Z"),
        "received_at": parse_time("2026-11-24T02:15:00Z"),
        "fields": {"email": "ada@example.com"},
        "metadata": {},
        "attribution": {"touches": 1},
        "consent": NOT_ASKED,
        "device": {},
    }
    return Event(**(values | changes))


def body(event: Event) -> dict[str, Any]:
    decoded: dict[str, Any] = msgspec.json.decode(KIND.render(event, SETTINGS))
    return decoded


def test_the_body_carries_every_documented_field_that_the_event_has() -> None:
    metadata = {key: f"{key}-value" for key in METADATA_KEYS}
    event = make(metadata=metadata, person_id="person-1", affiliate_id="partner-1")
    assert body(event) == {
        "event_type": "lead",
        "event_name": "Test drive",
        "source_id": "drift-source",
        "fields": {"email": "ada@example.com"},
        "metadata": metadata,
        "event_id": "their-id",
        "person_id": "person-1",
        "affiliate_id": "partner-1",
        "created_at": "2019-12-02T10:00:00.123Z",
    }


def test_what_the_event_lacks_is_left_out() -> None:
    assert set(body(make())) == {
        "event_type",
        "event_name",
        "source_id",
        "fields",
        "metadata",
        "event_id",
        "created_at",
    }


def test_metadata_holds_the_nine_keys_and_no_other() -> None:
    event = make(metadata={"gclid": "Cj0+/=", "msclkid": "x", "utm_id": "y"})
    assert body(event)["metadata"] == {"gclid": "Cj0+/="}


def test_fields_are_sent_as_they_are() -> None:
    fields = {"": "", "Ünï": "✓\u2028", "n": [1, 2.5, None, True, {"a": []}], "big": 10**17}
    assert body(make(fields=fields))["fields"] == fields


def test_two_renderings_are_the_same_bytes() -> None:
    assert KIND.render(make(), SETTINGS) == KIND.render(make(), SETTINGS)


def test_the_request_is_what_the_documented_protocol_takes() -> None:
    event = make(metadata={"gclid": "x"}, person_id="p")
    request = KIND.address(SETTINGS, KIND.render(event, SETTINGS), event.id, 0)
    assert request.url == "https://external-apis.driftrock.com/v2/event"
    received = ApiRequest(
        method="POST",
        path="/v2/event",
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
    )
    verdict = judge(received, api_key="drift-key", source_ids=["drift-source"])
    assert (verdict.status, verdict.error) == (200, None)


def test_another_endpoint_is_a_matter_of_the_address() -> None:
    url = "https://external-apis.driftrock.com/v2/affiliate_event"
    settings = KIND.parse_settings(SETTINGS | {"url": url})
    assert KIND.address(settings, b"", "", 0).url == url


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(status=200, body=b'{"data":"ok"}'), None),
        (Answer(status=200, body=b' {"data": "ok", "more": 1} '), None),
        (Answer(status=200, body=b'{"error":"no"}'), "unexpected_answer"),
        (Answer(status=200, body=b'"ok"'), "unexpected_answer"),
        (Answer(status=200, body=b"<html>"), "unexpected_answer"),
        (Answer(status=200, body=b"\xff"), "unexpected_answer"),
        (Answer(status=204, body=b""), "unexpected_answer"),
        (Answer(status=200, body=b'{"data"', complete=False), "truncated"),
        (Answer(status=400, body=b'{"error":"no"}'), None),
        (Answer(status=500, body=b"", complete=False), None),
    ],
)
def test_only_driftrocks_own_words_are_a_success(answer: Answer, reason: str | None) -> None:
    verdict = KIND.read(answer)
    assert (verdict and verdict.reason) == reason
    assert verdict is None or verdict.kind == "unknown"
