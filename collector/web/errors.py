"""Errors to HTTP: the one place where a class of the tree becomes a status."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from collector.domain import errors
from collector.web.answer import Answer, Headers, json_answer

_log = structlog.get_logger()

STATUS: dict[type[errors.CollectorError], HTTPStatus] = {
    errors.InputError: HTTPStatus.BAD_REQUEST,
    errors.FieldsRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.BodyTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.UnsupportedType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.TooSlow: HTTPStatus.REQUEST_TIMEOUT,
    errors.Unauthorized: HTTPStatus.UNAUTHORIZED,
    errors.Refused: HTTPStatus.FORBIDDEN,
    errors.HostRefused: HTTPStatus.MISDIRECTED_REQUEST,
    errors.MethodRefused: HTTPStatus.METHOD_NOT_ALLOWED,
    errors.UnknownPath: HTTPStatus.NOT_FOUND,
    errors.UnknownCapture: HTTPStatus.NOT_FOUND,
    errors.UnknownLeadType: HTTPStatus.NOT_FOUND,
    errors.UnknownEvent: HTTPStatus.NOT_FOUND,
    errors.UnknownDelivery: HTTPStatus.NOT_FOUND,
    errors.UnknownDestination: HTTPStatus.NOT_FOUND,
    errors.UnknownKey: HTTPStatus.NOT_FOUND,
    errors.UnknownUser: HTTPStatus.NOT_FOUND,
    errors.UnknownCheck: HTTPStatus.NOT_FOUND,
    errors.UnknownView: HTTPStatus.NOT_FOUND,
    errors.LinkSpent: HTTPStatus.GONE,
    errors.NotSignedIn: HTTPStatus.UNAUTHORIZED,
    errors.TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    errors.StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.DiskFull: HTTPStatus.INSUFFICIENT_STORAGE,
}

_RETRY_AFTER_S = {errors.TooManyRequests: b"60", errors.StoreUnavailable: b"5"}


def status_of(error: errors.CollectorError) -> HTTPStatus:
    """Find the status of an error by the nearest class of the tree."""
    classes = (kind for kind in type(error).__mro__ if kind in STATUS)
    return STATUS[next(classes, errors.InputError)]


def headers_of(error: errors.CollectorError) -> Headers:
    """Say when to try again, which methods a path has, and how to present a key."""
    if isinstance(error, errors.MethodRefused):
        return ((b"allow", ", ".join(error.allowed).encode()),)
    if isinstance(error, errors.Unauthorized):
        challenge = f'{error.scheme} realm="lead-collector"'
        return ((b"www-authenticate", challenge.encode()),)
    waits = (wait for kind, wait in _RETRY_AFTER_S.items() if isinstance(error, kind))
    return tuple((b"retry-after", wait) for wait in waits)


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """What was wrong and how to cure it; `code` is a stable word, `errors` names single fields."""

    error: str
    code: str
    errors: dict[str, str] | msgspec.UnsetType = msgspec.UNSET


def refuse_as_json(error: errors.CollectorError, headers: Headers = ()) -> Answer:
    """Write an error as `{"error", "code"}`; refused fields add `errors`."""
    named: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    if isinstance(error, errors.FieldsRefused):
        named = {field: str(said) for field, said in error.errors.items()}
    value = Refusal(error=str(error), code=error.code, errors=named)
    return json_answer(status_of(error), value, (*headers_of(error), *headers))


async def not_found(_request: Request, _error: Exception) -> Response:
    """Answer for an address that is not in the URL table."""
    return _response(refuse_as_json(errors.UnknownPath("nothing lives at this address")))


async def wrong_method(_request: Request, error: Exception) -> Response:
    """Answer for a method that an address does not have."""
    named = error.headers if isinstance(error, HTTPException) else None
    allowed = (named or {}).get("Allow", "GET").split(", ")
    return _response(refuse_as_json(errors.MethodRefused(tuple(allowed))))


async def failed(request: Request, error: Exception) -> Response:
    """Answer for an error nobody expected: logged, and nothing of the inside is shown."""
    _log.error("request_failed", path=request.url.path, method=request.method, exc_info=error)
    value = Refusal(error="an error of ours; it was logged", code="internal")
    closing = ((b"connection", b"close"),)  # uvicorn does so after an error, and does not say it
    return _response(json_answer(HTTPStatus.INTERNAL_SERVER_ERROR, value, closing))


def _response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status)
    response.raw_headers.extend(answer.headers)
    return response
