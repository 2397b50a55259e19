from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.domain.api_key import digest_of
from collector.domain.times import DAY, MINUTE
from collector.storage.audit import newest_deeds
from collector.storage.sessions import CreateLink
from collector.storage.users import CreateUser, DisableUser, list_users
from collector.web.console.security import COOKIE
from collector.web.console.sign_in import safe_path
from tests.installation import Installation, in_store, installation
from tests.people import PASSWORD, Person, new_user

ADA = new_user("admin", email="ada@example.com")
FORM = {"email": "Ada@example.com ", "password": PASSWORD}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as opened:
        yield opened


@pytest.fixture
def stranger(site: Installation) -> Person:
    in_store(site.settings, lambda store: store.write(CreateUser(user=ADA)))
    return Person(site)


def cookie_of(answer: Any) -> str:
    found = re.match(rf"{COOKIE}=([^;]*); ", answer.headers["set-cookie"])
    assert found
    return found[1]


def test_address_and_password_begin_a_session_that_sign_out_ends(
    site: Installation, stranger: Person
) -> None:
    answer = stranger.post("/sign-in", {**FORM, "next": "/account?x=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/account?x=1")
    set_cookie = answer.headers["set-cookie"]
    assert "Path=/; Secure; HttpOnly; SameSite=Lax" in set_cookie
    ada = Person(site, cookie=cookie_of(answer))
    assert "ada@example.com" in ada.text("/account")
    again = cookie_of(ada.post("/sign-in", FORM))
    assert again != ada.cookie
    out = ada.post("/sign-out")
    assert out.headers["location"] == "/console/sign-in"
    assert "Max-Age=0" in out.headers["set-cookie"]
    assert ada.get("/account").headers["location"] == "/console/sign-in?next=/account"
    kept = b"".join(file.read_bytes() for file in site.settings.data_dir.iterdir())
    assert ada.cookie.encode() not in kept


@pytest.mark.parametrize(
    "form",
    [
        {"email": "ada@example.com", "password": "wrong"},
        {"email": "ada@example.com", "password": ""},
        {"email": "nobody@example.com", "password": PASSWORD},
        {"email": "", "password": ""},
        {},
    ],
)
def test_what_is_wrong_is_not_told(stranger: Person, form: dict[str, str]) -> None:
    answer = stranger.post("/sign-in", form)
    assert answer.status_code == 403
    assert "do not belong together" in answer.text
    assert "set-cookie" not in answer.headers


def test_a_disabled_user_is_a_stranger(site: Installation, stranger: Person) -> None:
    ada = Person(site, cookie=cookie_of(stranger.post("/sign-in", FORM)))
    in_store(site.settings, lambda store: store.write(DisableUser(email=ADA.email, now=1)))
    assert ada.get("/account").status_code == 303
    assert stranger.post("/sign-in", FORM).status_code == 403


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
def test_guessing_is_slowed_down_alike_for_known_and_unknown(
    site: Installation, stranger: Person, email: str
) -> None:
    wrong = {"email": email, "password": "wrong"}
    statuses = [stranger.post("/sign-in", wrong).status_code for _ in range(8)]
    assert statuses == [403] * 6 + [429] * 2
    noted = in_store(site.settings, lambda store: store.read(newest_deeds, 9))
    known = [("user.locked_out", ADA.id, None)] if email == ADA.email else []
    assert [(one["deed"], one["subject"], one["user_email"]) for one in noted] == known
    assert stranger.post("/sign-in", FORM | {"email": "bo@example.com"}).status_code == 403
    site.clock.at += 2 * MINUTE
    assert stranger.post("/sign-in", wrong).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "", "origin": "https://evil.example"},
        {"sec-fetch-site": "", "origin": "null"},
        {"sec-fetch-site": ""},
    ],
)
def test_another_sites_page_can_change_nothing(stranger: Person, headers: dict[str, str]) -> None:
    answer = stranger.post("/sign-in", FORM, **headers)
    assert answer.status_code == 403
    assert "another site" in answer.text


def test_an_old_browser_is_known_by_its_origin(stranger: Person) -> None:
    headers = {"sec-fetch-site": "", "origin": "http://127.0.0.1:8000"}
    assert stranger.post("/sign-in", FORM, **headers).status_code == 303


def test_a_session_named_twice_is_refused(site: Installation, stranger: Person) -> None:
    ada = Person(site, cookie=cookie_of(stranger.post("/sign-in", FORM)))
    twice = f"{COOKIE}={ada.cookie}; {COOKIE}=planted"
    assert Person(site).get("/account", cookie=twice).status_code == 400


def test_plain_http_over_a_network_takes_no_password(stranger: Person) -> None:
    host = {"host": "www.example.com"}
    assert "by https" in stranger.text("/sign-in", **host)
    origin = {"sec-fetch-site": "", "origin": "http://www.example.com", **host}
    assert stranger.post("/sign-in", FORM, **origin).status_code == 403
    secure = {"x-forwarded-proto": "https", **host}
    assert stranger.post("/sign-in", FORM, **secure).status_code == 303


def link(site: Installation, user_id: str | None) -> str:
    write = CreateLink(digest=digest_of("the-link"), user_id=user_id, now=site.clock.at)
    in_store(site.settings, lambda store: store.write(write))
    return "/welcome?link=the-link"


def test_a_link_signs_its_user_in_once_and_looking_at_it_costs_nothing(
    site: Installation, stranger: Person
) -> None:
    path = link(site, ADA.id)
    for _ in range(3):
        assert "ada@example.com" in stranger.text(path)
    answer = stranger.post("/welcome", {"link": "the-link"})
    assert answer.headers["location"] == "/console/"
    assert "ada@example.com" in Person(site, cookie=cookie_of(answer)).text("/account")
    assert stranger.post("/welcome", {"link": "the-link"}).status_code == 410
    assert stranger.get(path).status_code == 410


def test_the_first_admin_comes_by_link_and_no_second_one_does(site: Installation) -> None:
    stranger = Person(site)
    path = link(site, None)
    assert "first admin" in stranger.text(path)
    weak = stranger.post("/welcome", {"link": "the-link", **FORM, "password": "short"})
    assert weak.status_code == 422
    assert "at least 12 characters" in weak.text
    answer = stranger.post("/welcome", {"link": "the-link", **FORM})
    assert "Admin" in Person(site, cookie=cookie_of(answer)).text("/account")
    (user,) = in_store(site.settings, lambda store: store.read(list_users))
    assert (user.email, user.role) == ("ada@example.com", "admin")
    assert user.password.startswith("$argon2id$")
    link(site, None)
    assert stranger.get(path).status_code == 410
    deeds = in_store(site.settings, lambda store: store.read(newest_deeds, 9))
    assert [(deed["deed"], deed["user_email"]) for deed in deeds] == [
        ("user.sign_in_by_link", "ada@example.com")
    ]


def test_a_link_is_over_after_a_day(site: Installation, stranger: Person) -> None:
    path = link(site, ADA.id)
    site.clock.at += DAY
    assert stranger.get(path).status_code == 410
    assert stranger.get("/welcome").status_code == 410


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/leads?a=b", "/leads?a=b"),
        ("", "/"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\r\nset-cookie: x", "/"),
        ("/ä", "/"),
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(text: str, path: str) -> None:
    assert safe_path(text) == path
