from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.domain.capture import Capture
from collector.domain.lead_type import LeadType
from collector.storage.allowed_origins import AllowOrigin
from collector.storage.captures import get_capture
from collector.storage.lead_types import SaveLeadType
from tests.installation import SITE, SOURCE, Installation, in_store, installation
from tests.people import Person, add_destination, new_user, sign_in

PATH = f"/captures/{SOURCE}"
BARE, SHOP, FAIR = "https://example.com", "https://shop.example", "https://fair.example"
SETTINGS = {
    "name": "Website",
    "kind": "form",
    "origins": f"{SITE}\n{BARE}",
    "redirect": "",
    "event_type": "lead",
    "event_name": "Lead",
    "attribution_model": "last_campaign",
    "utm_keyword_from": "",
    "lead_type": "",
}


def filled(before: dict[str, str], **typed: str) -> dict[str, str]:
    """The settings' form as a browser sends it that filled it from `before`."""
    return {f"was-{name}": value for name, value in before.items()} | before | typed


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
    wanted = {
        "name": "Shop",
        "origins": f"{SITE}\r\nhttps://*.example.org",
        "attribution_model": "first",
        "derive_utm": "on",
        "lead_type": "Test drive",
    }
    answer = ada.post(f"{PATH}/settings", filled(SETTINGS, **wanted))
    assert answer.headers["location"] == f"/console{PATH}"
    found = capture(site)
    assert (found.name, found.attribution_model, found.derive_utm) == ("Shop", "first", True)
    assert found.origins == (SITE, "https://*.example.org")
    assert found.lead_type_name == "Test drive"
    ada.post(f"{PATH}/settings", filled(SETTINGS | wanted, derive_utm="", lead_type=""))
    assert (capture(site).derive_utm, capture(site).lead_type_name) == (False, None)


def test_the_form_carries_what_it_was_filled_from(site: Installation, ada: Person) -> None:
    site.change_capture(origins=(SITE, SHOP), derive_utm=True)
    form = ada.get(f"{PATH}/settings").text
    for name, value in (SETTINGS | {"origins": f"{SITE}\n{SHOP}", "derive_utm": "on"}).items():
        assert f'<input type="hidden" name="was-{name}" value="{value}">' in form


def test_what_another_changed_meanwhile_is_kept_where_the_person_left_it(
    site: Installation, ada: Person
) -> None:
    allow = AllowOrigin(source_id=SOURCE, origin=SHOP, now=site.clock.at)
    in_store(site.settings, lambda store: store.write(allow))
    ada.post(f"{PATH}/settings", filled(SETTINGS, name="Shop"))
    assert (capture(site).name, capture(site).origins) == ("Shop", (SITE, BARE, SHOP))


def test_what_two_change_is_shown_before_it_is_replaced(site: Installation, ada: Person) -> None:
    site.change_capture(origins=(SITE, SHOP), attribution_model="first")
    mine = f"{SITE}\n{FAIR}"
    form = filled(SETTINGS, name="Mine", origins=mine, attribution_model="last")
    refused = ada.post(f"{PATH}/settings", form)
    assert refused.status_code == 422
    told = refused.text.partition('id="origins-clash">')[2].partition("</p>")[0]
    assert f"{SITE}, {SHOP}" in told
    assert "nothing was saved yet" in told
    assert 'id="attribution_model-clash"' in refused.text
    assert f">{mine}</textarea>" in refused.text
    assert (capture(site).name, capture(site).origins) == ("Website", (SITE, SHOP))

    seen = {"was-origins": f"{SITE}\r\n{SHOP}", "was-attribution_model": "first"}
    ada.post(f"{PATH}/settings", form | seen)
    assert (capture(site).name, capture(site).origins) == ("Mine", (SITE, FAIR))


def test_two_who_change_the_same_to_the_same_do_not_clash(site: Installation, ada: Person) -> None:
    site.change_capture(name="Shop")
    answer = ada.post(f"{PATH}/settings", filled(SETTINGS, name="Shop"))
    assert answer.status_code == 303
    assert capture(site).name == "Shop"


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
    answer = ada.post(f"{PATH}/settings", filled(SETTINGS, **{"name": "Kept"} | given))
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert 'value="Kept"' in answer.text
    if field != "lead_type":
        assert capture(site).name == "Website"


def test_what_a_text_of_an_error_quotes_is_text(ada: Person) -> None:
    answer = ada.post(f"{PATH}/settings", filled(SETTINGS, redirect="<i>100%d"))
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
