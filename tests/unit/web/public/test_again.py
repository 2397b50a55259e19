"""A form that breaks its capture's lead type: given back whole, and the same event when it comes."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from collector.domain.faults import FAULTS
from collector.domain.lead_type import LeadType
from collector.domain.mapping import parse_mapping
from collector.storage.captures import CreateCapture
from collector.storage.lead_types import ApplyLeadType, SaveLeadType
from collector.storage.mappings import SaveMapping
from collector.storage.together import Together
from tests.installation import SITE, SOURCE, Installation, in_store, installation, new_capture

LANDING = f"{SITE}/?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=Cj0KCQ_a-Z"
GA = {"_ga": "GA1.1.1483920571.1763200812", "_fbp": "fb.1.1763200812000.123456789"}
MAPPING: dict[str, Any] = {
    "rules": [{"to": "email", "from": "E-Mail"}, {"to": "last_name", "from": "Nachname"}]
}


class Inputs(HTMLParser):
    """The names and values of a page's inputs."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "input":
            self.values[said["name"] or ""] = said.get("value") or ""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as opened:
        lead_type = LeadType(name="Contact", required=("email", "last_name"))
        writes = Together(
            writes=[
                SaveMapping(source_id=SOURCE, mapping=parse_mapping(MAPPING)),
                SaveLeadType(lead_type=lead_type, now=1),
                ApplyLeadType(source_id=SOURCE, name="Contact"),
            ]
        )
        in_store(opened.settings, lambda store: store.write(writes))
        opened.change_capture(event_name="Contact")
        yield opened


def send_again(site: Installation, page: str, **corrected: str) -> Any:
    """Post the page as a sandboxed one does: no cookie, no Referer, the origin `null`."""
    site.client.cookies.clear()
    return site.post(Inputs(page).values | corrected, headers={"origin": "null"})


def test_a_form_that_fits_is_stored_under_its_type(site: Installation) -> None:
    assert site.post({"E-Mail": "a@b.de", "Nachname": "King"}).status_code == 303
    (event,) = site.events()
    assert event.lead_type == "Contact"
    assert event.fields == {"E-Mail": "a@b.de", "Nachname": "King"}, "stored as it was sent"


def test_a_form_that_does_not_is_given_back_and_nothing_stored(site: Installation) -> None:
    answer = site.post({"E-Mail": "nope", "Frage": "<b>?"})
    assert answer.status_code == 422
    assert (
        Inputs(answer.text).values.items()
        >= {
            "E-Mail": "nope",
            "Nachname": "",
            "Frage": "<b>?",
        }.items()
    )
    assert FAULTS["email"] in answer.text
    assert FAULTS["missing"] in answer.text
    assert "<b>" not in answer.text
    assert site.events() == []


def test_the_faults_are_told_in_german(site: Installation) -> None:
    answer = site.post({"E-Mail": "nope", "_lang": "de"})
    assert "Das ist keine E-Mail-Adresse." in answer.text
    assert "Bitte füllen Sie dieses Feld aus." in answer.text


def test_programs_read_json(site: Installation) -> None:
    answer = site.post({"E-Mail": "nope"}, headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"E-Mail": FAULTS["email"], "Nachname": FAULTS["missing"]}
    assert answer.json()["code"] == "fields"
    assert site.events() == []


def test_sent_again_it_has_the_attribution_of_the_cookie(site: Installation) -> None:
    site.touch(LANDING)
    page = site.post({"E-Mail": "nope", "Nachname": "King"}).text
    assert send_again(site, page, **{"E-Mail": "a@b.de"}).status_code == 303
    (event,) = site.events()
    assert event.metadata["gclid"] == "Cj0KCQ_a-Z"
    assert event.metadata["utm_campaign"] == "spring"


def test_the_cookie_that_counts_is_carried_and_not_a_forged_one_before_it(
    site: Installation,
) -> None:
    site.touch(LANDING)
    token = site.client.cookies["_lc"]
    site.client.cookies.clear()
    page = site.post({"E-Mail": "nope"}, headers={"cookie": f"_lc=forged; _lc={token}"}).text
    assert Inputs(page).values["_token"] == token


def test_sent_again_it_has_the_page_and_the_cookies_of_other_scripts(site: Installation) -> None:
    cookies = "; ".join(f"{name}={value}" for name, value in GA.items())
    headers = {
        "referer": f"{SITE}/contact?gclid=fromThePage",
        "cookie": cookies,
        "sec-fetch-site": "same-site",
    }
    page = site.post({"E-Mail": "nope", "Nachname": "King"}, headers=headers).text
    send_again(site, page, **{"E-Mail": "a@b.de"})
    (event,) = site.events()
    assert event.metadata["gclid"] == "fromThePage"
    assert event.metadata["ga_client_id"] == "1483920571.1763200812"
    assert event.attribution["fbp"] == GA["_fbp"]


def test_sent_again_twice_it_is_one_event(site: Installation) -> None:
    page = site.post({"E-Mail": "nope", "Nachname": "King"}).text
    for _ in range(2):
        assert send_again(site, page, **{"E-Mail": "a@b.de"}).status_code == 303
    assert len(site.events()) == 1


def test_an_event_id_that_came_stays(site: Installation) -> None:
    page = site.post({"E-Mail": "nope", "_event_id": "e-1"}).text
    assert Inputs(page).values["_event_id"] == "e-1"


def test_after_a_no_nothing_is_carried(site: Installation) -> None:
    site.touch(LANDING)
    page = site.post({"E-Mail": "nope", "Nachname": "King", "_consent": "denied:banner"}).text
    assert "_token" not in Inputs(page).values
    site.client.cookies.clear()
    send_again(site, page, **{"E-Mail": "a@b.de"})
    (event,) = site.events()
    assert event.metadata == {}
    assert event.attribution["reason"] == "consent"


def test_attribution_is_never_what_a_lead_waits_for(site: Installation) -> None:
    fields = {"E-Mail": "a@b.de", "Nachname": "King", "_token": "forged"}
    assert site.post(fields, headers={"origin": "null"}).status_code == 303


def test_other_captures_ask_nothing(site: Installation) -> None:
    other = new_capture(source_id=SOURCE[:-1] + "2")
    in_store(site.settings, lambda store: store.write(CreateCapture(capture=other)))
    assert site.post({"x": "1"}, source=other.source_id).status_code == 303
