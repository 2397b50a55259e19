from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from collector.cli import main
from collector.cli.session import now
from collector.domain.times import MINUTE
from tests.installation import SITE, SOURCE, Installation, installation, new_capture

LANDING = f"{SITE}/?utm_source=google&utm_medium=cpc&gclid=Cj0KCQ_a-Z"
TIMELY = ("token", "at")


def run(folder: Path, *arguments: str, code: int = 0) -> str:
    found = CliRunner().invoke(
        main, ["inspect", *arguments], env={"COLLECTOR_DATA_DIR": str(folder)}
    )
    assert found.exit_code == code, found.output
    return found.stdout


def timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items() if key not in TIMELY}
    return value


def test_inspect_says_what_a_touch_would_answer(tmp_path: Path) -> None:
    said = json.loads(run(tmp_path, LANDING, "--referrer", "https://www.google.com/", "--json"))
    with installation(tmp_path) as site:
        answered = site.touch(LANDING, referrer="https://www.google.com/").json()
    assert timeless(said) == timeless(answered)


def test_inspect_explains_in_words_and_needs_no_database(tmp_path: Path) -> None:
    said = run(tmp_path, LANDING)
    assert "Paid Search" in said
    assert "gclid       = Cj0KCQ_a-Z" in said
    assert not (tmp_path / "collector.db").exists()


def test_a_cookie_that_is_none_is_named(tmp_path: Path) -> None:
    assert "cookie   not used: malformed" in run(tmp_path, LANDING, "--cookie", "x")


def test_an_address_that_is_none_is_wrong_use(tmp_path: Path) -> None:
    run(tmp_path, "www.example.com", code=2)


# ---- inspect and POST /t are one ------------------------------------------------------------

KEYWORD = SOURCE[:-1] + "2"
OTHER_SITE = SOURCE[:-1] + "3"
FACEBOOK = "https://l.facebook.com/"
VIEWS: dict[str, tuple[str, str]] = {
    "a paid click": (LANDING, "https://www.google.com/"),
    "an organic visit": (f"{SITE}/", "https://www.bing.com/search?q=x"),
    "a referral": (f"{SITE}/a?b=c#d", "https://www.blog.example.net/post"),
    "direct": (f"{SITE}/about", ""),
    "an own referrer": (f"{SITE}/about", f"{SITE}/"),
    "a payment page": (f"{SITE}/thanks", "https://www.paypal.com/checkout"),
    "a shared link": (f"{LANDING}&fbclid=IwAR0abc", FACEBOOK),
    "a click id in another case": (f"{SITE}/?GCLID=Cj0KCQ_a-Z&UTM_Source=x", ""),
    "parameters in a fragment": (f"{SITE}/#/shop?utm_source=mail&utm_medium=email", ""),
    "an id too long": (f"{SITE}/?gclid={'x' * 2_001}&utm_source=a", ""),
    "odd letters": (f"{SITE}/?gclid=a+b%2Bc%FF&utm_campaign=%F0%9F%99%82+x", ""),
    "a person's name": (f"{SITE}/?mc_eid=secret&utm_term=ada@example.org", ""),
    "a keyword": (f"{SITE}/?utm_source=a&utm_term=boots", ""),
    "a check code": (f"{SITE}/?_check=1-x&gclid=Cj0KCQ_a-Z", ""),
    "the owner's other site": (f"{SITE}/about", "https://www.example.org/"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    captures = (
        new_capture(),
        new_capture(
            source_id=KEYWORD,
            origins=(SITE, "https://www.example.org"),
            utm_keyword_from="utm_term",
            derive_utm=True,
            attribution_model="first",
            created_at=2,
        ),
        new_capture(source_id=OTHER_SITE, origins=("https://example.net",), created_at=3),
    )
    with installation(tmp_path_factory.mktemp("inspect"), *captures) as opened:
        yield opened


def known_visitor(site: Installation) -> str:
    """A visitor who came by a paid click a minute ago; answers the token."""
    site.clock.at = now() - MINUTE
    site.client.cookies.clear()
    token: str = site.touch(LANDING).json()["token"]
    site.client.cookies.clear()
    return token


def answers(site: Installation, view: tuple[str, str], **said: str) -> tuple[Any, Any]:
    """What `collector inspect` and what the server make of one view, times apart."""
    url, referrer = view
    site.clock.at = now() - MINUTE
    cookie = known_visitor(site) if said.pop("visitor") == "known" else ""
    site.client.cookies.clear()
    source_id = said.get("capture", SOURCE)
    answered = site.touch(url, referrer=referrer, token=cookie, source_id=source_id).json()
    more = [part for name, value in said.items() for part in (f"--{name}", value)]
    arguments = (url, "--referrer", referrer, "--cookie", cookie, *more)
    inspected = json.loads(run(site.settings.data_dir, *arguments, "--json"))
    assert list(inspected) == list(answered)
    for one in (inspected, answered):
        fbc = one["attribution"]["fbc"]
        one["attribution"]["fbc"] = fbc and re.sub(r"\.\d{13}\.", ".time.", fbc)
    return timeless(inspected), timeless(answered)


@pytest.mark.parametrize("visitor", ["new", "known"])
@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_inspect_answers_as_the_server_does(
    site: Installation, view: tuple[str, str], visitor: str
) -> None:
    inspected, answered = answers(site, view, visitor=visitor)
    assert inspected == answered
    assert inspected["keep"] is False


@pytest.mark.parametrize("name", ["a keyword", "an organic visit", "the owner's other site"])
def test_inspect_judges_by_the_rules_of_the_capture_it_is_given(
    site: Installation, name: str
) -> None:
    inspected, answered = answers(site, VIEWS[name], visitor="new", capture=KEYWORD)
    assert inspected == answered
    plain, _ = answers(site, VIEWS[name], visitor="new")
    assert plain["metadata"] != inspected["metadata"]


def test_the_token_it_prints_is_one_that_the_server_takes(site: Installation) -> None:
    site.client.cookies.clear()
    token = json.loads(run(site.settings.data_dir, LANDING, "--json"))["token"]
    site.clock.at = now()
    answer = site.touch(f"{SITE}/about", token=token).json()
    assert answer["metadata"]["gclid"] == "Cj0KCQ_a-Z"


def test_nothing_is_sent_stored_or_counted(site: Installation) -> None:
    before = site.client.get("/metrics").text
    run(site.settings.data_dir, LANDING, "--capture", SOURCE)
    assert site.client.get("/metrics").text == before
    assert site.events() == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda token: f"AAAA{token[4:]}", "key"),
        (lambda token: f"{token[:-1]}{'A' if token[-1] != 'A' else 'B'}", "signature"),
        (lambda token: token * 20, "oversized"),
    ],
    ids=["another key", "another signature", "too long"],
)
def test_a_cookie_that_is_no_good_counts_as_none_and_is_named(
    site: Installation, change: Any, reason: str
) -> None:
    bad = change(known_visitor(site))
    arguments = (f"{SITE}/about", "--cookie", bad)
    assert f"cookie   not used: {reason}\n" in run(site.settings.data_dir, *arguments)
    said = json.loads(run(site.settings.data_dir, *arguments, "--json"))
    assert (said["metadata"], said["attribution"]["touches"]) == ({}, 1)


