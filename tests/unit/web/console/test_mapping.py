from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.domain.mapping import PASS_ALL, Mapping, render_mapping
from collector.storage.captures import get_capture
from collector.storage.mappings import link_mappings_of
from tests.installation import SOURCE, Installation, in_store, installation
from tests.people import Person, add_destination, new_user, sign_in

PATH = f"/captures/{SOURCE}/mapping"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as opened:
        add_destination(opened, "https://hooks.example.org/x", SOURCE)
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site, new_user("editor"))


def saved(site: Installation) -> Mapping | None:
    found: Mapping | None = in_store(
        site.settings, lambda store: store.read(get_capture, SOURCE)
    ).mapping
    return found


def form(*rows: tuple[str, ...], do: str = "save", **more: str) -> dict[str, Any]:
    """Write the form: each row is field, source, changes, else, otherwise."""
    names = ("to", "from", "transforms", "value", "otherwise")
    columns = zip(*rows, strict=True) if rows else [()] * 5
    return {
        **{name: list(texts) for name, texts in zip(names, columns, strict=True)},
        "unmapped": "pass",
        "country": "",
        "do": do,
        **more,
    }


EMAIL = ("email", "E-Mail", "trim; case:lower", "", "keep")
EMPTY = ("", "", "", "", "keep")


def test_rules_are_saved_and_shown_again(site: Installation, ada: Person) -> None:
    rows = (
        EMAIL,
        EMPTY,
        ("message", "@campaign", "", "", "drop"),
        ("city", "", "", "Bonn", "keep"),
    )
    answer = ada.post(PATH, form(*rows, unmapped="drop", country="de"))
    assert answer.headers["location"] == f"/console{PATH}?said=saved"
    found = saved(site)
    assert found is not None
    assert json.loads(json.dumps(render_mapping(found))) == {
        "rules": [
            {
                "to": "email",
                "from": "E-Mail",
                "transforms": [{"do": "trim"}, {"do": "case", "to": "lower"}],
                "otherwise": "keep",
            },
            {"to": "message", "attribution": "campaign", "otherwise": "drop"},
            {"to": "city", "value": "Bonn", "otherwise": "keep"},
        ],
        "unmapped": "drop",
        "country": "DE",
    }
    page = ada.get(PATH).text
    assert 'value="trim; case:lower"' in page
    assert 'value="@campaign"' in page


def test_what_was_saved_by_a_file_stays_what_it_is(site: Installation, ada: Person) -> None:
    rows = (
        ("phone", '["a, b", "c"]', '[{"do": "choice", "table": {"x;y": "z"}}]', "", "refuse"),
        ("first_name", "x", "join: ", "", "refuse"),
    )
    ada.post(PATH, form(*rows))
    before = saved(site)
    assert before is not None
    assert before.rules[0].names == ("a, b", "c")
    page = ada.get(PATH).text
    assert "[&#34;a, b&#34;, &#34;c&#34;]" in page
    assert "x;y" in page


def test_rules_are_suggested_from_what_came_and_not_saved(site: Installation, ada: Person) -> None:
    assert "Send a test lead first" in ada.post(PATH, form(do="suggest")).text
    site.post({"E-Mail": "Ada@Example.com", "Vorname": "Ada"})
    page = ada.post(PATH, form(do="suggest")).text
    assert 'value="E-Mail"' in page
    assert '<option value="first_name" selected>' in page
    assert re.search(r'<span class="badge warn">(?:(?!</span>).)*not saved yet', page, re.DOTALL)
    assert saved(site) is None


def test_going_on_saves_what_stands_there(site: Installation, ada: Person) -> None:
    on = f"/console/captures/{SOURCE}/destinations"
    assert ada.post(PATH, form(EMPTY, do="continue")).headers["location"] == on
    assert saved(site) is None
    assert ada.post(PATH, form(("email", "", "", "", "keep"), do="continue")).status_code == 422
    assert ada.post(PATH, form(EMAIL, do="continue")).headers["location"] == on
    assert len((saved(site) or PASS_ALL).rules) == 1


def test_a_try_shows_the_last_real_lead_and_saves_nothing(site: Installation, ada: Person) -> None:
    assert "No lead to show it on" in ada.text(PATH)
    site.post({"E-Mail": " Ada@Example.com "})
    page = ada.post(PATH, form(EMAIL, ("phone", "E-Mail", "", "", "refuse"), do="try")).text
    assert '<code translate="no">email</code></dt><dd translate="no">ada@example.com</dd>' in page
    assert "This is not a phone number." in page
    assert saved(site) is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("email", "", "", "", "keep"), "Say where the value comes from"),
        (("email", "x", "shout", "", "keep"), "Invalid value"),
        (("email", "x", "case:loud", "", "keep"), "Invalid enum value"),
        (("email", '["x', "", "", "keep"), "Unterminated"),
        (("email", "x", "", "", "burn"), "Invalid enum value"),
        (("nothing", "x", "", "", "keep"), "There is no field nothing"),
        (("message", "@nothing", "", "", "keep"), "There is no attribution value"),
    ],
)
def test_what_is_wrong_stands_beside_its_rule(
    site: Installation, ada: Person, row: tuple[str, ...], said: str
) -> None:
    answer = ada.post(PATH, form(EMAIL, row))
    assert answer.status_code == 422
    beside = answer.text.partition('id="rule-2"')[2].partition("</p>")[0]
    assert said in beside
    assert 'id="rule-1"' not in answer.text
    assert saved(site) is None


def test_the_way_on_to_a_destination_is_mapped_too(site: Installation, ada: Person) -> None:
    path = f"{PATH}?destination=to-Sales"
    ada.post(path, form(("E_MAIL", "email", "", "", "keep")))
    links = in_store(site.settings, lambda store: store.read(link_mappings_of, SOURCE))
    assert links["to-Sales"].rules[0].to == "E_MAIL"
    assert 'value="E_MAIL"' in ada.get(path).text
    assert ada.get(f"{PATH}?destination=nothing").status_code == 404


def test_a_missing_field_is_made(site: Installation, ada: Person) -> None:
    new = {"name": "car", "type": "choice", "label": "Car", "choices": "Leaf\nZoe"}
    answer = ada.post(f"/captures/{SOURCE}/fields", new | {"name": "Bad Name"})
    assert answer.status_code == 422
    assert 'id="name-wrong"' in answer.text
    assert ada.post(f"/captures/{SOURCE}/fields", new).status_code == 303
    assert '<option value="car">' in ada.get(PATH).text


def test_a_viewer_changes_nothing(site: Installation) -> None:
    bo = sign_in(site, new_user("viewer"))
    assert bo.post(PATH, form(EMAIL)).status_code == 403
    assert 'value="save"' not in bo.get(PATH).text
    limited = sign_in(site, new_user("editor", SOURCE))
    new = {"name": "car", "type": "text", "label": "", "choices": ""}
    assert limited.post(f"/captures/{SOURCE}/fields", new).status_code == 403
    assert saved(site) is None
