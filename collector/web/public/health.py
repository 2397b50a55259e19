"""For operators: does the process run, is it ready, what has it counted."""

from __future__ import annotations

import hmac

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from collector.domain.errors import CollectorError
from collector.storage import schema
from collector.storage.probe import Probe
from collector.web.client import is_loopback
from collector.web.errors import Refusal
from collector.web.incoming import Incoming
from collector.web.services import Services, services_of


class Alive(msgspec.Struct, frozen=True):
    """The process runs and its loop turns."""

    ok: bool = True


class Readiness(msgspec.Struct, frozen=True):
    """Whether a lead sent now would be stored; if not, the reasons."""

    ready: bool
    reasons: list[str]


async def healthz(_request: Request) -> Response:
    """`GET /healthz`: the process runs and its loop turns."""
    return _json(Alive())


async def readyz(request: Request) -> Response:
    """`GET /readyz`: whether a lead sent now would be stored, and if not, why."""
    reasons = await _reasons(services_of(request.scope))
    return _json(Readiness(ready=not reasons, reasons=reasons), 503 if reasons else 200)


async def _reasons(services: Services) -> list[str]:
    reasons = []
    try:
        await services.store.write(Probe())
        found = await services.store.read(schema.current_revision)
    except CollectorError as error:
        return [f"the database is not writable: {error}"]
    if schema.lacks_migrations(found):
        reasons.append(f"the schema is at {found}, {schema.HEAD} is needed: run collector migrate")
    if not services.has_room():
        reasons.append("the disk is nearly full: leads are answered with 507 until there is room")
    return reasons


async def metrics(request: Request) -> Response:
    """`GET /metrics` for the bearer of the token, else for this machine itself."""
    services = services_of(request.scope)
    if not _may_read_metrics(request, services):
        return _json(Refusal(error="send the metrics token", code="unauthorized"), 401)
    return PlainTextResponse(services.metrics.render())


def _json(value: msgspec.Struct, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def _may_read_metrics(request: Request, services: Services) -> bool:
    if services.metrics_token:
        said = request.headers.get("authorization", "")
        return hmac.compare_digest(said.encode(), f"Bearer {services.metrics_token}".encode())
    incoming = Incoming(request.scope, request.receive)
    client = services.clients.read(incoming)
    proxied = any(name.startswith((b"forwarded", b"x-forwarded-")) for name in incoming.headers)
    return is_loopback(client.address) and is_loopback(client.host) and not proxied
