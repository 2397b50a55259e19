from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.domain.lead_type import LeadType
from collector.storage.lead_types import ApplyLeadType, SaveLeadType
from tests.installation import SITE, SOURCE, Installation, in_store, installation

URL = f"{SITE}/offer?gclid=Ab-c"
NOTED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a first view": ({}, {"set_cookie": True, "keep": False, "came": "", "ignored": ""}),
    "a foreign page": (
        {"headers": {"sec-fetch-site": "cross-site"}},
        {"set_cookie": False, "keep": True},
    ),
    "a frame": ({"framed": True}, {"framed": True, "keep": True, "set_cookie": False}),
    "consent still open": (
        {"consent": {"state": "unknown", "by": "tcf"}},
        {"consent": "unknown:tcf", "set_cookie": False, "keep": False},
    ),
    "consent refused": (
        {"consent": {"state": "denied", "by": "banner"}, "headers": {"cookie": "_lc=x"}},
        {"consent": "denied:banner", "ignored": "consent", "set_cookie": False},
    ),
    "a forged token": ({"token": "forged"}, {"came": "malformed", "set_cookie": True}),
    "Google Analytics": ({"cookies": {"_ga": "GA1.1.7.8"}}, {"client_id": "7.8"}),
    "without a referrer": ({}, {"referer": False}),
    "a page that tells": ({"headers": {"referer": SITE}}, {"referer": True}),
    "a prefetch": ({"headers": {"sec-purpose": "prefetch"}}, {"ignored": "prefetch"}),
    "a long address": ({"url": f"{URL}&x={'y' * 9_000}"}, {"url": f"{URL}&x={'y' * 9_000}"[:2_000]}),
}  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as opened:
        yield opened


def noted(site: Installation) -> list[tuple[str, dict[str, Any]]]:
    notes = site.client.app_state["services"].check_notes
    found = [(report.kind, report.found) for _, report in notes._noted]
    notes._noted = []
    return found


@pytest.mark.parametrize("name", NOTED)
def test_a_view_is_noted_as_it_came_and_was_answered(site: Installation, name: str) -> None:
    said, expected = NOTED[name]
    assert site.touch(**{"url": URL, "check": "1-x", **said}).status_code == 200
    ((kind, found),) = noted(site)
    assert kind == "view"
    assert {key: found[key] for key in expected} == expected


def test_a_view_without_a_code_leaves_nothing(site: Installation) -> None:
    site.touch(URL)
    assert noted(site) == []


def test_a_token_that_comes_back_is_known(site: Installation) -> None:
    token = site.touch(URL, check="1-x").json()["token"]
    site.touch(URL, check="1-x", headers={"cookie": f"_lc={token}"})
    assert [found["came"] for _, found in noted(site)] == ["", "valid"]


def test_a_refused_view_is_noted_and_refused_all_the_same(site: Installation) -> None:
    answer = site.touch(URL, check="1-x", headers={"origin": "https://evil.example.net"})
    assert answer.status_code == 403
    assert site.touch(URL, check="1-x", source_id=SOURCE[:-1] + "9").status_code == 404
    (first, second) = noted(site)
    assert first == (
        "refused",
        {"code": "origin", "url": URL, "origin": "https://evil.example.net", "source_id": SOURCE},
    )
    assert second[1]["code"] == "unknown_capture"


def test_only_a_lead_that_is_a_test_is_noted(site: Installation) -> None:
    codes = site.client.app_state["services"].intake.check_codes
    code, _ = codes.make(SOURCE, site.clock.at)
    site.post({"email": "ada@example.com", "_check": code})
    site.post({"email": "bo@example.com", "_check": "1-forged"})
    site.post({"email": "cy@example.com"})
    ((kind, found),) = noted(site)
    assert (kind, found["came"]) == ("lead", "")
    assert found["event"] in [event.id for event in site.events()]


def test_a_refused_lead_is_noted_by_its_fields(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        wanted = LeadType(name="Contact", required=("email", "phone"))
        for write in (
            SaveLeadType(lead_type=wanted, now=1),
            ApplyLeadType(source_id=SOURCE, name="Contact"),
        ):
            in_store(site.settings, lambda store, one=write: store.write(one))
        services = site.client.app_state["services"]
        site.client.portal.call(services.captures.refresh)  # type: ignore[union-attr]
        assert site.post({"email": "ada@example.com", "_check": "1-x"}).status_code == 422
        assert noted(site) == [("refused", {"code": "fields", "fields": "phone"})]