def test_a_cookie_of_another_site_is_named(site: Installation) -> None:
    token = known_visitor(site)
    arguments = ("https://example.net/", "--cookie", token, "--capture", OTHER_SITE)
    assert "cookie   not used: site\n" in run(site.settings.data_dir, *arguments)


def test_an_unknown_capture_is_named(site: Installation) -> None:
    run(site.settings.data_dir, LANDING, "--capture", "nowhere", code=1)


def test_in_words_it_says_which_rule_decided_and_what_a_lead_would_carry(
    site: Installation,
) -> None:
    said = run(site.settings.data_dir, LANDING, "--referrer", "https://www.google.com/")
    answer = json.loads(run(site.settings.data_dir, LANDING, "--json"))
    last = answer["attribution"]["last"]
    assert f"({last['channel_rule']}: google is a search site; cpc is paid)" in said
    assert "merged as        new touch: gclid\n" in said
    for name, value in answer["metadata"].items():
        assert f"  {name} = {value}\n" in said
    assert "no metadata" in run(site.settings.data_dir, f"{SITE}/")


def test_parameters_and_hosts_of_ones_own_count(tmp_path: Path) -> None:
    own = {
        "COLLECTOR_PARAMETERS": "zanpid=click:awin/affiliate",
        "COLLECTOR_SILENT_HOSTS": "pay.test",
    }
    env = {"COLLECTOR_DATA_DIR": str(tmp_path), **own}
    arguments = ["inspect", f"{SITE}/?ZANPID=1_a%2Bb+c", "--referrer", "https://www.pay.test/"]
    said = json.loads(CliRunner().invoke(main, [*arguments, "--json"], env=env).stdout)
    last = said["attribution"]["last"]
    assert last["parameters"] == {"zanpid": "1_a+b+c"}
    assert (last["source"], last["medium"], last["reason"]) == ("awin", "affiliate", "zanpid")
    assert last["referrer"] is None
    words = CliRunner().invoke(main, arguments, env=env).stdout
    assert "zanpid  = 1_a+b+c (click id of awin; implies awin / affiliate)" in words
    assert "does not count: in COLLECTOR_SILENT_HOSTS" in words
