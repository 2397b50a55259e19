from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.domain.api_key import digest_of
from collector.domain.user import User
from collector.storage.users import list_users
from tests.installation import SOURCE, Installation, in_store, installation
from tests.people import PASSWORD, Person, new_user, sign_in

PATH = "/settings/users"
NEW = {"email": "bo@example.com", "password": PASSWORD, "role": "viewer"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as opened:
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site)


def people(site: Installation) -> dict[str, User]:
    found = in_store(site.settings, lambda store: store.read(list_users))
    return {one.email: one for one in found}


def test_somebody_is_added_signs_in_and_is_disabled(site: Installation, ada: Person) -> None:
    assert ada.post(PATH, NEW | {"capture": SOURCE}).status_code == 303
    made = people(site)["bo@example.com"]
    assert (made.role, made.source_ids) == ("viewer", (SOURCE,))
    assert Person(site).post("/sign-in", NEW).status_code == 303
    assert "bo@example.com Viewer Website" in ada.text(PATH)
    ada.post(f"{PATH}/disable", {"email": "bo@example.com"})
    assert people(site)["bo@example.com"].disabled_at
    assert Person(site).post("/sign-in", NEW).status_code == 403


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "admin0@example.com"}, "email"),
        ({"password": "short"}, "password"),
        ({"role": "king"}, "role"),
        ({"role": "admin", "capture": SOURCE}, "role"),
    ],
)
def test_what_no_user_may_be_is_said(
    site: Installation, ada: Person, given: dict[str, str], field: str
) -> None:
    answer = ada.post(PATH, NEW | given)
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert PASSWORD not in answer.text
    assert len(people(site)) == 1


def test_another_session_is_ended(site: Installation, ada: Person) -> None:
    bo = sign_in(site, new_user("viewer"))
    assert "viewer0@example.com" in ada.text(PATH)
    ada.post(f"{PATH}/end-session", {"session": digest_of(bo.cookie)})
    assert bo.get("/leads").status_code == 303


def test_nobody_locks_themselves_out(site: Installation, ada: Person) -> None:
    assert ada.post(f"{PATH}/disable", {"email": "admin0@example.com"}).status_code == 403
    assert ada.get(PATH).status_code == 200


def test_users_are_for_admins(site: Installation) -> None:
    bo = sign_in(site, new_user("editor"))
    assert bo.get(PATH).status_code == bo.post(PATH, NEW).status_code == 403
    for deed in ("disable", "end-session"):
        assert bo.post(f"{PATH}/{deed}", {"email": "x"}).status_code == 403
