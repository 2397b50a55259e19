from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.web.console import replay
from tests.installation import SOURCE, Installation, installation, new_capture
from tests.people import Person, add_destination, sign_in

URL = "https://hooks.example.org/x"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path, new_capture()) as opened:
        add_destination(opened, URL, SOURCE)
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site)


def test_past_leads_are_counted_and_then_sent(site: Installation, ada: Person) -> None:
    for number in (1, 2):
        site.post({"n": str(number)})
    site.post({"n": "3", "_gotcha": "filled"})
    late = add_destination(site, URL, SOURCE, name="Late")
    path, since = f"/destinations/{late}", {"since": "2026-11-24T02:00"}
    assert ada.post(f"{path}/preview", {"since": "soon"}).status_code == 422
    said = ada.post(f"{path}/preview", since).text
    assert "3 past leads were never sent there." in said
    assert "1 of them is held by a mark or a pause" in said
    assert len(site.deliveries()) == 3
    assert "3 past leads go there now" in ada.post(f"{path}/replay", since).text
    assert len(site.deliveries()) == 6
    assert "Nothing: everything since then" in ada.post(f"{path}/preview", since).text


def test_more_past_leads_than_go_at_once_are_counted_anew(
    site: Installation, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "MOST", 2)
    for number in (1, 2, 3):
        site.post({"n": str(number)})
    late = add_destination(site, URL, SOURCE, name="Late")
    said = ada.post(f"/destinations/{late}/replay", {"since": "2026-11-24T02:00"}).text
    assert "2 past leads go there now" in said
    assert "1 past lead was never sent there." in said
