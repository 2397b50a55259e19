from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import SOURCE, Installation, installation
from tests.people import Person, new_user, sign_in

PATH = "/settings/security"
NEW = {"name": "Shop", "scope": "events:write", "capture": ""}
EVENT = {
    "event_type": "lead",
    "event_name": "Lead",
    "source_id": SOURCE,
    "fields": {"email": "ada@example.com"},
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as opened:
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site)


def send(site: Installation, key: str) -> int:
    headers = {"authorization": f"Bearer {key}"}
    status: int = site.client.post("/v2/event", json=EVENT, headers=headers).status_code
    return status


def test_a_key_is_shown_once_works_and_ends_at_once(site: Installation, ada: Person) -> None:
    assert "No key yet" in ada.text(PATH)
    made = ada.post(PATH, NEW | {"capture": SOURCE}).text
    (key,) = re.findall(r"lc_[\w-]{43}", made)
    assert send(site, key) == 200
    page = ada.get(PATH).text
    assert key not in page
    assert "Shop" in page
    (path,) = re.findall(r"/settings/security/[\w-]+/revoke", page)
    ada.post(path)
    assert send(site, key) == 401
    assert "Revoked" in ada.text(PATH)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"scope": "all"}, "scope"),
        ({"scope": "admin", "capture": SOURCE}, "capture"),
        ({"capture": "nothing"}, "source_id"),
    ],
)
def test_what_no_key_may_be_is_said(ada: Person, given: dict[str, str], field: str) -> None:
    answer = ada.post(PATH, NEW | given)
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert "lc_" not in answer.text.partition("<main")[2]


def test_keys_are_for_admins(site: Installation) -> None:
    bo = sign_in(site, new_user("editor"))
    assert bo.get(PATH).status_code == bo.post(PATH, NEW).status_code == 403
    assert bo.post(f"{PATH}/x/revoke").status_code == 403
    assert sign_in(site).post(f"{PATH}/x/revoke").status_code == 404
