from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from collector.domain.times import MINUTE, SECOND
from collector.storage.captures import LinkDestination
from tests.installation import SITE, SOURCE, Installation, in_store, installation, new_capture
from tests.people import Person, add_destination, new_user, sign_in, text_of
from tests.stream_reader import Reader

OTHER = SOURCE[:-1] + "2"
PAGE = f"{SITE}/offer?size=2#top"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    fair = new_capture(source_id=OTHER, name="Fair", origins=("https://fair.example.org",))
    with installation(tmp_path, new_capture(), fair) as opened:
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site, new_user("editor"))


def begin(person: Person, page: str = PAGE) -> str:
    """Begin a check; answers its page below the console."""
    answer = person.post("/verify", {"capture": SOURCE, "page": page})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).removeprefix("/console")


def link_of(person: Person, path: str) -> str:
    found = re.search(r'<code id="link">([^<]*)</code>', person.get(path).text)
    assert found
    return html.unescape(found[1])


def states(person: Person, path: str) -> dict[str, str]:
    """Read each step's colour by its title."""
    page = person.get(path).text
    steps = re.findall(r'<li class="(\w+)">.*?<h3>([^<]*)<', page, re.DOTALL)
    return {title: state for state, title in steps}


def flush(site: Installation) -> None:
    notes = site.client.app_state["services"].check_notes
    site.client.portal.call(notes.flush)  # type: ignore[union-attr]


def code_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["_check"][0]


def click(site: Installation, link: str, **said: Any) -> Any:
    """Do what the script does on the landing page: the code is told apart from the address."""
    code = code_of(link)
    url = link.replace(f"&_check={code}", "")
    return site.touch(url, check=code, headers={"referer": SITE}, **said)


def test_a_link_leads_to_the_page_with_all_that_is_tested(ada: Person) -> None:
    link = link_of(ada, begin(ada))
    parts = urlsplit(link)
    asked = parse_qs(parts.query)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "www.example.com", "/offer")
    assert parts.fragment == "top"
    assert asked["size"] == ["2"]
    assert asked["utm_source"] == ["google"]
    assert re.fullmatch(r"Cj0KCQ-TeSt_[\w-]{32}-wcB", asked["gclid"][0])


def test_from_the_click_to_the_lead_each_step_turns_green(site: Installation, ada: Person) -> None:
    add_destination(site, "https://hooks.example.org/x", SOURCE)
    path = begin(ada)
    link = link_of(ada, path)
    assert set(states(ada, path).values()) == {"run", "wait"}
    assert "0 of 9 steps done, without a destination" in ada.text(path)
    assert "Try it with" not in ada.text(path)
    first = click(site, link, cookies={"_ga": "GA1.1.1.2"})
    assert "set-cookie" in first.headers
    flush(site)
    assert states(ada, path) == {
        "Script loaded": "ok",
        "Parameters seen": "ok",
        "Click id as it was clicked": "ok",
        "Consent as the page says it": "ok",
        "Cookie set by the server": "ok",
        "Still there on the next page": "run",
        "Google Analytics client id found": "ok",
        "Form found": "wait",
        "Lead received": "wait",
        "Forwarded": "wait",
        "Answer of the destination": "wait",
    }
    site.post({"email": "ada@example.com", "_check": code_of(link), "_page": f"{SITE}/contact"})
    flush(site)
    after = states(ada, path)
    assert after["Lead received"] == after["Still there on the next page"] == "ok"
    assert "Nobody asked for it" in ada.text(path)
    assert "9 of 9 steps done, without a destination Complete" in ada.text(path)
    german = {"accept-language": "de"}
    assert "Einwilligung unbekannt: niemand wurde gefragt unknown:none" in ada.text(path, **german)
    assert "9 von 9 Schritten erledigt, ohne Ziel" in ada.text(path, **german)
    assert 'name="destination" value="to-Sales">' in ada.get(path).text
    assert "Try it with Sales" in ada.text(path)
    ada.post(path, {"destination": "to-Sales"})
    assert "9 of 11 steps done" in ada.text(path)
    assert "Try it with" not in ada.text(path)
    assert site.events()[0].marks == {"test": "check code"}


def test_a_test_goes_to_the_destination_that_was_asked_for_and_to_no_other(
    site: Installation, ada: Person
) -> None:
    for name in ("Sales", "Archive"):
        add_destination(site, "https://hooks.example.org/x", SOURCE, name=name)
    path = begin(ada)
    code = code_of(link_of(ada, path))
    site.post({"email": "ada@example.com", "_check": code})
    flush(site)
    assert site.deliveries() == [("held", "test")] * 2
    assert ada.post(path, {"destination": "to-Sales"}).status_code == 303
    assert sorted(site.deliveries()) == [("held", "test"), ("ready", None)]
    assert "Nobody asked for it" not in ada.text(path)
    site.post({"email": "bo@example.com", "_check": code})
    flush(site)
    assert sorted(site.deliveries()) == [("held", "test")] * 2 + [("ready", None)] * 2


