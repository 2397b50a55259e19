from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import BASE, SITE, SOURCE, Installation, installation, new_capture
from tests.people import Person, add_destination, new_user, sign_in

PATH = f"/captures/{SOURCE}/connect"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as opened:
        add_destination(opened, "https://hooks.example.org/x", SOURCE)
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site, new_user("editor"))


def test_it_shows_every_way_and_waits(ada: Person) -> None:
    page = ada.text(PATH)
    assert "Waiting for the first lead" in page
    assert f'<script async src="{BASE}/t.js" data-source="{SOURCE}"></script>' in page
    assert f'action="{BASE}/f/{SOURCE}"' in page
    assert f"{BASE}/v2/event?check=" in page


def test_a_test_lead_arrives_and_goes_nowhere(site: Installation, ada: Person) -> None:
    assert ada.post(PATH).headers["location"] == f"/console{PATH}"
    (event,) = site.events()
    assert event.marks == {"test": "check code"}
    assert event.metadata["gclid"] == "TeSt-0123456789"
    assert site.deliveries() == [("held", "test")]
    page = ada.text(PATH)
    assert "A lead has arrived" in page
    assert "test@example.com" in page
    assert "TeSt-0123456789" in page
    assert "Waiting" not in page


def test_a_real_lead_connects_just_as_well(site: Installation, ada: Person) -> None:
    site.post({"email": "ada@example.com", "colour": ["red", "blue"], "_page": SITE})
    page = ada.text(PATH)
    assert "red, blue" in page
    assert "none: no campaign led to this page" in page


def test_a_webhook_shows_no_tag(tmp_path: Path) -> None:
    with installation(tmp_path, new_capture(kind="webhook", origins=())) as site:
        page = sign_in(site).text(PATH)
    assert "/v2/event" in page
    assert "<form" not in page
    assert "Open my page" not in page


def test_a_viewer_sends_nothing(site: Installation) -> None:
    bo = sign_in(site, new_user("viewer"))
    assert bo.post(PATH).status_code == 403
    assert "Send a test lead" not in bo.get(PATH).text.partition("<form")[2]
    assert site.events() == []
