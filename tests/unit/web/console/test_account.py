from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.domain.api_key import digest_of
from collector.storage.sessions import OpenSession
from tests.installation import Installation, in_store, installation
from tests.people import PASSWORD, Person, new_user, sign_in

NEW = "four words without sense"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as opened:
        yield opened


@pytest.fixture
def person(site: Installation) -> Person:
    return sign_in(site, new_user("viewer"))


def test_another_password_ends_other_sessions_and_keeps_this_one(
    site: Installation, person: Person
) -> None:
    begun = OpenSession(digest=digest_of("other"), user_id="viewer", now=site.clock.at)
    in_store(site.settings, lambda store: store.write(begun))
    other = Person(site, cookie="other")
    assert other.get("/account").status_code == 200
    answer = person.post("/account", {"current": PASSWORD, "password": NEW})
    assert answer.headers["location"] == "/console/account?changed=password"
    assert other.get("/account").status_code == 303
    assert "was changed" in person.text("/account?changed=password")
    signed = {"email": "viewer0@example.com", "password": NEW}
    assert person.post("/sign-in", signed).status_code == 303


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"current": "wrong", "password": NEW}, "This is not your password of now."),
        ({"current": PASSWORD, "password": "short"}, "A password has at least 12 characters."),
        ({"current": PASSWORD, "password": "password1234"}, "easily guessed"),
    ],
)
def test_what_keeps_a_password_from_being_changed_is_told(
    person: Person, form: dict[str, str], said: str
) -> None:
    answer = person.post("/account", form)
    assert answer.status_code == 422
    assert said in answer.text


def test_language_looks_and_keys_are_kept_by_the_browser(person: Person) -> None:
    chosen = person.post("/preferences", {"lc_language": "de", "back": "/account"})
    assert chosen.headers["location"] == "/console/account"
    assert chosen.headers["set-cookie"].startswith("lc_language=de; ")
    page = person.get("/account", cookie=f"{_cookie(person)}; lc_language=de; lc_theme=dark")
    assert '<html lang="de" data-theme="dark">' in page.text
    assert "Passwort ändern" in page.text
    assert "set-cookie" not in person.post("/preferences", {"lc_theme": "pink"}).headers
    quiet = person.get("/account", cookie=f"{_cookie(person)}; lc_keys=off; lc_theme=pink")
    assert '<html lang="en" data-keys="off">' in quiet.text


def _cookie(person: Person) -> str:
    return f"__Host-lc_session={person.cookie}"
