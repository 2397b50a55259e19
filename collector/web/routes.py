"""The URL table."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.routing import BaseRoute, Route

from collector.web.assets import Asset
from collector.web.public import health
from collector.web.public.check import CheckPage
from collector.web.public.events import SendAffiliateEvent, SendEvent, SendOldEvent
from collector.web.public.form import Form, Thanks
from collector.web.public.operations import openapi
from collector.web.public.touch import Touch


def routes(assets: Mapping[str, Asset]) -> list[BaseRoute]:
    """List every public address and what answers it."""
    return [
        Route("/t", Touch()),
        Route("/f/check", CheckPage()),
        Route("/f/{source_id}", Form()),
        Route("/f/{source_id}/thanks", Thanks()),
        Route("/v2/event", SendEvent()),
        Route("/v2/affiliate_event", SendAffiliateEvent()),
        Route("/webhooks/events", SendOldEvent()),
        *(Route(f"/{name}", asset) for name, asset in assets.items()),
        Route("/healthz", health.healthz),
        Route("/readyz", health.readyz),
        Route("/metrics", health.metrics),
        Route("/openapi.json", openapi),
    ]
