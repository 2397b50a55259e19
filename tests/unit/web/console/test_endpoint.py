from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.domain.times import HOUR
from tests.installation import Installation, installation
from tests.people import Person, new_user, sign_in


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as opened:
        yield opened


def test_who_is_not_signed_in_is_asked_to_and_comes_back(site: Installation) -> None:
    stranger = Person(site)
    asked = stranger.get("/account?a=1&b=2")
    assert asked.headers["location"] == "/console/sign-in?next=/account%3Fa%3D1%26b%3D2"
    assert stranger.post("/account").headers["location"] == "/console/sign-in"
    refused = stranger.get("/account?format=json")
    assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")


def test_a_session_ends_when_it_is_not_used(site: Installation) -> None:
    person = sign_in(site)
    site.clock.at += 11 * HOUR
    assert person.get("/account").status_code == 200
    site.clock.at += 11 * HOUR
    assert person.get("/account").status_code == 200
    site.clock.at += 13 * HOUR
    assert person.get("/account").status_code == 303


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/nothing", "/preferences"])
def test_every_answer_is_for_this_person_on_this_site_alone(site: Installation, path: str) -> None:
    headers = sign_in(site).get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


def test_errors_are_pages_in_the_persons_language(site: Installation) -> None:
    person = sign_in(site)
    missing = person.get("/nothing", **{"accept-language": "de"})
    assert missing.status_code == 404
    assert "Hier ist nichts" in missing.text
    assert person.get("/nothing?format=json").json()["code"] == "unknown_path"
    wrong = person.post("/account", {"a": "b"}, **{"content-type": "text/plain"})
    assert wrong.status_code == 415
    assert person.get("/preferences").status_code == 405


def test_somebody_at_the_bare_address_is_shown_the_console(site: Installation) -> None:
    browser = "text/html,application/xhtml+xml,*/*;q=0.8"
    shown = site.client.get("/", headers={"accept": browser, "accept-language": "de"})
    assert (shown.status_code, 'href="/console/"' in shown.text) == (404, True)
    assert "Zur Konsole" in shown.text
    for method, accept in (("GET", "*/*"), ("GET", "application/json"), ("POST", browser)):
        answer = site.client.request(method, "/", headers={"accept": accept})
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_path")


def test_an_error_looks_as_the_person_chose(site: Installation) -> None:
    page = Person(site).get("/nothing", cookie="lc_language=de; lc_theme=dark").text
    assert ('lang="de"' in page, 'data-theme="dark"' in page) == (True, True)


def test_a_role_may_do_what_it_allows(site: Installation) -> None:
    assert sign_in(site, new_user("viewer")).get("/account").status_code == 200


def test_files_of_the_console_are_named_by_their_hash_and_kept(site: Installation) -> None:
    page = sign_in(site).get("/account").text
    names = [part.split('"')[0] for part in page.split("/console/assets/")[1:]]
    files = {name.split("#")[0] for name in names}
    assert {name.rsplit(".", 1)[1] for name in files} == {"css", "js", "svg"}
    for name in files:
        answer = site.client.get(f"/console/assets/{name}")
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]


def test_below_a_proxys_prefix_every_address_is_below_it_too(site: Installation) -> None:
    prefixed = {"x-forwarded-prefix": "/collector"}
    assert (
        Person(site)
        .get("/account", **prefixed)
        .headers["location"]
        .startswith("/collector/console/sign-in")
    )
    assert 'href="/console' not in sign_in(site).get("/account", **prefixed).text
