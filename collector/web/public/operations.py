"""Every public address as data for `GET /openapi.json`: its types, its answers, its errors."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from collector.domain import errors
from collector.domain.submission import RESERVED
from collector.domain.visit import ShownVisit
from collector.web.assets import Asset
from collector.web.openapi import HTML, JSON, Operation, describe
from collector.web.public import health
from collector.web.public.check import CheckedPage, CheckPage, ShownCheck
from collector.web.public.events import Accepted, SendAffiliateEvent, SendEvent, SendOldEvent
from collector.web.public.form import Form, Stored, Thanks
from collector.web.public.touch import Ignored, Touch, View


def _form(reserved: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": "Every name is a field of the lead, but these, the collector's own.",
        "properties": dict.fromkeys(sorted(RESERVED), reserved),
        "additionalProperties": True,
    }


_FORM = _form({"type": "string"})
_JSON_FORM = _form({})
"""In JSON a reserved value of any type is taken: one that cannot be used never costs a lead."""

_CHECK = {"check": "A check code (collector capture check): the event is a test."}

_READS = (errors.InputError, errors.TooSlow, errors.BodyTooLarge, errors.HostRefused)
_STORES = (errors.StoreUnavailable, errors.DiskFull)


def _sends(path: str, endpoint: type[SendEvent]) -> Operation:
    return Operation(
        path=path,
        handler=endpoint,
        reads={JSON: endpoint.body},
        query=_CHECK,
        answers={200: {JSON: Accepted}},
        refuses=(*_READS, errors.Unauthorized, *_STORES),
        security=(endpoint.scheme,),
    )


def _preflight(path: str, endpoint: object, *refuses: type[errors.CollectorError]) -> Operation:
    return Operation(
        path=path,
        method="options",
        handler=endpoint,
        answers={204: {}},
        refuses=(errors.HostRefused, *refuses),
    )


def _file(path: str, media_type: str) -> Operation:
    return Operation(
        path=path, method="get", handler=Asset, answers={200: {media_type: str}, 304: {}}
    )


async def openapi(_request: Request) -> Response:
    """`GET /openapi.json`: this description of every public address."""
    return Response(_DOCUMENT, media_type=JSON)


OPERATIONS = (
    Operation(
        path="/t",
        handler=Touch,
        reads={JSON: View, "text/plain": View},
        answers={200: {JSON: (ShownVisit, Ignored)}},
        refuses=(*_READS, errors.Refused, errors.UnknownCapture, errors.TooManyRequests),
    ),
    _preflight("/t", Touch),
    Operation(
        path="/f/{source_id}",
        handler=Form,
        reads={
            "application/x-www-form-urlencoded": _FORM,
            "multipart/form-data": _FORM,
            JSON: _JSON_FORM,
            "text/plain": _JSON_FORM,
        },
        answers={200: {JSON: Stored}, 303: {}},
        refuses=(
            *_READS,
            *(errors.OriginRefused, errors.UnknownCapture, errors.UnsupportedType),
            *(errors.FieldsRefused, errors.TooManyRequests),
            *_STORES,
        ),
        refuses_as=(JSON, HTML),
    ),
    Operation(
        path="/f/check",
        handler=CheckPage,
        reads={JSON: CheckedPage, "text/plain": CheckedPage},
        answers={200: {JSON: ShownCheck}},
        refuses=(*_READS, errors.Refused, errors.TooManyRequests, errors.StoreUnavailable),
    ),
    _preflight("/f/check", CheckPage),
    _preflight("/f/{source_id}", Form, errors.UnknownCapture, errors.StoreUnavailable),
    Operation(
        path="/f/{source_id}/thanks",
        method="get",
        handler=Thanks,
        query={"_lang": "The language: en or de."},
        answers={200: {HTML: str}},
        refuses=(errors.UnknownCapture, errors.HostRefused, errors.StoreUnavailable),
        refuses_as=(HTML,),
    ),
    _sends("/v2/event", SendEvent),
    _sends("/v2/affiliate_event", SendAffiliateEvent),
    _sends("/webhooks/events", SendOldEvent),
    _file("/t.js", "text/javascript; charset=utf-8"),
    _file("/t.v1.js", "text/javascript; charset=utf-8"),
    _file("/style.css", "text/css; charset=utf-8"),
    Operation(
        path="/healthz",
        method="get",
        handler=health.healthz,
        answers={200: {JSON: health.Alive}},
    ),
    Operation(
        path="/readyz",
        method="get",
        handler=health.readyz,
        answers={200: {JSON: health.Readiness}, 503: {JSON: health.Readiness}},
    ),
    Operation(
        path="/metrics",
        method="get",
        handler=health.metrics,
        answers={200: {"text/plain; charset=utf-8": str}},
        refuses=(errors.Unauthorized,),
        security=("MetricsToken", ""),
    ),
    Operation(
        path="/openapi.json", method="get", handler=openapi, answers={200: {JSON: dict[str, Any]}}
    ),
)

_DOCUMENT = describe(OPERATIONS)
