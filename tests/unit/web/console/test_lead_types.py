from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.domain.lead_type import LeadType, Limits
from collector.storage.lead_types import ApplyLeadType, SaveLeadType, list_lead_types
from tests.installation import SOURCE, Installation, in_store, installation, new_capture
from tests.people import Person, new_user, sign_in

PATH = "/settings/lead-types"
OTHER = SOURCE[:-1] + "2"
EDIT = f"{PATH}/edit"
DRIVE = {"use.email": "required", "use.postcode": "optional", "most.postcode": "5"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path, new_capture(), new_capture(source_id=OTHER)) as opened:
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site)


def saved(site: Installation) -> list[LeadType]:
    found: list[LeadType] = in_store(site.settings, lambda store: store.read(list_lead_types))
    return found


def apply(site: Installation, name: str | None) -> None:
    write = ApplyLeadType(source_id=SOURCE, name=name)
    in_store(site.settings, lambda store: store.write(write))
    site.change_capture(event_name="Contact")


def test_a_lead_type_is_made_judges_leads_is_changed_and_removed(
    site: Installation, ada: Person
) -> None:
    assert "No lead type yet" in ada.text(PATH)
    made = ada.post(EDIT, DRIVE | {"name": " Test drive / now "})
    assert made.headers["location"] == f"/console{PATH}"
    (drive,) = saved(site)
    name = drive.name
    assert drive == LeadType(
        name="Test drive / now",
        required=("email",),
        optional=("postcode",),
        limits={"postcode": Limits(max_length=5)},
    )
    apply(site, name)
    assert site.post({"postcode": "53113", "_lang": "en"}).status_code == 422
    page = ada.text(PATH)
    assert "Test drive / now email postcode" in page
    assert "Remove" not in page


def test_a_lead_type_is_changed_and_removed_where_no_capture_has_it(
    site: Installation, ada: Person
) -> None:
    name = "Test drive / now"
    ada.post(EDIT, DRIVE | {"name": name})
    apply(site, name)
    address = f"{EDIT}?name=Test+drive+%2F+now"
    form = ada.get(address).text
    assert 'name="most.postcode" value="5"' in form
    assert 'id="name"' not in form
    ada.post(address, {"use.email": "optional"})
    assert saved(site) == [LeadType(name=name, optional=("email",))]
    site.change_capture(event_name="Drive")
    assert site.post({"postcode": "53113"}).status_code == 303
    refused = ada.post(f"{PATH}/remove", {"name": name})
    assert refused.status_code == 422
    assert "is the lead type of" in refused.text
    german = ada.post(f"{PATH}/remove", {"name": name}, **{"accept-language": "de"})
    assert f"„{name}“ ist der Lead-Typ von Website" in german.text
    apply(site, None)
    ada.post(f"{PATH}/remove", {"name": name})
    assert saved(site) == []
    assert ada.post(f"{PATH}/remove", {"name": name}).status_code == 422
    log = ada.text("/settings/audit")
    assert [f"lead_type.{deed}" in log for deed in ("create", "change", "remove")] == [True] * 3


@pytest.mark.parametrize(
    ("given", "place", "said"),
    [
        ({"name": ""}, "name", "A lead type has a name"),
        ({"name": "Taken"}, "name", "already"),
        ({"use.email": "burn"}, "email", "This is not one of the choices"),
        ({"most.postcode": "five"}, "postcode", "Write whole numbers"),
        ({"most.postcode": "2.5"}, "postcode", "Write whole numbers"),
        ({"most.postcode": "-1"}, "postcode", "Write whole numbers"),
        ({"most.postcode": "nan"}, "postcode", "Write whole numbers"),
        ({"least.postcode": "6"}, "postcode", "The least is over the most"),
        ({"use.age": "optional", "least.age": "1e300"}, "age", "Write numbers"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_saved(
    site: Installation, ada: Person, given: dict[str, str], place: str, said: str
) -> None:
    ada.post(EDIT, DRIVE | {"name": "Taken"})
    ada.post(f"{PATH}/fields", {"name": "age", "type": "number"})
    before = saved(site)
    answer = ada.post(EDIT, DRIVE | {"name": "New"} | given)
    assert answer.status_code == 422
    marked = "name-wrong" if place == "name" else f"wrong-{place}"
    beside = answer.text.partition(f' id="{marked}"')[2].partition("</p>")[0]
    assert said in beside
    assert saved(site) == before


def test_numbers_have_a_size_and_limits_that_no_page_shows_stay(
    site: Installation, ada: Person
) -> None:
    ada.post(f"{PATH}/fields", {"name": "age", "type": "number"})
    age = Limits(minimum=18, max_length=3)
    write = SaveLeadType(
        lead_type=LeadType(name="T", optional=("age",), limits={"age": age}), now=1
    )
    in_store(site.settings, lambda store: store.write(write))
    address = f"{EDIT}?name=T"
    assert 'name="least.age" value="18"' in ada.get(address).text
    ada.post(address, {"use.age": "required", "least.age": "17,5", "most.age": "99"})
    limits = Limits(minimum=17.5, maximum=99, max_length=3)
    assert saved(site) == [LeadType(name="T", required=("age",), limits={"age": limits})]


def test_a_field_that_is_missing_is_made_on_the_way(site: Installation, ada: Person) -> None:
    new: dict[str, Any] = {"name": "car", "type": "choice", "label": "Car", "choices": "Leaf\nZoe"}
    refused = ada.post(f"{PATH}/fields", new | {"name": "Bad Name"})
    assert refused.status_code == 422
    assert 'id="name-wrong"' in refused.text
    assert ada.post(f"{PATH}/fields", new).headers["location"] == f"/console{EDIT}"
    assert 'name="use.car"' in ada.get(EDIT).text
    ada.post(EDIT, {"name": "Ü & more", "use.car": "required"})
    there = ada.post(
        f"{PATH}/fields?name=%C3%9C+%26+more",
        new | {"name": "colour", "type": "text", "choices": ""},
    )
    assert there.headers["location"] == f"/console{EDIT}?name=%C3%9C+%26+more"


def test_only_editors_of_every_capture_change_them(site: Installation, ada: Person) -> None:
    ada.post(EDIT, DRIVE | {"name": "Drive"})
    apply(site, "Drive")
    for person in (
        sign_in(site, new_user("viewer")),
        sign_in(site, new_user("editor", SOURCE)),
    ):
        assert "Drive" in person.text(PATH)
        assert "edit" not in person.get(PATH).text.partition("<main")[2]
        assert person.get(EDIT).status_code == 403
        assert person.post(EDIT, DRIVE | {"name": "Other"}).status_code == 403
        assert person.post(f"{PATH}/remove", {"name": "Drive"}).status_code == 403
        assert person.post(f"{PATH}/fields", {"name": "x", "type": "text"}).status_code == 403
    assert [one.name for one in saved(site)] == ["Drive"]


def test_a_limited_person_sees_no_capture_of_others(site: Installation, ada: Person) -> None:
    ada.post(EDIT, DRIVE | {"name": "Drive"})
    apply(site, "Drive")
    stranger = sign_in(site, new_user("viewer", OTHER))
    assert SOURCE not in stranger.get(PATH).text
    assert "none has it" in stranger.text(PATH)


def test_an_unknown_lead_type_is_not_there(ada: Person) -> None:
    assert ada.get(f"{EDIT}?name=nothing").status_code == 404
    assert ada.post(f"{EDIT}?name=nothing", DRIVE).status_code == 404
