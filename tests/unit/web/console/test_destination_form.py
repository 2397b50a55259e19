from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from cryptography.fernet import Fernet

from collector.destinations import KINDS, Registry
from collector.domain.pace import Pace
from collector.domain.times import SECOND
from collector.storage.audit import newest_deeds
from collector.storage.captures import destinations_of
from collector.storage.destinations import (
    ChangeDestination,
    StoredDestination,
    get_destination,
    list_destinations,
)
from collector.storage.secrets import SecretBox
from collector.web.pages import LOCALE_FOLDER
from tests.installation import SOURCE, Installation, in_store, installation, new_capture
from tests.people import Person, add_destination, new_user, sign_in

OTHER = SOURCE[:-1] + "2"
URL = "https://hooks.example.org/x"
SECRET = "whsec_" + "A" * 32
NEW = "/destinations/new?kind=webhook"
GIVEN = {"name": "Sales", "set-url": URL, "set-secret": SECRET}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (new_capture(), new_capture(source_id=OTHER, name="Trade fair"))
    with installation(tmp_path, *captures) as opened:
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site, new_user("editor"))


def stored(site: Installation) -> list[StoredDestination]:
    found: list[StoredDestination] = in_store(
        site.settings, lambda store: store.read(list_destinations)
    )
    return found


def settings_of(site: Installation, one: StoredDestination) -> dict[str, str]:
    registry: Registry = site.client.app_state["services"].console.trial.registry
    return dict(registry.settings_of(one))


def linked(site: Installation, source_id: str) -> list[str]:
    found: list[str] = in_store(
        site.settings, lambda store: store.read(destinations_of, source_id)
    )
    return found


def deeds(site: Installation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = in_store(
        site.settings, lambda store: store.read(newest_deeds, 10)
    )
    return found


def test_a_kind_is_chosen_and_asks_for_what_it_needs(ada: Person) -> None:
    page = ada.text("/destinations/new")
    for kind in KINDS.values():
        assert kind.title in page
        form = ada.get(f"/destinations/new?kind={kind.name}").text
        for setting in kind.settings:
            assert f'id="set-{setting.name}" ' in form
    assert 'type="password"' in ada.get(NEW).text


def test_it_is_made_with_its_links_and_noted(site: Installation, ada: Person) -> None:
    answer = ada.post(NEW, GIVEN | {"name": " Sales ", "capture": [SOURCE, "nothing"]})
    (made,) = stored(site)
    assert answer.headers["location"] == f"/console/destinations/{made.id}?said=created"
    assert "Created." in ada.text(f"/destinations/{made.id}?said=created")
    assert (made.kind, made.name, made.config) == ("webhook", "Sales", {"url": URL})
    assert settings_of(site, made)["secret"] == SECRET
    assert (linked(site, SOURCE), linked(site, OTHER)) == ([made.id], [])
    (noted,) = deeds(site)
    assert (noted["deed"], noted["subject"]) == ("destination.create", made.id)
    assert json.loads(noted["details"]) == {
        "kind": "webhook",
        "name": "Sales",
        "captures": [SOURCE],
    }


def test_from_the_set_up_of_a_capture_and_back(site: Installation, ada: Person) -> None:
    wizard = f"/captures/{SOURCE}/destinations"
    assert f"/destinations/new?for={SOURCE}" in ada.get(wizard).text
    assert f"kind=webhook&amp;for={SOURCE}" in ada.get(f"/destinations/new?for={SOURCE}").text
    address = f"{NEW}&for={SOURCE}"
    assert f'value="{SOURCE}" checked' in ada.get(address).text
    answer = ada.post(address, GIVEN | {"capture": SOURCE})
    assert answer.headers["location"] == f"/console{wizard}?said=created"
    assert "Created, and chosen" in ada.text(f"{wizard}?said=created")
    assert f'value="{stored(site)[0].id}" checked' in ada.get(wizard).text
    unticked = ada.post(address, GIVEN | {"name": "Other"})
    assert unticked.headers["location"] == f"/console{wizard}"


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"name": " "}, "name", "A destination has a name"),
        ({"set-url": ""}, "set-url", "This is needed."),
        ({"set-url": "not a url"}, "set-url", "Write the whole address, beginning with https://."),
        ({"set-url": "http://127.0.0.1/x"}, "set-url", "COLLECTOR_ALLOW_DESTINATIONS"),
        ({"set-url": "https://a:b@example.org/"}, "set-url", "Put no user or password into it."),
        ({"set-url": "https://example.org:25/"}, "set-url", "Its port belongs to a service"),
        ({"set-secret": "typed-wrongly"}, "set-secret", "Write whsec_ and then 32 to 88 "),
    ],
)
def test_what_cannot_be_is_said_beside_it(
    site: Installation, ada: Person, given: dict[str, str], field: str, said: str
) -> None:
    form = GIVEN | {"capture": OTHER} | given
    answer = ada.post(NEW, form)
    assert answer.status_code == 422
    beside = answer.text.partition(f'id="{field}-wrong"')[2].partition("</p>")[0]
    assert said in beside
    assert f'aria-describedby="{field}-wrong {field}-hint"' in answer.text
    assert f'value="{OTHER}" checked' in answer.text
    assert form["set-secret"] not in answer.text
    assert (stored(site), deeds(site)) == ([], [])


