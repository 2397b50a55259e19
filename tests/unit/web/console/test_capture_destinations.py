from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.storage.captures import destinations_of, get_capture
from tests.installation import SOURCE, Installation, in_store, installation, new_capture
from tests.people import Person, add_destination, new_user, sign_in

OTHER = SOURCE[:-1] + "2"
PATH = f"/captures/{SOURCE}/destinations"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path, new_capture(), new_capture(source_id=OTHER)) as opened:
        add_destination(opened, "https://hooks.example.org/x", SOURCE)
        add_destination(opened, "https://hooks.example.org/y", OTHER, name="Fair")
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site, new_user("editor"))


def linked(site: Installation) -> list[str]:
    found: list[str] = in_store(site.settings, lambda store: store.read(destinations_of, SOURCE))
    return found


def test_what_is_chosen_is_linked_and_the_rest_is_not(site: Installation, ada: Person) -> None:
    assert "Sales" in ada.text(PATH)
    answer = ada.post(PATH, {"destination": ["to-Fair"]})
    assert linked(site) == ["to-Fair"]
    finished = answer.headers["location"].removeprefix("/console")
    assert "Real leads are delivered from now on" in ada.text(finished)
    ada.post(PATH, {"destination": ["to-Fair", "to-Sales"]})
    assert linked(site) == ["to-Fair", "to-Sales"]


def test_none_means_stored_only(site: Installation, ada: Person) -> None:
    finished = ada.post(PATH).headers["location"].removeprefix("/console")
    assert "Real leads are stored here from now on" in ada.text(finished)
    assert linked(site) == []
    found = in_store(site.settings, lambda store: store.read(get_capture, SOURCE))
    assert found.store_only
    assert "stored here only, on purpose" in ada.text(f"/captures/{SOURCE}")


def test_nobody_links_what_is_not_theirs(site: Installation) -> None:
    bo = sign_in(site, new_user("editor", SOURCE))
    assert "Fair" not in bo.text(PATH)
    assert bo.post(PATH, {"destination": "to-Fair"}).status_code == 404
    assert sign_in(site, new_user("viewer")).post(PATH).status_code == 403
    assert linked(site) == ["to-Sales"]
