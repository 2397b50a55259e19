"""The URL table of the console."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from collector.web.assets import Asset
from collector.web.console.account import Account, Preferences
from collector.web.console.api_keys import ApiKeys, RevokeApiKey
from collector.web.console.arrived_links import ArrivedLinks
from collector.web.console.audit_log import AuditLog
from collector.web.console.build_link import BuildLink
from collector.web.console.capture import CaptureDeed, CapturePage, CaptureSettings
from collector.web.console.capture_destinations import CaptureDestinations
from collector.web.console.captures import Captures, NewCapture
from collector.web.console.check_site import CheckSite, SiteCheckPage, SiteCheckStream
from collector.web.console.connect import Connect
from collector.web.console.coverage import Coverage
from collector.web.console.deliveries import Deliveries
from collector.web.console.destination_form import EditDestination, NewDestination
from collector.web.console.destinations import Destination, DestinationDeed, Destinations
from collector.web.console.endpoint import Entrance, FrontDoor, NoPage
from collector.web.console.inspect import Inspect
from collector.web.console.journeys import Journeys
from collector.web.console.lead import Lead, LeadDeed
from collector.web.console.lead_types import EditLeadType, LeadTypeField, LeadTypes, RemoveType
from collector.web.console.leads import Leads
from collector.web.console.link_rules import ForgetTemplate, LinkRulesPage, LinkTemplates
from collector.web.console.lint_links import LintLinks
from collector.web.console.live import Live, LiveStream
from collector.web.console.mapping import MappingPage, NewField
from collector.web.console.origins import Origins
from collector.web.console.overview import Overview
from collector.web.console.people import DisablePerson, EndSession, People
from collector.web.console.registered_links import ForgetRegisteredLink, RegisteredLinks
from collector.web.console.reports import Reports
from collector.web.console.settings import SettingsIndex
from collector.web.console.sign_in import SignIn, SignOut, Welcome
from collector.web.console.status import Status
from collector.web.console.verify import Verify, VerifyCheck, VerifyStream
from collector.web.console.views import ForgetView, Views

PAGES: tuple[tuple[str, Callable[[], ASGIApp]], ...] = (
    ("/console", Entrance),
    ("/console/", Overview),
    ("/console/sign-in", SignIn),
    ("/console/sign-out", SignOut),
    ("/console/welcome", Welcome),
    ("/console/account", Account),
    ("/console/preferences", Preferences),
    ("/console/leads", Leads),
    ("/console/leads/{event}", Lead),
    ("/console/leads/{event}/{deed}", LeadDeed),
    ("/console/deliveries", Deliveries),
    ("/console/reports", Reports),
    ("/console/reports/coverage", Coverage),
    ("/console/reports/journeys", Journeys),
    ("/console/views", Views),
    ("/console/views/{view}/delete", ForgetView),
    ("/console/captures", Captures),
    ("/console/captures/new", NewCapture),
    ("/console/captures/{capture}", CapturePage),
    ("/console/captures/{capture}/settings", CaptureSettings),
    ("/console/captures/{capture}/connect", Connect),
    ("/console/captures/{capture}/mapping", MappingPage),
    ("/console/captures/{capture}/fields", NewField),
    ("/console/captures/{capture}/destinations", CaptureDestinations),
    ("/console/captures/{capture}/{deed}", CaptureDeed),
    ("/console/settings", SettingsIndex),
    ("/console/settings/security", ApiKeys),
    ("/console/settings/security/{key}/revoke", RevokeApiKey),
    ("/console/settings/users", People),
    ("/console/settings/users/disable", DisablePerson),
    ("/console/settings/users/end-session", EndSession),
    ("/console/settings/audit", AuditLog),
    ("/console/settings/origins", Origins),
    ("/console/settings/lead-types", LeadTypes),
    ("/console/settings/lead-types/edit", EditLeadType),
    ("/console/settings/lead-types/fields", LeadTypeField),
    ("/console/settings/lead-types/remove", RemoveType),
    ("/console/settings/status", Status),
    ("/console/live", Live),
    ("/console/live/stream", LiveStream),
    ("/console/verify", Verify),
    ("/console/verify/{code}", VerifyCheck),
    ("/console/verify/{code}/stream", VerifyStream),
    ("/console/destinations", Destinations),
    ("/console/destinations/new", NewDestination),
    ("/console/destinations/{destination}", Destination),
    ("/console/destinations/{destination}/edit", EditDestination),
    ("/console/destinations/{destination}/{deed}", DestinationDeed),
    ("/console/inspect", Inspect),
    ("/console/links", BuildLink),
    ("/console/links/lint", LintLinks),
    ("/console/links/arrived", ArrivedLinks),
    ("/console/links/registered", RegisteredLinks),
    ("/console/links/registered/{link}/delete", ForgetRegisteredLink),
    ("/console/links/rules", LinkRulesPage),
    ("/console/links/templates", LinkTemplates),
    ("/console/links/templates/{template}/delete", ForgetTemplate),
    ("/console/check-site", CheckSite),
    ("/console/check-site/{check}", SiteCheckPage),
    ("/console/check-site/{check}/stream", SiteCheckStream),
)
"""Every address of the console and what answers it; the first that fits does."""


def console_routes(assets: Mapping[str, tuple[str, Asset]]) -> list[BaseRoute]:
    """List every address of the console, its files, and what answers all others."""
    return [
        Route("/", FrontDoor()),
        *(Route(path, page()) for path, page in PAGES),
        *(Route(f"/console/assets/{name}", asset) for name, asset in assets.values()),
        Route("/console/{rest:path}", NoPage()),
    ]