def test_asked_for_beforehand_it_goes_by_itself(site: Installation, ada: Person) -> None:
    add_destination(site, "https://hooks.example.org/x", SOURCE)
    path = begin(ada)
    ada.post(path, {"destination": "to-Sales"})
    site.post({"email": "ada@example.com", "_check": code_of(link_of(ada, path))})
    flush(site)
    assert site.deliveries() == [("ready", None)]
    unlink = LinkDestination(source_id=SOURCE, destination_id="to-Sales", linked=False)
    in_store(site.settings, lambda store: store.write(unlink))
    assert "does not send to this destination" in ada.text(path)
    assert ada.post(path, {"destination": "to-nobody"}).status_code == 404


def test_what_is_wrong_is_said_with_its_cure(site: Installation, ada: Person) -> None:
    path = begin(ada)
    link = link_of(ada, path)
    site.touch(
        link.replace("gclid=Cj0", "gclid=cj0"),
        check=code_of(link),
        headers={"origin": "https://evil.example.net"},
    )
    flush(site)
    page = ada.text(path)
    assert "The page's origin is not allowed" in page
    assert "https://evil.example.net" in page
    assert states(ada, path)["Script loaded"] == "bad"


def test_the_tag_of_another_capture_is_named(site: Installation, ada: Person) -> None:
    path = begin(ada)
    code = code_of(link_of(ada, path))
    site.touch(SITE, check=code, source_id=OTHER)
    flush(site)
    page = ada.text(path)
    assert "The tag names another capture" in page
    assert f'data-source="{SOURCE}"' in page


def test_a_lead_that_breaks_the_lead_type_is_named(site: Installation, ada: Person) -> None:
    path = begin(ada)
    code = code_of(link_of(ada, path))
    notes = site.client.app_state["services"].check_notes
    notes.note(code, site.clock.at, "refused", {"code": "fields", "fields": "phone"})
    flush(site)
    assert "These fields break the capture's lead type." in ada.text(path)


def test_codes_that_are_not_ours_or_over_leave_nothing(site: Installation, ada: Person) -> None:
    path = begin(ada)
    code = code_of(link_of(ada, path))
    before = ada.text(path)
    site.touch(SITE, check="1-forged")
    site.clock.at += 31 * MINUTE
    site.touch(SITE, check=code)
    flush(site)
    assert "This link has ended" in ada.text(path)
    assert states(ada, path)["Script loaded"] == "wait"
    assert "Script loaded" in before


def test_two_checks_of_one_second_are_two(ada: Person) -> None:
    assert begin(ada) != begin(ada)


@pytest.mark.parametrize(
    "page", ["", "offer", "ftp://www.example.com/", "https://fair.example.org/"]
)
def test_a_page_that_is_not_the_captures_own_is_refused_beside_its_field(
    ada: Person, page: str
) -> None:
    answer = ada.post("/verify", {"capture": SOURCE, "page": page})
    assert answer.status_code == 422
    assert 'id="page-wrong"' in answer.text


def test_landing_pages_of_leads_are_offered(site: Installation, ada: Person) -> None:
    site.post({"email": "ada@example.com", "_page": f"{SITE}/spring?gclid=abc"})
    assert f'<option value="{SITE}/spring">' in ada.get("/verify").text


def test_a_limited_user_sees_no_check_of_others(site: Installation, ada: Person) -> None:
    path = begin(ada)
    bo = sign_in(site, new_user("editor", OTHER))
    assert bo.get(path).status_code == bo.post(path).status_code == 404
    assert bo.get(f"{path}/stream").status_code == 404
    assert "Website" not in bo.text("/verify")
    assert bo.post("/verify", {"capture": SOURCE, "page": PAGE}).status_code == 404
    assert ada.get("/verify/1-nothing").status_code == 404


def test_a_viewer_looks_on(site: Installation, ada: Person) -> None:
    add_destination(site, "https://hooks.example.org/x", SOURCE)
    path = begin(ada)
    vi = sign_in(site, new_user("viewer"))
    assert "Deliver this test to" not in vi.text(path)
    assert "An editor can begin a check" in vi.text("/verify")
    assert vi.post(path).status_code == vi.post("/verify").status_code == 403


def test_without_a_capture_it_says_what_to_do(tmp_path: Path) -> None:
    with installation(tmp_path, new_capture(state="archived")) as site:
        assert "There is nothing to verify yet" in sign_in(site).text("/verify")


def test_the_audit_log_names_who_began_and_asked(site: Installation, ada: Person) -> None:
    path = begin(ada)
    ada.post(path, {"destination": ""})
    log = sign_in(site).text("/settings/audit")
    assert "check.begin" in log
    assert "check.deliver" in log


def test_the_stream_tells_of_each_change(site: Installation, ada: Person) -> None:
    path = begin(ada)
    link = link_of(ada, path)
    reader = Reader(ada, f"{path}/stream")
    reader.wait_for(1)
    click(site, link)
    flush(site)
    assert reader.wait_for(2) == ["ready", "arrival"]
    reader.leave()
    site.clock.at += SECOND
    assert states(ada, path)["Script loaded"] == "ok"
    assert text_of(ada.get(path).text)
