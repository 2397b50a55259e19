from __future__ import annotations

from typing import Any

import msgspec
import pytest

from collector.demo.protocol import METADATA_KEYS, ApiRequest, judge

SOURCE = "0190a7c0-0000-7000-8000-000000000001"
HEADERS = {
    "authorization": "Bearer key-1",
    "content-type": "application/json",
    "accept": "application/json",
}
EVENT: dict[str, Any] = {
    "event_type": "lead",
    "event_name": "Contact form",
    "source_id": SOURCE,
    "fields": {"email": "ada@example.com", "topics": ["a", "b"]},
    "metadata": {"gclid": "Cj0+x/_-", "utm_source": "google"},
    "event_id": "e-1",
    "person_id": "p-1",
    "created_at": "2026-11-24T02:15:00.000Z",
}
LEFT_OUT = object()


def request(**changes: Any) -> ApiRequest:
    plain = {"method": "POST", "path": "/v2/event", "headers": HEADERS}
    return msgspec.convert({"body": msgspec.json.encode(EVENT), **plain, **changes}, ApiRequest)


def with_event(**changes: Any) -> ApiRequest:
    event = {name: value for name, value in (EVENT | changes).items() if value is not LEFT_OUT}
    return request(body=msgspec.json.encode(event))


def with_headers(**changes: str) -> ApiRequest:
    named = {name.replace("_", "-"): value for name, value in changes.items()}
    return request(headers=HEADERS | named)


def verdict(asked: ApiRequest) -> tuple[int, str | None]:
    said = judge(asked, api_key="key-1", source_ids={SOURCE})
    return said.status, said.error


@pytest.mark.parametrize(
    "accepted",
    [
        pytest.param(request(), id="everything"),
        pytest.param(with_event(event_type="action"), id="an action"),
        pytest.param(with_event(event_type="conversion"), id="a conversion"),
        pytest.param(with_event(fields={}), id="no fields"),
        pytest.param(with_event(fields={"a": {"b": [1, None]}}), id="fields of any shape"),
        pytest.param(with_event(metadata={}), id="empty metadata"),
        pytest.param(with_event(metadata=dict.fromkeys(METADATA_KEYS, "x")), id="all nine keys"),
        pytest.param(with_event(created_at="2026-11-24T03:15:00+01:00"), id="another zone"),
        pytest.param(with_event(ga_client_id="1.2"), id="GA client id at the top"),
        pytest.param(with_event(affiliate_id="a-1"), id="an affiliate"),
        pytest.param(
            with_headers(content_type="application/json; charset=utf-8"), id="charset named"
        ),
        *(
            pytest.param(with_event(**{name: LEFT_OUT}), id=f"without {name}")
            for name in ("metadata", "event_id", "person_id", "created_at")
        ),
    ],
)
def test_what_the_documentation_allows_is_accepted(accepted: ApiRequest) -> None:
    assert verdict(accepted) == (200, None)


@pytest.mark.parametrize(
    ("refused", "status", "cause"),
    [
        pytest.param(request(path="/v1/event"), 404, "/v1/event", id="another path"),
        pytest.param(request(path="/v2/event/"), 404, "/v2/event/", id="a slash at the end"),
        pytest.param(request(method="PUT"), 405, "POST", id="another method"),
        pytest.param(with_headers(authorization=""), 401, "API key", id="no key"),
        pytest.param(with_headers(authorization="Bearer key-2"), 401, "API key", id="wrong key"),
        pytest.param(with_headers(authorization="key-1"), 401, "API key", id="no Bearer"),
        pytest.param(with_headers(authorization="Basic key-1"), 401, "API key", id="Basic"),
        pytest.param(
            with_headers(content_type="text/plain"), 400, "content-type", id="not sent as JSON"
        ),
        pytest.param(with_headers(accept="*/*"), 400, "accept", id="accepts anything"),
        pytest.param(request(body=b""), 400, "truncated", id="no body"),
        pytest.param(request(body=b"[]"), 400, "object", id="no object"),
        pytest.param(request(body=b'{"event_type": "lead",}'), 400, "malformed", id="not JSON"),
        pytest.param(request(body=b'"\xff"'), 400, "", id="not UTF-8"),
        pytest.param(with_event(event_type="click"), 400, "event_type", id="unknown event type"),
        pytest.param(with_event(event_name=""), 400, "event_name", id="event without a name"),
        pytest.param(with_event(fields=["a"]), 400, "fields", id="fields are a list"),
        pytest.param(with_event(fields=None), 400, "fields", id="fields are null"),
        pytest.param(with_event(metadata={"msclkid": "x"}), 400, "msclkid", id="a tenth key"),
        pytest.param(with_event(metadata={"gclid": 7}), 400, "gclid", id="a number in metadata"),
        pytest.param(with_event(metadata={"gclid": None}), 400, "gclid", id="null in metadata"),
        pytest.param(with_event(metadata=None), 400, "metadata", id="null for metadata"),
        pytest.param(with_event(event_id=7), 400, "event_id", id="a number for an id"),
        pytest.param(with_event(person_id=None), 400, "person_id", id="null for an id"),
        pytest.param(with_event(created_at=1_700_000_000), 400, "created_at", id="an epoch"),
        pytest.param(with_event(created_at="2026-11-24"), 400, "created_at", id="a day"),
        pytest.param(
            with_event(created_at="2026-11-24T02:15:00"), 400, "created_at", id="no zone"
        ),
        pytest.param(with_event(received_at="x"), 400, "received_at", id="an unknown name"),
        pytest.param(with_event(source_id="other"), 400, "source_id", id="an unknown capture"),
        *(
            pytest.param(with_event(**{name: LEFT_OUT}), 400, name, id=f"without {name}")
            for name in ("event_type", "event_name", "source_id", "fields")
        ),
    ],
)
def test_what_it_does_not_allow_is_refused_with_the_cause(
    refused: ApiRequest, status: int, cause: str
) -> None:
    answered, error = verdict(refused)
    assert answered == status
    assert error is not None
    assert cause in error


def test_bodies_are_the_documented_ones() -> None:
    accepted = judge(request(), api_key="key-1", source_ids={SOURCE})
    refused = judge(request(), api_key="key-1", source_ids=())
    assert accepted.render_body() == b'{"data":"ok"}'
    assert msgspec.json.decode(refused.render_body()) == {"error": f"source_id: unknown: {SOURCE}"}
