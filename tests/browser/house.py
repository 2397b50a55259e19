"""A console that was worked with for a month: captures, leads, deliveries in every state."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
from sqlalchemy import Connection, insert, update

from collector.app import create
from collector.config import Settings, load, with_generated_secrets
from collector.destinations import Registry, find_kind
from collector.domain.capture import Capture
from collector.domain.check_code import CheckCodes
from collector.domain.check_link import check_link
from collector.domain.check_report import Kind, Report
from collector.domain.landing_faults import LandingFault
from collector.domain.lead_type import LeadType, Limits
from collector.domain.link_rules import LinkRules
from collector.domain.registered_link import Registrar
from collector.domain.said import Said
from collector.domain.tables import SHIPPED_TABLES
from collector.domain.tally import NOT_KNOWN, Place, Spot
from collector.domain.times import DAY, MINUTE
from collector.site_check.check import Hop, SiteReport, render_report
from collector.site_check.cookie_prospects import Prospect
from collector.site_check.landing_forms import FoundForm
from collector.site_check.site_findings import site_finding
from collector.storage.captures import CreateCapture, LinkDestination
from collector.storage.check_reports import AddReports
from collector.storage.destinations import ChangeLane, CreateDestination
from collector.storage.events import EventFilter, newest_events
from collector.storage.landing_faults import AddLandingFaults, FaultSpot
from collector.storage.lead_types import SaveLeadType
from collector.storage.registered_links import RegisterLinks
from collector.storage.saved_views import SavedView, SaveView
from collector.storage.secrets import SecretBox
from collector.storage.site_checks import EndSiteCheck, SiteCheck, StartSiteCheck
from collector.storage.store import Store, open_store
from collector.storage.tables import attempts, deliveries
from collector.storage.tallies import AddTouches, count_leads
from collector.storage.users import CreateUser
from tests.installation import CHROME, SITE, Clock
from tests.people import PASSWORD, new_user
from tests.serving import listening

BROCHURE = "01990000-0000-7000-8000-0000000000b1"
FAIR = "01990000-0000-7000-8000-0000000000b2"
VISITOR = {
    "origin": SITE,
    "user-agent": CHROME,
    "accept": "text/html",
    "content-type": "application/x-www-form-urlencoded",
}
CHECK = "01990000-0000-7000-8000-0000000000c1"
AD = f"{SITE}/offer?gclid=CjwKCAiAu67t&utm_source=google"
EMAIL = "noor@example.com"
ARRIVALS = (
    "utm_source=google&utm_medium=cpc&utm_campaign=spring-brochure&gclid=CjwKCAiAu67tBhAeEiwA7Qw",
    "utm_source=newsletter&utm_medium=email&utm_campaign=autumn",
    "utm_source=facebook&utm_medium=paid_social&utm_campaign=spring-brochure&fbclid=IwZXh0bgNhZW0",
    "",
)
PEOPLE = ("Ada Morgenstern", "Tomás Rivera", "Priya Nair", "Lena Brandt", "Jonas Weber", "Yuki")
STATES: tuple[dict[str, Any], ...] = (
    {"state": "delivered", "attempts": 1, "last_outcome": "ok"},
    {"state": "delivered", "attempts": 1, "last_outcome": "ok"},
    {"state": "refused", "reason": "rejected", "attempts": 1, "last_outcome": "refused"},
    {"state": "ready"},
    {"state": "expired", "attempts": 1, "last_outcome": "retryable"},
)
ANSWERS = {"ok": (200, None), "refused": (400, '{"error": "email: not an address"}')}
TEST_DRIVE = LeadType(
    name="Test drive",
    required=("email", "last_name"),
    optional=("postcode",),
    limits={"postcode": Limits(min_length=4, max_length=5)},
)


@dataclass(frozen=True, kw_only=True)
class House:
    """Where the console answers, and what may be opened there."""

    base: str
    clock: Clock
    lead: str
    destination: str
    delivery: int
    check: str

    @property
    def inspected(self) -> str:
        """Ask what becomes of a page view with a token that is none."""
        url = f"{SITE}/offer?{ARRIVALS[0]}&page=2&mc_eid=1"
        return urlencode({"url": url, "capture": BROCHURE, "cookie": "none", "agent": "curl/8"})

    @property
    def built(self) -> str:
        """Ask for a link with findings of the linter and a QR code."""
        given = {
            "page": f"{SITE}/offer",
            "source": "Google",
            "medium": "odd",
            "campaign": "Spring",
        }
        return urlencode(given)

    def pages(self) -> dict[str, str]:
        """Name every page for people who are signed in, by its path below the console."""
        return {
            "overview": "/",
            "leads": "/leads",
            "leads-spam": "/leads?tab=spam",
            "leads-none": "/leads?search=nobody-at-all",
            "lead": f"/leads/{self.lead}",
            "deliveries": "/deliveries",
            "delivery": f"/deliveries?delivery={self.delivery}",
            "destinations": "/destinations",
            "destination": f"/destinations/{self.destination}",
            "destination-kinds": "/destinations/new",
            "destination-new": f"/destinations/new?kind=driftrock&for={BROCHURE}",
            "destination-edit": f"/destinations/{self.destination}/edit",
            "captures": "/captures",
            "capture": f"/captures/{BROCHURE}",
            "capture-new": "/captures/new",
            "capture-settings": f"/captures/{BROCHURE}/settings",
            "connect": f"/captures/{BROCHURE}/connect",
            "mapping": f"/captures/{BROCHURE}/mapping",
            "capture-destinations": f"/captures/{BROCHURE}/destinations",
            "settings": "/settings",
            "api-keys": "/settings/security",
            "users": "/settings/users",
            "audit": "/settings/audit",
            "origins": "/settings/origins",
            "lead-types": "/settings/lead-types",
            "lead-type": "/settings/lead-types/edit?name=Test+drive",
            "lead-type-new": "/settings/lead-types/edit",
            "status": "/settings/status",
            "live": "/live",
            "verify": "/verify",
            "verify-check": f"/verify/{self.check}",
            "inspect": f"/inspect?{self.inspected}",
            "check-site": "/check-site",
            "links": f"/links?{self.built}",
            "links-empty": "/links",
            "links-registered": "/links/registered",
            "links-never": "/links/registered?tab=never",
            "links-lint": "/links/lint",
            "links-arrived": "/links/arrived",
            "links-rules": "/links/rules?template=newsletter",
            "site-check": f"/check-site/{CHECK}",
            "reports": "/reports",
            "report-campaigns": "/reports?by=campaign&model=first",
            "report-destinations": "/reports?by=destination",
            "coverage": "/reports/coverage",
            "journeys": "/reports/journeys",
            "account": "/account",
            "missing": "/nothing",
        }


def checked() -> SiteReport:
    """Make the report of a check that found something of each severity."""
    cname = Said("its CNAME leads to {name}", name="lb.cloud.example")
    found = (
        site_finding("click_id_lost", f"{SITE}/offer -> {SITE}/new", "gclid"),
        site_finding("cookie_seven_days", "/new", cname),
        site_finding("consent_banner", "/new", "Cookiebot"),
    )
    hops = (Hop(AD, 301, f"{SITE}/new", "location"), Hop(f"{SITE}/new", 200))
    form = FoundForm(
        Said("form {name}", name="contact"),
        "POST",
        f"{SITE}/_lc/f/{BROCHURE}",
        ("name", "email"),
        True,
    )
    prospect = Prospect("subdomain", cname)
    return SiteReport(hops, prospect, found, (form,), "Cookiebot")


@dataclass(frozen=True)
class Make:
    """Give deliveries the states they would have after a month, with what was tried."""

    now: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Make]) -> Sequence[None]:
        for write in writes:
            ids = list(connection.execute(deliveries.select()).mappings())
            for row in ids:
                write.change(connection, row["id"])
        return [None] * len(writes)

    def change(self, connection: Connection, delivery: int) -> None:
        state = STATES[delivery % len(STATES)]
        body = {"body": '{"email": "ada@example.com"}'}
        own = deliveries.c.id == delivery
        connection.execute(update(deliveries).where(own).values({**state, **body}))
        if outcome := state.get("last_outcome"):
            status, excerpt = ANSWERS.get(outcome, (None, None))
            tried = {
                "delivery_id": delivery,
                "number": 1,
                "generation": 1,
                "started_at": self.now,
                "ended_at": self.now + 214_000,
                "outcome": outcome,
                "reason": state.get("reason", "connect_timeout" if status is None else "ok"),
                "http_status": status,
                "latency_ms": 214,
                "excerpt": excerpt,
            }
            connection.execute(insert(attempts).values(tried))


async def _set_up(settings: Settings, now: int) -> str:
    store = await open_store(settings.database_url)
    for source_id, name in ((BROCHURE, "Spring brochure"), (FAIR, "Trade fair")):
        capture = Capture(source_id=source_id, name=name, origins=(SITE,), created_at=now)
        await store.write(CreateCapture(capture=capture))
    registry = Registry(SecretBox(settings.encryption_keys))
    for name, state in (("Driftrock", "active"), ("Sales webhook", "held")):
        given = {"url": "https://hooks.example.org/leads"}
        key = name.split()[0].lower()
        made = registry.new(find_kind("webhook"), name=name, given=given, new_id=key, now=now)
        await store.write(CreateDestination(destination=made))
        for source_id in (BROCHURE, FAIR):
            await store.write(LinkDestination(source_id=source_id, destination_id=key))
        if state == "held":
            held = ChangeLane(destination_id=key, state="held", reason="auth", now=now)
            await store.write(held)
    await store.write(SaveLeadType(lead_type=TEST_DRIVE, now=now))
    await store.write(CreateUser(user=new_user("admin", email=EMAIL)))
    await store.close()
    return "sales"


async def _send(
    visitor: aiohttp.ClientSession, base: str, number: int, fields: dict[str, str]
) -> None:
    """Send a form from a page that an ad, or nothing, led to."""
    page = f"{SITE}/brochure?{ARRIVALS[number % len(ARRIVALS)]}"
    source = FAIR if number % 4 == 3 else BROCHURE
    sent = {"_page": page, "_consent": "granted:tcf", **fields}
    posted = visitor.post(
        f"{base}/f/{source}", data=urlencode(sent).encode(), allow_redirects=False
    )
    async with posted as answer:
        assert answer.status == 303, await answer.text()


async def _send_from_elsewhere(visitor: aiohttp.ClientSession, base: str) -> None:
    """Send a form from a website that no capture allows: its lead waits."""
    sent = urlencode({"email": "fay@example.com", "_page": "https://fair.example/stand"})
    elsewhere = {"origin": "https://fair.example"}
    async with visitor.post(f"{base}/f/{FAIR}", data=sent.encode(), headers=elsewhere) as answer:
        assert answer.status == 200, await answer.text()


@asynccontextmanager
async def open_house(
    folder: Path, now: int, forms: Sequence[dict[str, str]] = (), leads: int = 24
) -> AsyncIterator[House]:
    """Serve it, with forms of a test's own as the newest leads."""
    named = {"COLLECTOR_DATA_DIR": str(folder), "COLLECTOR_RATE_LIMIT": "0"}
    settings = with_generated_secrets(load(named))
    clock = Clock(now - 27 * DAY)
    destination = await _set_up(settings, clock.at)
    app = create(settings, with_worker=False, clock=clock)
    async with (
        listening(app, lifespan="on", proxy_headers=False, timeout_graceful_shutdown=1) as base,
        aiohttp.ClientSession(headers=VISITOR) as visitor,
    ):
        for number in range(leads):
            clock.at = now - (leads - number) * 27 * DAY // leads
            name = PEOPLE[number % len(PEOPLE)]
            email = f"{name.split()[0].lower()}@example.com"
            fields = {"name": name, "email": email, "message": "Two rooms,\nplease"}
            if number % 11 == 5:
                fields["_gotcha"] = "filled"
            await _send(visitor, base, number, fields)
        for number, form in enumerate(forms):
            clock.at = now - (len(forms) - number) * MINUTE
            await _send(visitor, base, 0, form)
        clock.at = now
        lead, check = await _finish(settings, now)
        if leads:
            await _send_from_elsewhere(visitor, base)
        yield House(
            base=f"{base}/console",
            clock=clock,
            lead=lead,
            destination=destination,
            delivery=7,
            check=check,
        )


