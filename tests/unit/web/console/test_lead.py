from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.storage.audit import newest_deeds
from tests.installation import SITE, SOURCE, Installation, in_store, installation, new_capture
from tests.people import Person, new_user, sign_in

OTHER = SOURCE[:-1] + "2"
ADS = f"{SITE}/offer?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=Cj0KCQ"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (new_capture(), new_capture(source_id=OTHER, name="Trade fair"))
    with installation(tmp_path, *captures, rate_limit="0") as opened:
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site)


def send(site: Installation, **fields: str) -> str:
    assert site.post({"name": "Cy Löwe", "email": "cy@example.com", **fields}).status_code == 303
    found: str = site.events()[0].id
    return f"/leads/{found}"


def test_a_lead_explains_itself_from_touch_to_what_is_absent(
    site: Installation, ada: Person
) -> None:
    site.touch(f"{SITE}/guide", referrer="https://www.facebook.com/")
    site.touch(ADS)
    site.touch(f"{SITE}/", referrer="https://www.google.com/")
    page = ada.text(send(site))
    assert "Paid Search , because the touch that counts here came from google / cpc" in page
    assert page.index("First touch") < page.index("Touch that wins") < page.index("Last touch")
    assert "3 touches" in page
    assert "Cj0KCQ" in page
    assert "absent: no Google Analytics cookie came along" in page
    assert "absent: not on the landing page" in page
    assert "Stored only" in page


def test_consent_reasons_and_notes_are_told_in_german_too(site: Installation, ada: Person) -> None:
    page = ada.text(send(site, _page=ADS), **{"accept-language": "de"})
    assert "Einwilligung unbekannt: niemand wurde gefragt unknown:none" in page
    assert "Hinweis es kam kein Besucher-Cookie mit no token" in page
    assert "Seite des Formulars: ein neuer Kontaktpunkt, erkannt an gclid" in page
    site.post({"email": "di@example.com", "_consent": "denied:gpc"})
    page = ada.text(f"/leads/{site.events()[0].id}")
    assert "denied: by the browser, Global Privacy Control denied:gpc" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"_page": f"{SITE}/a", "_referrer": "https://www.bing.com/"}, "came from bing"),
        ({"_page": f"{SITE}/a"}, "nothing told where the visitor came from"),
        ({}, "Nothing is known of how this person came"),
    ],
)
def test_why_this_channel_is_one_sentence_whatever_is_known(
    site: Installation, ada: Person, fields: dict[str, str], said: str
) -> None:
    assert said in ada.text(send(site, **fields))


def test_spam_is_marked_and_cleared_by_an_editor(site: Installation, ada: Person) -> None:
    path = send(site)
    assert ada.post(f"{path}/spam").headers["location"] == f"/console{path}"
    assert "Not spam: deliver" in ada.text(path)
    assert site.events()[0].marks == {"spam": "a person said so"}
    ada.post(f"{path}/not-spam")
    assert site.events()[0].marks == {}
    assert ada.post(f"{path}/not-spam").status_code == 422
    deeds = in_store(site.settings, lambda store: store.read(newest_deeds, 9))
    assert [(one["deed"], one["user_email"]) for one in deeds] == [
        ("lead.not_spam", "admin0@example.com"),
        ("lead.spam", "admin0@example.com"),
    ]


def test_an_erased_lead_is_gone_from_every_page(site: Installation, ada: Person) -> None:
    path = send(site, _page=ADS)
    refused = ada.post(f"{path}/erase", {"word": "yes"})
    assert refused.status_code == 422
    assert "Nothing was erased" in refused.text
    ada.post(f"{path}/erase", {"word": "erase"})
    assert site.events() == []
    assert ada.get("/leads?format=json").json() == []
    for gone in (path, f"{path}?format=json"):
        assert ada.get(gone).status_code == 404


def test_a_lead_is_exported_as_the_json_of_the_contract(site: Installation, ada: Person) -> None:
    found = ada.get(f"{send(site)}?format=json").json()
    assert found["fields"] == {"name": "Cy Löwe", "email": "cy@example.com"}
    assert {"id", "event_id", "metadata", "attribution", "consent"} <= found.keys()


DEEDS = ("spam", "not-spam", "retry", "erase")


@pytest.mark.parametrize("deed", DEEDS)
def test_a_viewer_changes_nothing(site: Installation, deed: str) -> None:
    viewer = sign_in(site, new_user("viewer"))
    path = send(site)
    before = site.events()
    assert viewer.post(f"{path}/{deed}", {"word": "ERASE", "delivery": "1"}).status_code == 403
    assert site.events() == before
    assert '<button class="btn bad"' not in viewer.get(path).text


@pytest.mark.parametrize("deed", ["", *(f"/{deed}" for deed in DEEDS)])
def test_others_leads_are_not_there(site: Installation, deed: str) -> None:
    bo = sign_in(site, new_user("editor", OTHER))
    path = send(site)
    before = site.events()
    form = {"word": "ERASE", "delivery": "1"}
    answer = bo.post(path + deed, form) if deed else bo.get(path)
    assert answer.status_code == 404
    assert "Löwe" not in answer.text
    assert bo.get(f"{path}?format=json").status_code == 404
    assert site.events() == before


def test_what_is_not_there_is_404(site: Installation, ada: Person) -> None:
    assert ada.get("/leads/nothing").status_code == 404
    assert ada.post(f"{send(site)}/nothing").status_code == 404
