"""OpenAPI 3.1: the description of public addresses, made from the types they really use."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import msgspec

from collector import __version__
from collector.domain.errors import CollectorError
from collector.web.errors import Refusal, status_of

JSON = "application/json"
HTML = "text/html; charset=utf-8"
_REFS = "#/components/schemas/{name}"
_SCHEMES = {
    "Bearer": {"type": "http", "scheme": "bearer", "description": "An API key."},
    "Basic": {"type": "http", "scheme": "basic", "description": "The id of a key, and the key."},
    "MetricsToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "COLLECTOR_METRICS_TOKEN.",
    },
}

Contents = Mapping[str, Any]
"""A type for each media type: what msgspec knows, several in a tuple, or a ready schema."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one address: what it reads, how it answers, and which errors it raises."""

    path: str
    method: str = "post"
    handler: object
    reads: Contents = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[int, Contents]
    refuses: Sequence[type[CollectorError]] = ()
    refuses_as: Sequence[str] = (JSON,)
    security: Sequence[str] = ()
    """Any one of these schemes will do; the empty text stands for none at all."""


def describe(operations: Sequence[Operation]) -> bytes:
    """Write the document as JSON."""
    types = [*dict.fromkeys(_types(operations))]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFS)
    known = dict(zip(types, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for one in operations:
        paths[one.path][one.method] = _describe(one, known)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "lead-collector", "version": __version__},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": _SCHEMES},
    }
    return msgspec.json.encode(document)


def _types(operations: Sequence[Operation]) -> Iterator[Any]:
    yield from (Refusal, str)
    for one in operations:
        for contents in (one.reads, *one.answers.values()):
            for content in contents.values():
                yield from _alternatives(content)


def _alternatives(content: Any) -> tuple[Any, ...]:
    if isinstance(content, dict):
        return ()
    return content if isinstance(content, tuple) else (content,)


def _schema(content: Any, known: Mapping[Any, Any]) -> Any:
    schemas = [known[one] for one in _alternatives(content)]
    return {"anyOf": schemas} if len(schemas) > 1 else schemas[0] if schemas else content


def _describe(one: Operation, known: Mapping[Any, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": (one.handler.__doc__ or "").partition("\n")[0],
        "responses": _responses(one, known),
        "security": [{scheme: []} if scheme else {} for scheme in one.security],
    }
    parameters = [*_path_parameters(one.path), *_query_parameters(one.query)]
    if parameters:
        described["parameters"] = parameters
    if one.reads:
        described["requestBody"] = {"required": True, "content": _content(one.reads, known)}
    return described


def _responses(one: Operation, known: Mapping[Any, Any]) -> dict[str, Any]:
    raised: dict[int, list[str]] = defaultdict(list)
    for kind in one.refuses:
        raised[_status(kind)].append((kind.__doc__ or "").partition("\n")[0])
    refusals = {
        media_type: Refusal if media_type == JSON else str for media_type in one.refuses_as
    }
    answered = {
        status: (HTTPStatus(status).phrase, contents) for status, contents in one.answers.items()
    }
    refused = {status: (" ".join(texts), refusals) for status, texts in raised.items()}
    return {
        str(status): {"description": text, "content": _content(contents, known)}
        for status, (text, contents) in sorted({**refused, **answered}.items())
    }


def _status(kind: type[CollectorError]) -> int:
    return int(status_of(kind.__new__(kind)))


def _content(contents: Contents, known: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: {"schema": _schema(content, known)} for name, content in contents.items()}


def _path_parameters(path: str) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", path):
        schema = {"type": "string", "format": "uuid"}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for name, text in query.items():
        yield {"name": name, "in": "query", "description": text, "schema": {"type": "string"}}