async def _finish(settings: Settings, now: int) -> tuple[str, str]:
    store: Store = await open_store(settings.database_url)
    await store.write(Make(now - MINUTE))
    odd = Place(
        now // DAY, BROCHURE, "Unassigned", "Flyer", "print", "Spring fair", "example.com/"
    )
    await _register(store, now)
    came = Place(
        now // DAY, BROCHURE, "Email", "news", "email", NOT_KNOWN, "www.example.com/offer"
    )
    await store.write(AddTouches(touches={Spot(odd): 12, Spot(came): 31}))
    await store.write(AddLandingFaults(views=_faults(now // DAY)))
    begun = SiteCheck(id=CHECK, user_id="admin", source_id=BROCHURE, url=AD, started_at=now)
    await store.write(StartSiteCheck(check=begun))
    report = render_report(checked())
    await store.write(EndSiteCheck(id=CHECK, now=now, report=report))
    await count_leads(store)
    spam = SavedView(
        id="spam", list="leads", name="Spam", query="tab=spam", user_id=None, created_at=now
    )
    await store.write(SaveView(view=spam))
    newest = await store.read(newest_events, EventFilter(source_id=BROCHURE), 1)
    code = await _check(store, settings, now, newest[0].id)
    await store.close()
    return newest[0].id, code


def _faults(day: int) -> dict[FaultSpot, int]:
    """Have links with misspelt names, within the site, and with a person in them."""
    faults = (
        ("misspelt_name", "utm_campain", "/offer"),
        *(("keyword_for_term", "utm_keyword", f"/rooms/{number}") for number in range(5)),
        ("own_domain", "utm_source", "/start"),
        ("personal_data", "utm_content", "/a-page-with-a-long-name/and-a-folder-that-is-long-too"),
    )
    return {
        FaultSpot(day, BROCHURE, LandingFault(code, name, f"www.example.com{path}")): 40 - place
        for place, (code, name, path) in enumerate(faults)
    }


async def _register(store: Store, now: int) -> None:
    """Register a link by which visitors come, and one by which nobody does."""
    registrar = Registrar(rules=LinkRules(), tables=SHIPPED_TABLES, now=now - DAY)
    flyer = "utm_source=flyer&utm_medium=print&utm_campaign=trade-fair"
    urls = (f"{SITE}/offer?utm_source=news&utm_medium=email", f"{SITE}/fair?{flyer}")
    links = [registrar.link(url, f"Autumn, {url[-4:]}", url[-4:]) for url in urls]
    await store.write(RegisterLinks(links=links))


async def _check(store: Store, settings: Settings, now: int, lead: str) -> str:
    """Begin a live check on a site that cuts click ids, and bring it as far as its delivery."""
    code, expires_at = CheckCodes(settings.secret_keys).make(BROCHURE, now)
    click_id = "Cj0KCQ-TeSt_aB-cD_eF0gH1iJ2kL3mN4oP-wcB"
    offer = check_link(f"{SITE}/brochure", click_id, code).replace(f"&_check={code}", "")
    told: tuple[tuple[Kind, dict[str, Any]], ...] = (
        ("begun", {"page": f"{SITE}/brochure", "click_id": click_id, "expires_at": expires_at}),
        ("deliver", {"destination": "driftrock"}),
        ("view", {"url": offer.replace(click_id, click_id[:12]), "set_cookie": True}),
        ("view", {"url": f"{SITE}/contact", "came": "valid", "consent": "granted:tcf"}),
        ("lead", {"event": lead, "came": "valid"}),
    )
    reports = [(code, BROCHURE, Report(now, kind, found)) for kind, found in told]
    await store.write(AddReports(reports=reports, now=now))
    return code


async def sign_in(page: Any, house: House) -> None:
    """Sign in as a person does, so late that nobody takes it for guessing."""
    house.clock.at += 2 * MINUTE
    await page.goto(f"{house.base}/sign-in")
    await page.locator("#email").fill(EMAIL)
    await page.locator("#password").fill(PASSWORD)
    async with asyncio.timeout(20):
        await page.locator("main .btn.main").click()
        await page.wait_for_url(f"{house.base}/")
