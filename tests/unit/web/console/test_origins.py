from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.domain.receipt import RELEASED
from collector.storage.audit import newest_deeds
from collector.storage.captures import get_capture
from tests.installation import SITE, SOURCE, Installation, in_store, installation, new_capture
from tests.people import Person, add_destination, new_user, sign_in

PATH = "/settings/origins"
OTHER = SOURCE[:-1] + "2"
SHOP = "https://www.shop.example"
ALLOW = {"capture": SOURCE, "origin": SHOP}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (new_capture(origins=(SITE,)), new_capture(source_id=OTHER, name="Trade fair"))
    with installation(tmp_path, *captures, rate_limit="0") as opened:
        add_destination(opened, "https://hooks.example.org/x", SOURCE, OTHER)
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site)


def send(site: Installation, origin: str = SHOP, source: str = SOURCE, **fields: str) -> None:
    given = {"email": "cy@example.com", "_page": f"{origin}/a?utm_source=google", **fields}
    answer = site.post(given, headers={"origin": origin}, source=source)
    assert answer.status_code in (200, 303), answer.text


def allowed(site: Installation) -> tuple[str, ...]:
    return tuple(in_store(site.settings, lambda store: store.read(get_capture, SOURCE)).origins)


def test_allow_adds_the_origin_concludes_again_delivers_and_is_noted(
    site: Installation, ada: Person
) -> None:
    assert "Nothing waits for an origin" in ada.text(PATH)
    send(site)
    send(site)
    send(site, source=OTHER)
    page = ada.text(PATH)
    assert f"{SHOP} Not allowed either, and often needed: https://shop.example" in page
    assert f"Allow {SHOP}, Website" in page
    answer = ada.post(PATH, ALLOW)
    assert answer.status_code == 200
    assert "2 leads go out" in answer.text
    assert allowed(site) == (SITE, SHOP)
    assert site.deliveries() == [("ready", None), ("ready", None), ("held", "origin")]
    notes = [one.attribution["notes"] for one in site.events() if one.source_id == SOURCE]
    assert all(RELEASED in one for one in notes)
    assert f"Allow {SHOP}, Website" not in ada.text(PATH)
    assert f"Allow {SHOP}, Trade fair" in ada.text(PATH)
    (deed,) = in_store(site.settings, lambda store: store.read(newest_deeds, 9))
    assert (deed["deed"], deed["subject"]) == ("capture.allow_origin", SOURCE)
    again = ada.post(PATH, ALLOW)
    assert again.status_code == 422
    assert "No lead waits from this origin any more." in again.text


def test_the_forgotten_twin_is_told(site: Installation, ada: Person) -> None:
    send(site, "https://example.com")
    assert "The twin of an allowed origin" in ada.text(PATH)


def test_what_waits_although_its_origin_is_allowed_now_is_delivered(
    site: Installation, ada: Person
) -> None:
    send(site)
    site.change_capture(origins=(SITE, SHOP))
    assert f"Deliver {SHOP}, Website" in ada.text(PATH)
    ada.post(PATH, ALLOW)
    assert site.deliveries() == [("ready", None)]
    assert allowed(site) == (SITE, SHOP)


def test_spam_of_an_unknown_origin_stays_where_it_is(site: Installation, ada: Person) -> None:
    send(site, _gotcha="filled")
    send(site)
    assert "1 lead goes out" in ada.post(PATH, ALLOW).text
    assert site.deliveries() == [("held", "spam"), ("ready", None)]


def test_what_is_no_website_cannot_be_allowed(site: Installation, ada: Person) -> None:
    strange = "chrome-extension://abcdefghijklmnop"
    send(site, strange)
    assert "it cannot be allowed" in ada.text(PATH)
    assert ada.post(PATH, ALLOW | {"origin": strange}).status_code == 422
    assert allowed(site) == (SITE,)
    assert site.deliveries() == [("held", "origin")]


def test_viewers_look_and_a_limited_editor_sees_their_own(site: Installation) -> None:
    send(site)
    send(site, "https://fair.example", OTHER)
    viewer = sign_in(site, new_user("viewer"))
    assert SHOP in viewer.text(PATH)
    assert '<button class="btn small"' not in viewer.get(PATH).text
    assert viewer.post(PATH, ALLOW).status_code == 403
    bo = sign_in(site, new_user("editor", OTHER))
    assert SHOP not in bo.text(PATH)
    assert bo.post(PATH, ALLOW).status_code == 404
    assert allowed(site) == (SITE,)
    assert (
        "1 lead goes out"
        in bo.post(PATH, {"capture": OTHER, "origin": "https://fair.example"}).text
    )


def test_allow_on_a_leads_page_delivers_it_and_all_that_wait_with_it(
    site: Installation, ada: Person
) -> None:
    send(site)
    send(site)
    path = f"/leads/{site.events()[0].id}"
    assert f"Its form stands on {SHOP}, which Website does not allow" in ada.text(path)
    viewer = sign_in(site, new_user("viewer"))
    assert f"{path}/allow" not in viewer.get(path).text
    assert viewer.post(f"{path}/allow").status_code == 403
    answer = ada.post(f"{path}/allow")
    assert answer.headers["location"] == f"/console{path}"
    assert allowed(site) == (SITE, SHOP)
    assert site.deliveries() == [("ready", None), ("ready", None)]
    assert "waits for its origin" not in ada.text(path)
    again = ada.post(f"{path}/allow")
    assert again.status_code == 422
    assert "No lead waits from this origin any more." in again.text


def test_a_lead_from_no_website_has_no_allow(site: Installation, ada: Person) -> None:
    send(site, "chrome-extension://abcdefghijklmnop")
    path = f"/leads/{site.events()[0].id}"
    assert "waits for its origin" not in ada.text(path)
    assert ada.post(f"{path}/allow").status_code == 422
    assert allowed(site) == (SITE,)
