"""What is kept of where a lead came from, and concluded from it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection

from collector.domain.capture import Capture
from collector.domain.receipt import conclude_released, parse_evidence
from collector.domain.tables import SHIPPED_TABLES
from collector.intake import rules_of
from collector.storage.captures import get_capture
from collector.storage.events import get_event, get_evidence
from tests.desk import PAID, Desk, open_desk
from tests.installation import SITE, SOURCE, Installation, in_store, installation
from tests.unit.domain.views import attributed

OTHER = "https://shop.example.net"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as opened:
        yield opened


def read(site: Installation, event_id: str) -> tuple[str, Capture]:
    def query(connection: Connection) -> tuple[str, Capture]:
        return get_evidence(connection, event_id), get_capture(connection, SOURCE)

    found: tuple[str, Capture] = in_store(site.settings, lambda store: store.read(query))
    return found


def test_an_event_of_a_foreign_origin_is_concluded_again_as_if_it_had_been_allowed(
    tmp_path: Path,
) -> None:
    with installation(tmp_path) as site:
        page = f"{OTHER}/?utm_source=google&gclid=Cj0KCQ_a-Z"
        site.post({"email": "a@b.de", "_page": page}, headers={"origin": OTHER})
        (event,) = site.events()
        assert event.metadata == {}
        text, capture = read(site, event.id)
        evidence = parse_evidence(text)
        assert evidence is not None
        concluded = conclude_released(event, evidence, rules_of(capture, SHIPPED_TABLES))
        assert concluded.metadata["gclid"] == "Cj0KCQ_a-Z"
        assert concluded.attribution["notes"][-1] == "concluded again when it was released"


def test_the_evidence_of_a_refused_consent_holds_nothing(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        site.post({"email": "a@b.de", "_consent": "denied:gpc", "_page": f"{OTHER}/?gclid=x"})
        evidence, _ = read(site, site.events()[0].id)
        assert OTHER not in evidence
        assert "gclid" not in evidence


CANARIES = {
    "_page": f"{SITE}/?utm_source=canary-page",
    "_referrer": "https://canary-referrer.example/",
    "_ga": "GA1.1.1111111111.1763200812",
    "_fbp": "fb.1.1763200812.222222222",
    "gclid": "canary-hidden",
}
ALLOWED: dict[str, tuple[str, set[str]]] = {
    "granted": ("granted:tcf", {"page", "referrer", "ga", "fbp", "hidden", "token"}),
    "nobody asked": ("", {"page", "referrer", "ga", "fbp", "hidden", "token"}),
    "an answer is still to come": ("unknown:banner", {"page", "referrer"}),
    "an answer that cannot be read": ("maybe", {"page", "referrer"}),
    "denied": ("denied:gpc", set()),
}
TRACES = {
    "page": "canary-page",
    "referrer": "canary-referrer",
    "ga": "1111111111",
    "fbp": "222222222",
    "hidden": "canary-hidden",
    "token": "Cj0KCQ",
}


@pytest.mark.parametrize(("consent", "kept"), ALLOWED.values(), ids=ALLOWED)
async def test_no_more_is_kept_of_where_a_lead_came_from_than_consent_allows(
    desk: Desk, consent: str, kept: set[str]
) -> None:
    token = desk.sign(attributed(PAID))
    fields = {**CANARIES, "_consent": consent, "_token": token}
    received = await desk.receive(fields, cookies=[("_ga", CANARIES["_ga"])], tokens=[token])
    evidence = await desk.store.read(get_evidence, received.id)
    event = await desk.store.read(get_event, received.id)
    assert {name for name, trace in TRACES.items() if trace in evidence} == kept
    concluded = json.dumps([event.metadata, event.attribution])
    assert {name for name, trace in TRACES.items() if trace in concluded} <= kept


async def test_a_denied_lead_keeps_not_even_the_referer_of_its_request(desk: Desk) -> None:
    evidence = await desk.evidence({"_consent": "denied:banner"}, referer=f"{SITE}/?gclid=canary")
    assert "canary" not in evidence


async def test_a_kept_page_holds_no_secret_that_a_get_form_put_into_its_address(
    desk: Desk,
) -> None:
    fields = {"_page": f"{SITE}/?password=s3cret&gclid=Cj0KCQ", "_referrer": f"{SITE}/?pin=s3cret"}
    received = await desk.receive(fields)
    event = await desk.store.read(get_event, received.id)
    assert "s3cret" not in await desk.store.read(get_evidence, received.id)
    assert "s3cret" not in json.dumps(event.attribution)
    assert event.metadata["gclid"] == "Cj0KCQ"


@pytest.mark.parametrize(
    ("recorded", "state", "gclid"),
    [
        (None, "denied", None),
        ("unknown:none", "denied", None),
        ("granted:tcf", "granted", "Cj0KCQ"),
    ],
)
async def test_global_privacy_control_denies_where_no_script_spoke_unless_a_grant_is_known(
    desk: Desk, recorded: str | None, state: str, gclid: str | None
) -> None:
    visitor = replace(attributed(PAID), consent=recorded or "")
    tokens = [desk.sign(visitor)] if recorded else []
    event = await desk.event({"_page": f"{SITE}/contact"}, tokens=tokens, gpc=True)
    assert event.consent.state == state
    assert event.metadata.get("gclid") == gclid


async def test_what_the_script_says_beats_the_header(desk: Desk) -> None:
    fields = {"_page": f"{SITE}/?gclid=Cj0KCQ", "_consent": "granted:none"}
    event = await desk.event(fields, gpc=True)
    assert event.metadata["gclid"] == "Cj0KCQ"
