from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from collector.domain import errors
from collector.web.errors import failed, headers_of, not_found, refuse_as_json, status_of

SECRET = "canary@example.org"


class Derived(errors.DiskFull):
    """What somebody adds to the tree tomorrow."""


ERRORS: dict[str, tuple[errors.CollectorError, int, dict[bytes, bytes]]] = {
    "a wrong value": (errors.InputError("x"), 400, {}),
    "no JSON": (errors.NotJson("x"), 400, {}),
    "nested too deep": (errors.TooComplex("x"), 400, {}),
    "cut short": (errors.Incomplete("x"), 400, {}),
    "fields at fault": (errors.FieldsRefused("x", {"a": "b"}), 422, {}),
    "too slow": (errors.TooSlow("x"), 408, {}),
    "too many bytes": (errors.BodyTooLarge("x"), 413, {}),
    "another type": (errors.UnsupportedType("x"), 415, {}),
    "another origin": (errors.OriginRefused("x"), 403, {}),
    "another page": (errors.PageRefused("x"), 403, {}),
    "another host": (errors.HostRefused("x"), 421, {}),
    "another method": (errors.MethodRefused(("GET", "HEAD")), 405, {b"allow": b"GET, HEAD"}),
    "no such path": (errors.UnknownPath("x"), 404, {}),
    "no such capture": (errors.UnknownCapture("x"), 404, {}),
    "far too many": (errors.TooManyRequests("x"), 429, {b"retry-after": b"60"}),
    "no store": (errors.StoreUnavailable("x"), 503, {b"retry-after": b"5"}),
    "no room": (errors.DiskFull("x"), 507, {b"retry-after": b"5"}),
    "a new class is its nearest known one": (Derived("x"), 507, {b"retry-after": b"5"}),
}


@pytest.mark.parametrize(("error", "status", "headers"), ERRORS.values(), ids=ERRORS)
def test_an_error_has_the_status_of_the_contract_and_says_when_to_try_again(
    error: errors.CollectorError, status: int, headers: dict[bytes, bytes]
) -> None:
    assert status_of(error) == status
    assert dict(headers_of(error)) == headers
    answer = refuse_as_json(error)
    assert answer.status == status
    assert headers.items() <= dict(answer.headers).items()


@pytest.mark.parametrize("error", [row[0] for row in ERRORS.values()], ids=ERRORS)
def test_a_refusal_is_an_object_with_text_and_code_and_fields_where_they_are_at_fault(
    error: errors.CollectorError,
) -> None:
    said = json.loads(refuse_as_json(error).body)
    expected: dict[str, object] = {"error": str(error), "code": error.code}
    if isinstance(error, errors.FieldsRefused):
        expected["errors"] = {"a": "b"}
    assert said == expected
    assert said["error"]


async def broken(_request: Request) -> Response:
    raise ValueError(SECRET)


async def whole(_request: Request) -> Response:
    return Response("fine")


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = Starlette(
        routes=[Route("/broken", broken), Route("/whole", whole)],
        exception_handlers={404: not_found, Exception: failed},
    )
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


def test_an_error_nobody_expected_is_500_and_shows_nothing_of_the_inside(
    client: TestClient,
) -> None:
    answer = client.get("/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.json()["error"]
    assert SECRET not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert client.get("/whole").text == "fine"


def test_an_unknown_address_is_answered_in_json(client: TestClient) -> None:
    answer = client.get("/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_path")
    assert answer.headers["content-type"] == "application/json"
