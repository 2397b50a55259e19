"""The URL table of the console."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.routing import BaseRoute, Route

from collector.web.assets import Asset
from collector.web.console.account import Account, Preferences
from collector.web.console.api_keys import ApiKeys, RevokeApiKey
from collector.web.console.audit_log import AuditLog
from collector.web.console.capture import CaptureDeed, CapturePage, CaptureSettings
from collector.web.console.capture_destinations import CaptureDestinations
from collector.web.console.captures import Captures, NewCapture
from collector.web.console.connect import Connect
from collector.web.console.deliveries import Deliveries
from collector.web.console.destinations import Destination, DestinationDeed, Destinations
from collector.web.console.endpoint import Entrance, NoPage
from collector.web.console.lead import Lead, LeadDeed
from collector.web.console.leads import Leads
from collector.web.console.live import Live, LiveStream
from collector.web.console.mapping import MappingPage, NewField
from collector.web.console.overview import Overview
from collector.web.console.people import DisablePerson, EndSession, People
from collector.web.console.sign_in import SignIn, SignOut, Welcome
from collector.web.console.verify import Verify, VerifyCheck, VerifyStream


def console_routes(assets: Mapping[str, tuple[str, Asset]]) -> list[BaseRoute]:
    """List every address of the console and what answers it."""
    return [
        Route("/console", Entrance()),
        Route("/console/", Overview()),
        Route("/console/sign-in", SignIn()),
        Route("/console/sign-out", SignOut()),
        Route("/console/welcome", Welcome()),
        Route("/console/account", Account()),
        Route("/console/preferences", Preferences()),
        Route("/console/leads", Leads()),
        Route("/console/leads/{event}", Lead()),
        Route("/console/leads/{event}/{deed}", LeadDeed()),
        Route("/console/deliveries", Deliveries()),
        Route("/console/captures", Captures()),
        Route("/console/captures/new", NewCapture()),
        Route("/console/captures/{capture}", CapturePage()),
        Route("/console/captures/{capture}/settings", CaptureSettings()),
        Route("/console/captures/{capture}/connect", Connect()),
        Route("/console/captures/{capture}/mapping", MappingPage()),
        Route("/console/captures/{capture}/fields", NewField()),
        Route("/console/captures/{capture}/destinations", CaptureDestinations()),
        Route("/console/captures/{capture}/{deed}", CaptureDeed()),
        Route("/console/settings/security", ApiKeys()),
        Route("/console/settings/security/{key}/revoke", RevokeApiKey()),
        Route("/console/settings/users", People()),
        Route("/console/settings/users/disable", DisablePerson()),
        Route("/console/settings/users/end-session", EndSession()),
        Route("/console/settings/audit", AuditLog()),
        Route("/console/live", Live()),
        Route("/console/live/stream", LiveStream()),
        Route("/console/verify", Verify()),
        Route("/console/verify/{code}", VerifyCheck()),
        Route("/console/verify/{code}/stream", VerifyStream()),
        Route("/console/destinations", Destinations()),
        Route("/console/destinations/{destination}", Destination()),
        Route("/console/destinations/{destination}/{deed}", DestinationDeed()),
        *(Route(f"/console/assets/{name}", asset) for name, asset in assets.values()),
        Route("/console/{rest:path}", NoPage()),
    ]
