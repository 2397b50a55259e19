from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection

from collector.domain.attribution import Attribution
from collector.domain.capture import Capture
from collector.domain.check_code import CheckCodes
from collector.domain.errors import StoreUnavailable
from collector.domain.event import Event
from collector.domain.receipt import conclude_released, parse_evidence
from collector.domain.submission import MAX_ID, read_submission
from collector.domain.tables import SHIPPED_TABLES, Tables
from collector.domain.times import DAY, MINUTE, parse_time
from collector.domain.token import TokenSigner
from collector.intake import Circumstances, Intake, Received, rules_of
from collector.storage.captures import CreateCapture, get_capture
from collector.storage.events import EventFilter, get_event, get_evidence, newest_events
from collector.storage.store import Store, open_store
from tests.installation import (
    CHROME,
    SITE,
    SOURCE,
    Installation,
    in_store,
    installation,
    new_capture,
)
from tests.unit.domain.views import attributed, touched

OTHER = "https://shop.example.net"


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


# ---- what becomes of a submission -----------------------------------------------------------

NOW = parse_time("2026-11-24T02:15:00Z") + DAY
KEY = "k" * 40
PAID = touched("?gclid=Cj0KCQ&utm_source=google", path="landing")


@dataclass
class Desk:
    """An intake on a real store; it notes whom it woke and what it counted, in order."""

    store: Store
    told: list[str] = field(default_factory=list)
    signer: TokenSigner = field(default_factory=lambda: TokenSigner([KEY], "_lc", 90 * 86_400))
    tables: Tables = SHIPPED_TABLES
    codes: CheckCodes = field(default_factory=lambda: CheckCodes([KEY]))

    async def receive(self, fields: dict[str, Any], **how: Any) -> Received:
        capture = how.pop("capture", new_capture())
        said: dict[str, Any] = {"now": NOW, "origin": SITE, "agent": CHROME}
        intake = Intake(
            store=self.store,
            signer=self.signer,
            tables=self.tables,
            check_codes=self.codes,
            random=lambda size: bytes([len(self.told)]) * size,
            wake=lambda: self.told.append("woken"),
            count_rejected=self.told.append,
        )
        submission = read_submission({"n": "1", **fields}.items())
        return await intake.receive(capture, submission, Circumstances(**(said | how)))

    async def event(self, fields: dict[str, Any], **how: Any) -> Event:
        """Receive a submission and read back what was stored of it."""
        received = await self.receive(fields, **how)
        return await self.store.read(get_event, received.id)

    async def evidence(self, fields: dict[str, Any], **how: Any) -> str:
        received = await self.receive(fields, **how)
        return await self.store.read(get_evidence, received.id)

    def sign(self, attribution: Attribution) -> str:
        return self.signer.sign(attribution)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = await open_store(f"sqlite:///{tmp_path / 'collector.db'}")
    await store.write(CreateCapture(capture=new_capture()))
    yield Desk(store)
    await store.close()


async def test_a_worker_is_woken_once_a_lead_is_on_the_disk(desk: Desk) -> None:
    received = await desk.receive({"_event_id": "e-1"})
    assert (received.event_id, received.repeat) == ("e-1", False)
    assert desk.told == ["woken"]
    assert (await desk.store.read(get_event, received.id)).fields == {"n": "1"}


async def test_nobody_is_woken_and_nothing_stored_where_the_store_is_unavailable(
    desk: Desk,
) -> None:
    await desk.store._writer.close()
    with pytest.raises(StoreUnavailable):
        await desk.receive({})
    assert desk.told == []
    assert await desk.store.read(newest_events, EventFilter(), 10) == []


async def test_a_repeat_is_answered_with_the_first_ones_id(desk: Desk) -> None:
    first = await desk.receive({"_event_id": "e-1"})
    again = await desk.receive({"_event_id": "e-1"}, now=NOW + MINUTE)
    assert (again.id, again.event_id, again.repeat) == (first.id, "e-1", True)


async def test_without_an_id_of_the_senders_nothing_is_ever_a_repeat(desk: Desk) -> None:
    ids = {(await desk.receive({"_event_id": said})).id for said in ("", "x" * (MAX_ID + 1))}
    assert len(ids) == 2


