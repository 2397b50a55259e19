from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.storage.audit import newest_deeds
from tests.installation import (
    CHROME,
    SITE,
    SOURCE,
    Installation,
    in_store,
    installation,
    new_capture,
)
from tests.people import Person, new_user, sign_in, text_of

OTHER = SOURCE[:-1] + "9"
AD = f"{SITE}/offer?utm_source=google&utm_medium=cpc&utm_campaign=spring"
MAIL = f"{SITE}/offer?utm_source=news&utm_medium=email"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (
        new_capture(),
        new_capture(source_id=OTHER, name="Other", origins=("https://other.test",)),
    )
    with installation(tmp_path, *captures) as opened:
        yield opened


@pytest.fixture
def editor(site: Installation) -> Person:
    return sign_in(site, new_user("editor"))


def register(person: Person, *links: str, name: str = "") -> str:
    answer = person.post("/links/registered", {"links": "\r\n".join(links), "name": name})
    return str(answer.headers.get("location", text_of(answer.text)))


def come(site: Installation, url: str) -> None:
    view = {"url": url, "source_id": SOURCE}
    headers = {"origin": SITE, "user-agent": CHROME}
    assert site.client.post("/t", json=view, headers=headers).status_code == 200


def test_what_came_by_a_link_is_shown_and_what_never_did_is_named(
    site: Installation, editor: Person
) -> None:
    assert "No link is registered" in editor.text("/links/registered")
    assert register(editor, AD, MAIL, name="Spring") == "/console/links/registered?new=2&same=0"
    assert register(editor, MAIL) == "/console/links/registered?new=0&same=1"
    come(site, f"{AD}&gclid=Cj0-x")
    come(site, MAIL.replace("/offer", "/moved"))
    portal = site.client.portal
    assert portal is not None
    portal.call(site.client.app_state["services"].touch_counts.flush)
    rows = {row["link"]: row for row in editor.get("/links/registered?format=json").json()}
    assert (rows[AD]["touches"], rows[AD]["elsewhere"], rows[AD]["name"]) == (1, 0, "Spring")
    assert (rows[MAIL]["touches"], rows[MAIL]["elsewhere"]) == (0, 1)
    page = editor.text("/links/registered?tab=never")
    assert MAIL in page
    assert AD not in page
    assert "Touches with the same UTMs on other pages of the site: 1." in page
    assert "Never touched 1" in page
    csv = editor.get("/links/registered?tab=never&format=csv").text
    assert csv.startswith("id,link,name,registered_at,touches,leads,elsewhere,last_day")


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("", "Write 1 to 1,000 links"),
        (f"{AD}&gclid=Cj0", "Mend this link first (click_id)"),
        ("https://elsewhere.test/?utm_source=a&utm_medium=email", "on none of the capture's own"),
    ],
)
def test_what_could_never_be_counted_is_not_registered(
    editor: Person, link: str, said: str
) -> None:
    assert said in register(editor, link)
    assert "No link is registered" in editor.text("/links/registered")


def test_the_builder_hands_its_link_over(editor: Person) -> None:
    page = editor.get(
        "/links?page=https%3A%2F%2Fwww.example.com%2Foffer&source=a&medium=email"
    ).text
    assert (
        'name="links" value="https://www.example.com/offer?utm_source=a&amp;utm_medium=email"'
        in page
    )
    assert "Register this link" in page


def test_a_link_is_taken_out_with_a_line_in_the_log(site: Installation, editor: Person) -> None:
    register(editor, AD)
    (row,) = editor.get("/links/registered?format=json").json()
    assert editor.post(f"/links/registered/{row['id']}/delete").status_code == 303
    assert editor.post(f"/links/registered/{row['id']}/delete").status_code == 404
    deeds = in_store(site.settings, lambda store: store.read(newest_deeds, 2))
    assert [one["deed"] for one in deeds] == ["link.forget", "link.register"]


def test_nobody_sees_or_changes_links_to_sites_of_other_captures(
    site: Installation, editor: Person
) -> None:
    register(editor, AD)
    (row,) = editor.get("/links/registered?format=json").json()
    stranger = sign_in(site, new_user("editor", OTHER))
    assert "No link is registered" in stranger.text("/links/registered")
    assert stranger.post(f"/links/registered/{row['id']}/delete").status_code == 404
    assert "on none of the capture's own" in register(stranger, MAIL)
    viewer = sign_in(site, new_user("viewer"))
    assert viewer.post("/links/registered", {"links": MAIL}).status_code == 403
    assert viewer.post(f"/links/registered/{row['id']}/delete").status_code == 403
    assert "Register links" not in viewer.text("/links/registered")
    assert AD in viewer.text("/links/registered")