def test_it_is_changed_and_its_secret_stays(site: Installation, ada: Person) -> None:
    ada.post(NEW, GIVEN)
    (made,) = stored(site)
    path = f"/destinations/{made.id}/edit"
    page = ada.get(path).text
    assert URL in page
    assert SECRET not in page
    given = {"name": "Sales 2", "set-url": f"{URL}/2", "set-secret": ""}
    answer = ada.post(path, given)
    assert answer.headers["location"] == f"/console/destinations/{made.id}?said=changed"
    (after,) = stored(site)
    assert (after.name, after.id, after.changed_at) == ("Sales 2", made.id, made.changed_at + 1)
    assert settings_of(site, after) == {"url": f"{URL}/2", "secret": SECRET}
    noted = deeds(site)[0]
    assert (noted["deed"], json.loads(noted["details"])) == (
        "destination.change",
        {"changed": ["name", "url"]},
    )
    ada.post(path, given)
    assert len(deeds(site)) == 2, "nothing differed, so nothing was done"


def test_a_secret_is_replaced_and_taken_away(site: Installation, ada: Person) -> None:
    ada.post(NEW, GIVEN)
    (made,) = stored(site)
    path = f"/destinations/{made.id}/edit"
    other = "whsec_" + "B" * 32
    ada.post(path, GIVEN | {"set-secret": other})
    assert settings_of(site, stored(site)[0])["secret"] == other
    assert other not in deeds(site)[0]["details"]
    assert ada.post(path, GIVEN | {"set-secret": "short"}).status_code == 422
    ada.post(path, GIVEN | {"set-secret": "", "drop-secret": "on"})
    assert settings_of(site, stored(site)[0]) == {"url": URL}


def test_secrets_that_no_key_opens_are_typed_again(site: Installation, ada: Person) -> None:
    elsewhere = SecretBox([Fernet.generate_key().decode()])
    known = add_destination(site, URL)
    lost = replace(stored(site)[0], secrets=elsewhere.seal({"secret": SECRET}))
    in_store(site.settings, lambda store: store.write(ChangeDestination(destination=lost)))
    path = f"/destinations/{known}/edit"
    assert "cannot be decrypted any more" in ada.text(path)
    assert ada.post(path, GIVEN).status_code == 303
    found = in_store(site.settings, lambda store: store.read(get_destination, known))
    assert settings_of(site, found)["secret"] == SECRET


@pytest.mark.parametrize("user", [new_user("viewer"), new_user("editor", SOURCE)])
def test_only_who_answers_for_every_capture_makes_and_changes(
    site: Installation, user: Any
) -> None:
    known = add_destination(site, URL, SOURCE)
    person = sign_in(site, user)
    for path in (NEW, f"/destinations/{known}/edit"):
        assert person.get(path).status_code == 403
        assert person.post(path, GIVEN).status_code == 403
    for path in ("/destinations", f"/captures/{SOURCE}/destinations", f"/destinations/{known}"):
        page = person.get(path).text
        assert "/destinations/new" not in page
        assert "/edit" not in page
    assert [one.name for one in stored(site)] == ["Sales"]


