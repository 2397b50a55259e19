from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.domain.capture import Capture
from collector.domain.lead_type import LeadType
from collector.storage.captures import get_capture
from collector.storage.lead_types import SaveLeadType
from tests.installation import SITE, SOURCE, Installation, in_store, installation
from tests.people import Person, add_destination, new_user, sign_in

PATH = f"/captures/{SOURCE}"
SETTINGS = {
    "name": "Website",
    "kind": "form",
    "origins": SITE,
    "redirect": "",
    "event_type": "lead",
    "event_name": "Lead",
    "attribution_model": "last_campaign",
    "utm_keyword_from": "",
    "lead_type": "",
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as opened:
        add_destination(opened, "https://hooks.example.org/x", SOURCE)
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site, new_user("editor"))


def capture(site: Installation) -> Capture:
    found: Capture = in_store(site.settings, lambda store: store.read(get_capture, SOURCE))
    return found


def test_a_page_says_how_it_stands_and_where_leads_go(site: Installation, ada: Person) -> None:
    page = ada.text(PATH)
    assert "Nothing has arrived yet." in page
    assert f'data-source="{SOURCE}"' in page
    assert "none: every field passes under its own name" in page
    assert "Sales" in page
    site.post({"email": "ada@example.com"})
    assert "Real leads arrive." in ada.text(PATH)


def test_it_is_paused_and_what_waited_is_due_when_it_is_resumed(
    site: Installation, ada: Person
) -> None:
    assert "Paused: leads are stored" in ada.post(f"{PATH}/pause").text
    site.change_capture()
    site.post({"n": "1"})
    assert site.deliveries() == [("held", "paused")]
    assert "Active again: 1 delivery that waited is due" in ada.post(f"{PATH}/resume").text
    assert site.deliveries() == [("ready", None)]
    ada.post(f"{PATH}/archive")
    assert capture(site).state == "archived"


def test_a_check_code_makes_a_test(site: Installation, ada: Person) -> None:
    page = ada.post(f"{PATH}/check").text
    code = page.partition('id="check-code">')[2].partition("<")[0]
    assert f"{SITE}/?_check={code}" in page
    site.post({"n": "1", "_check": code})
    assert site.events()[0].marks == {"test": "check code"}


def test_settings_are_changed_as_a_whole(site: Installation, ada: Person) -> None:
    made = SaveLeadType(lead_type=LeadType(name="Test drive", required=("email",)), now=1)
    in_store(site.settings, lambda store: store.write(made))
    wanted = SETTINGS | {
        "name": "Shop",
        "origins": f"{SITE}\nhttps://*.example.org",
        "attribution_model": "first",
        "derive_utm": "on",
        "lead_type": "Test drive",
    }
    assert ada.post(f"{PATH}/settings", wanted).headers["location"] == f"/console{PATH}"
    found = capture(site)
    assert (found.name, found.attribution_model, found.derive_utm) == ("Shop", "first", True)
    assert found.origins == (SITE, "https://*.example.org")
    assert found.lead_type_name == "Test drive"
    ada.post(f"{PATH}/settings", SETTINGS)
    assert (capture(site).derive_utm, capture(site).lead_type_name) == (False, None)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"origins": ""}, "origins"),
        ({"redirect": "https://evil.example/"}, "redirect"),
        ({"attribution_model": "best"}, "attribution_model"),
        ({"utm_keyword_from": "mc_eid"}, "utm_keyword_from"),
        ({"lead_type": "nothing"}, "lead_type"),
    ],
)
def test_what_cannot_be_set_is_said_beside_it(
    site: Installation, ada: Person, given: dict[str, str], field: str
) -> None:
    answer = ada.post(f"{PATH}/settings", SETTINGS | {"name": "Kept"} | given)
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert 'value="Kept"' in answer.text
    if field != "lead_type":
        assert capture(site).name == "Website"


def test_what_a_text_of_an_error_quotes_is_text(ada: Person) -> None:
    answer = ada.post(f"{PATH}/settings", SETTINGS | {"redirect": "<i>100%d"})
    assert answer.status_code == 422
    assert "<i>" not in answer.text
    assert "100%d" in answer.text


def test_a_viewer_changes_nothing(site: Installation) -> None:
    bo = sign_in(site, new_user("viewer"))
    for deed in ("pause", "resume", "archive", "check", "settings"):
        assert bo.post(f"{PATH}/{deed}", SETTINGS).status_code == 403
    assert bo.get(f"{PATH}/settings").status_code == 403
    assert ">Pause<" not in bo.get(PATH).text
    assert capture(site).state == "active"


def test_what_is_not_there_is_404(ada: Person) -> None:
    assert ada.post(f"{PATH}/nothing").status_code == 404
    assert ada.get("/captures/nothing").status_code == 404
