from __future__ import annotations

import json
from typing import Any, TypedDict

import msgspec

from collector.domain.errors import InputError, NotJson, UnknownCapture
from collector.web.openapi import HTML, JSON, Operation, describe


class Sent(msgspec.Struct):
    """What is sent."""

    name: str
    note: str | msgspec.UnsetType = msgspec.UNSET


class Answered(TypedDict):
    """What is answered."""

    number: int


class Other(msgspec.Struct):
    """What else is answered."""

    text: str


def handler() -> None:
    """Handle it.

    Nobody reads this.
    """


def described(**more: Any) -> dict[str, Any]:
    operation = Operation(
        path="/a/{id}", handler=handler, **{"answers": {200: {JSON: Answered}}} | more
    )
    document: dict[str, Any] = json.loads(describe([operation]))
    return document


def post(document: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = document["paths"]["/a/{id}"]["post"]
    return operation


def test_types_become_schemas_that_are_named_once() -> None:
    document = described(reads={JSON: Sent, "text/plain": Sent})
    content = post(document)["requestBody"]["content"]
    assert content[JSON] == content["text/plain"]
    assert content[JSON] == {"schema": {"$ref": "#/components/schemas/Sent"}}
    schemas = document["components"]["schemas"]
    assert schemas["Sent"]["required"] == ["name"]
    assert schemas["Answered"]["properties"] == {"number": {"type": "integer"}}
    assert post(document)["summary"] == "Handle it."


def test_alternatives_and_ready_schemas_are_taken() -> None:
    ready = {"type": "object", "additionalProperties": True}
    document = described(reads={JSON: ready}, answers={200: {JSON: (Answered, Other)}, 204: {}})
    assert post(document)["requestBody"]["content"][JSON]["schema"] == ready
    responses = post(document)["responses"]
    assert responses["200"]["content"][JSON]["schema"] == {
        "anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in ("Answered", "Other")]
    }
    assert responses["204"] == {"description": "No Content", "content": {}}


def test_errors_become_their_status_with_what_they_mean() -> None:
    document = described(refuses=(InputError, NotJson, UnknownCapture), refuses_as=(JSON, HTML))
    responses = post(document)["responses"]
    assert list(responses) == ["200", "400", "404"]
    assert "should be JSON is not" in responses["400"]["description"]
    assert responses["404"]["content"] == {
        JSON: {"schema": {"$ref": "#/components/schemas/Refusal"}},
        HTML: {"schema": {"type": "string"}},
    }


def test_parameters_and_security_stand_where_tools_look_for_them() -> None:
    document = described(query={"check": "A code."}, security=("Bearer", ""))
    named = [(one["name"], one["in"]) for one in post(document)["parameters"]]
    assert named == [("id", "path"), ("check", "query")]
    assert post(document)["security"] == [{"Bearer": []}, {}]
    assert "Bearer" in document["components"]["securitySchemes"]