def test_what_is_not_there_is_said(ada: Person) -> None:
    assert ada.get("/destinations/nothing/edit").status_code == 404
    assert ada.post("/destinations/nothing/edit", GIVEN).status_code == 404
    assert ada.post("/destinations/new?kind=pigeon", GIVEN).status_code == 400


def test_every_kind_speaks_german() -> None:
    with (LOCALE_FOLDER / "de.po").open("rb") as source:
        german = {str(one.id): one.string for one in read_po(source, locale="de")}
    for kind in KINDS.values():
        texts = [kind.about, *(text for one in kind.settings for text in (one.label, one.help))]
        assert [text for text in texts if not german.get(text)] == []


def test_its_pace_and_its_captures_are_set_where_it_is_changed(
    site: Installation, ada: Person
) -> None:
    ada.post(NEW, GIVEN | {"rate": "5/s", "capture": SOURCE})
    (made,) = stored(site)
    assert made.pace == Pace(spacing=SECOND // 5)
    page, edit = f"/destinations/{made.id}", f"/destinations/{made.id}/edit"
    assert "5/s 8 under way at once" in ada.text(page)
    form = ada.get(edit).text
    assert 'name="rate" value="5/s"' in form
    assert f'value="{SOURCE}" checked' in form
    assert f'value="{OTHER}" checked' not in form
    typed = {"name": "Sales", "set-url": URL}
    pace = {"rate": " 30/m", "burst": "4", "max_in_flight": "2", "capture": OTHER}
    assert ada.post(edit, typed | pace).status_code == 303
    (after,) = stored(site)
    assert after.pace == Pace(spacing=2 * SECOND, burst=4, max_in_flight=2)
    assert after.changed_at == made.changed_at, "no lane has to be opened again for a pace"
    assert (linked(site, SOURCE), linked(site, OTHER)) == ([], [made.id])
    noted = deeds(site)[0]
    assert noted["deed"] == "destination.change"
    assert json.loads(noted["details"]) == {"changed": ["pace", "captures"], "captures": [OTHER]}
    assert "30/m 2 under way at once, 4 after a rest Captures Trade fair" in ada.text(page)
    ada.post(edit, typed | {"capture": OTHER})
    assert stored(site)[0].pace == Pace()
    count = len(deeds(site))
    ada.post(edit, typed | {"capture": OTHER})
    assert len(deeds(site)) == count, "what changes nothing is not noted"


def test_a_pace_is_kept_as_it_was_where_its_text_is_rounded(
    site: Installation, ada: Person
) -> None:
    ada.post(NEW, GIVEN | {"rate": "7/s"})
    (made,) = stored(site)
    ada.post(f"/destinations/{made.id}/edit", {"name": "Other", "set-url": URL, "rate": "7/s"})
    assert stored(site)[0].pace == made.pace


@pytest.mark.parametrize(
    "given",
    [{"rate": "5"}, {"rate": "0/s"}, {"burst": "0"}, {"burst": "1001"}, {"max_in_flight": "²"}],
)
def test_a_pace_that_cannot_be_is_said_and_what_was_typed_stays(
    site: Installation, ada: Person, given: dict[str, str]
) -> None:
    ada.post(NEW, GIVEN | {"capture": SOURCE})
    (made,) = stored(site)
    answer = ada.post(
        f"/destinations/{made.id}/edit",
        {"name": "Mine", "set-url": URL, "capture": OTHER, **given},
    )
    ((name, value),) = given.items()
    assert answer.status_code == 422
    assert f'id="{name}-wrong"' in answer.text
    assert f'name="{name}" value="{value}"' in answer.text
    assert f'value="{OTHER}" checked' in answer.text
    assert ada.post(NEW, GIVEN | given).status_code == 422
    assert stored(site) == [made]
    assert linked(site, SOURCE) == [made.id]