MARKS: dict[str, tuple[dict[str, str], dict[str, Any], dict[str, str]]] = {
    "nothing special": ({}, {}, {}),
    "a filled honeypot": ({"_gotcha": "x"}, {}, {"spam": "honeypot"}),
    "another origin": ({}, {"origin": "https://x.example"}, {"origin": "https://x.example"}),
    "no origin": ({}, {"origin": None}, {}),
    "the origin null": ({}, {"origin": "null"}, {}),
    "over the limit": ({}, {"over_rate": True}, {"rate": "over the rate limit"}),
    "a check code that is none": ({"_check": "1-x"}, {}, {}),
    "several at once": (
        {"_gotcha": "x"},
        {"over_rate": True, "origin": "https://x.example"},
        {"spam": "honeypot", "rate": "over the rate limit", "origin": "https://x.example"},
    ),
}


@pytest.mark.parametrize(("fields", "how", "marks"), MARKS.values(), ids=MARKS)
async def test_a_mark_has_an_explicit_cause(
    desk: Desk, fields: dict[str, str], how: dict[str, Any], marks: dict[str, str]
) -> None:
    assert (await desk.event(fields, **how)).marks == marks


async def test_a_code_of_another_capture_makes_no_test(desk: Desk) -> None:
    own, _ = desk.codes.make(SOURCE, NOW)
    other, _ = desk.codes.make(SOURCE[:-1] + "9", NOW)
    assert (await desk.event({"_check": own})).marks == {"test": "check code"}
    refused = await desk.event({"_check": other})
    assert refused.marks == {}
    assert "check code invalid" in refused.attribution["notes"]


CREATED = {
    "not said": (None, NOW, False),
    "an hour ago, somewhere east": ("2026-11-25T03:15:00+02:00", NOW - 60 * MINUTE, False),
    "without a zone": ("2026-11-20 10:00", parse_time("2026-11-20T10:00:00Z"), False),
    "a clock that is a little ahead": ("2026-11-25T10:00:00Z", NOW + 465 * MINUTE, False),
    "the day after tomorrow": ("2026-11-27T00:00:00Z", NOW, True),
    "before there was time": ("1969-12-31", NOW, True),
    "no time": ("yesterday", NOW, True),
    "after the last year": ("99999-01-01", NOW, True),
}


@pytest.mark.parametrize(("said", "at", "noted"), CREATED.values(), ids=CREATED)
async def test_a_time_of_the_senders_counts_where_it_can_be(
    desk: Desk, said: str | None, at: int, noted: bool
) -> None:
    event = await desk.event({"_created_at": said} if said else {})
    assert (event.created_at, event.received_at) == (at, NOW)
    assert any("_created_at" in note for note in event.attribution["notes"]) is noted


# ---- which token counts ---------------------------------------------------------------------


async def test_of_several_tokens_the_first_that_verifies_counts_and_the_rest_by_reason(
    desk: Desk,
) -> None:
    good = desk.sign(attributed(PAID))
    tokens = ("nonsense", f"{good[:-1]}{'A' if good[-1] != 'A' else 'B'}", good, "never opened")
    event = await desk.event({"_token": "x"}, tokens=tokens)
    assert event.metadata["gclid"] == "Cj0KCQ"
    assert desk.told == ["malformed", "signature", "woken"]


async def test_the_form_field_stands_in_where_no_cookie_verifies(desk: Desk) -> None:
    event = await desk.event({"_token": desk.sign(attributed(PAID))}, tokens=("nonsense",))
    assert event.metadata["gclid"] == "Cj0KCQ"


async def test_a_token_that_is_no_good_costs_no_lead_and_is_named_as_missing(desk: Desk) -> None:
    event = await desk.event({"_token": "nonsense", "_page": f"{SITE}/contact"})
    assert event.metadata == {}
    assert event.attribution["reason"] == "token rejected: malformed"
    several = await desk.event({"_token": "nonsense"}, tokens=("x" * 4_000, "nonsense"))
    assert several.attribution["reason"] == "token rejected: oversized"
    assert (await desk.event({"n": "2"})).attribution["reason"] == "no token"


# ---- what consent lets be kept --------------------------------------------------------------

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
