from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.domain.capture import Capture
from collector.storage.audit import newest_deeds
from collector.storage.captures import list_captures
from tests.installation import SOURCE, Installation, in_store, installation, new_capture
from tests.people import Person, new_user, sign_in

OTHER = SOURCE[:-1] + "2"
NEW = {"name": "Brochure", "kind": "form", "origins": "https://www.example.org\nhttps://a.org"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (new_capture(), new_capture(source_id=OTHER, name="Trade fair"))
    with installation(tmp_path, *captures) as opened:
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site, new_user("editor"))


def captures(site: Installation) -> list[Capture]:
    found: list[Capture] = in_store(site.settings, lambda store: store.read(list_captures))
    return found


def test_the_list_says_how_far_each_has_come_and_what_is_next(
    site: Installation, ada: Person
) -> None:
    site.post({"email": "ada@example.com"})
    page = ada.text("/captures")
    assert "Website Form Live" in page
    assert "Trade fair Form New none yet Go on with the set-up" in page
    rows = {row["name"]: row for row in ada.get("/captures?format=json").json()}
    assert (rows["Website"]["stage"], rows["Trade fair"]["stage"]) == ("live", "new")
    assert ada.get("/captures?format=csv").text.startswith("source_id,name,")


def test_a_new_capture_goes_on_to_connect_and_is_noted(site: Installation, ada: Person) -> None:
    answer = ada.post("/captures/new", NEW)
    made = captures(site)[-1]
    assert answer.headers["location"] == f"/console/captures/{made.source_id}/connect"
    assert made.origins == ("https://www.example.org", "https://a.org")
    deeds = in_store(site.settings, lambda store: store.read(newest_deeds, 1))
    assert (deeds[0]["deed"], deeds[0]["subject"]) == ("capture.create", made.source_id)


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"origins": ""}, "origins", "at least one origin"),
        ({"origins": "not an origin"}, "origin", "is not an origin"),
        ({"name": " "}, "name", "1 to 255"),
        ({"kind": "pigeon"}, "kind", "not one of the choices"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_kept(
    site: Installation, ada: Person, given: dict[str, str], field: str, said: str
) -> None:
    answer = ada.post("/captures/new", NEW | {"name": "Kept <b>"} | given)
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert said in answer.text
    assert ("Kept &lt;b&gt;" in answer.text) is (field != "name")
    assert len(captures(site)) == 2


def test_what_cannot_be_is_said_in_german_too(ada: Person) -> None:
    given = NEW | {"origins": "nowhere"}
    answer = ada.post("/captures/new", given, **{"accept-language": "de"})
    assert "„nowhere“ ist kein Ursprung; schreiben Sie nur Schema, Host und Port" in answer.text


@pytest.mark.parametrize("user", [("viewer",), ("editor", SOURCE)])
def test_only_who_acts_on_every_capture_makes_one(site: Installation, user: Any) -> None:
    person = sign_in(site, new_user(*user))
    assert person.get("/captures/new").status_code == 403
    assert person.post("/captures/new", NEW).status_code == 403
    assert "New capture" not in person.text("/captures")
    assert len(captures(site)) == 2


def test_others_captures_are_not_there(site: Installation) -> None:
    bo = sign_in(site, new_user("editor", SOURCE))
    assert [row["name"] for row in bo.get("/captures?format=json").json()] == ["Website"]
    for path in ("", "/connect", "/settings", "/mapping", "/destinations"):
        assert bo.get(f"/captures/{OTHER}{path}").status_code == 404, path
    for deed in ("pause", "check", "connect", "settings", "mapping", "destinations"):
        assert bo.post(f"/captures/{OTHER}/{deed}", NEW).status_code == 404, deed
