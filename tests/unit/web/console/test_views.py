from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.storage.audit import newest_deeds
from collector.storage.saved_views import MOST
from tests.installation import SOURCE, Installation, in_store, installation, new_capture
from tests.people import Person, add_destination, new_user, sign_in

OTHER = SOURCE[:-1] + "2"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (new_capture(), new_capture(source_id=OTHER, name="Trade fair"))
    with installation(tmp_path, *captures, rate_limit="0") as opened:
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site)


def save(person: Person, name: str, query: str, list_name: str = "leads", **more: str) -> Any:
    return person.post("/views", {"list": list_name, "name": name, "query": query, **more})


def shown(person: Person, path: str = "/leads") -> dict[str, str]:
    """Read the views above a list: the name of each, and where it leads."""
    page = person.get(path)
    assert page.status_code == 200, page.text
    found = re.findall(r'<span class="row chip[^>]*><a href="([^"]*)"[^>]*>([^<]*)</a>', page.text)
    return {name: href.replace("&amp;", "&") for href, name in found}


def ids(person: Person, path: str = "/leads") -> list[str]:
    return re.findall(r'/console/views/([^/"]+)/delete', person.get(path).text)


def test_a_view_keeps_the_filters_and_nothing_else(site: Installation, ada: Person) -> None:
    assert "Save this view" not in ada.text("/leads")
    page = ada.get("/leads?campaign=%C3%BC+x%26&tab=spam&after=5.x&other=1")
    assert page.text.count("Save this view") == 1
    (query,) = re.findall(r'name="query" value="([^"]*)"', page.text)
    assert query == "tab=spam&amp;campaign=%C3%BC+x%26"
    saved = save(ada, "  Mine  ", "other=1&after=5.x&campaign=%C3%BC+x%26&tab=spam")
    assert saved.headers["location"] == "/console/leads?tab=spam&campaign=%C3%BC+x%26"
    assert shown(ada) == {"Mine": "/console/leads?tab=spam&campaign=%C3%BC+x%26"}
    assert shown(ada, "/deliveries") == {}
    again = ada.text("/leads?tab=spam&campaign=%C3%BC+x%26")
    assert "Save this view" not in again
    german = ada.text("/leads?tab=test", **{"accept-language": "de"})
    assert "Diese Ansicht speichern" in german


def test_a_search_names_a_person_and_is_not_kept(site: Installation, ada: Person) -> None:
    assert "Save this view" not in ada.text("/leads?search=ada%40example.com")
    page = ada.text("/leads?search=ada%40example.com&tab=spam")
    assert "The search is not kept" in page
    save(ada, "Mine", "search=ada%40example.com&tab=spam")
    assert shown(ada) == {"Mine": "/console/leads?tab=spam"}
    assert save(ada, "None", "search=ada%40example.com").status_code == 400


def test_the_same_name_replaces_and_deleting_forgets(site: Installation, ada: Person) -> None:
    save(ada, "Mine", "tab=spam")
    save(ada, "Mine", "tab=failed")
    save(ada, "Held", "tab=held", "deliveries")
    assert shown(ada) == {"Mine": "/console/leads?tab=failed"}
    assert shown(ada, "/deliveries") == {"Held": "/console/deliveries?tab=held"}
    (view,) = ids(ada)
    assert ada.post(f"/views/{view}/delete").headers["location"] == "/console/leads"
    assert shown(ada) == {}
    assert ada.post(f"/views/{view}/delete").status_code == 404
    deeds = in_store(site.settings, lambda store: store.read(newest_deeds, 9))
    assert [one["deed"] for one in deeds] == ["view.delete", *["view.save"] * 3]
    assert "Mine" not in str(deeds)


def test_a_view_is_a_persons_own_unless_an_admin_shares_it(
    site: Installation, ada: Person
) -> None:
    viewer = sign_in(site, new_user("viewer"))
    assert save(viewer, "Own", "tab=test").status_code == 303
    assert save(viewer, "Shared", "tab=test", shared="1").status_code == 403
    save(ada, "Failed ones", "tab=failed", shared="1")
    assert shown(viewer).keys() == {"Failed ones", "Own"}
    assert "for everybody" in viewer.text("/leads")
    assert shown(ada).keys() == {"Failed ones"}
    (own,) = ids(viewer)
    assert ada.post(f"/views/{own}/delete").status_code == 404
    (shared,) = ids(ada)
    assert viewer.post(f"/views/{shared}/delete").status_code == 403
    assert shown(viewer).keys() == {"Failed ones", "Own"}
    ada.post(f"/views/{shared}/delete")
    assert shown(viewer).keys() == {"Own"}


def test_nobody_is_shown_a_view_of_what_they_may_not_see(site: Installation, ada: Person) -> None:
    add_destination(site, "https://hooks.example.org/x", SOURCE, name="Sales")
    add_destination(site, "https://hooks.example.org/y", OTHER, name="Gate")
    for name, capture, destination in (("Web", SOURCE, "to-Sales"), ("Fair", OTHER, "to-Gate")):
        save(ada, name, f"capture={capture}", shared="1")
        save(ada, name, f"destination={destination}", "deliveries", shared="1")
    bo = sign_in(site, new_user("editor", OTHER))
    assert shown(bo).keys() == shown(bo, "/deliveries").keys() == {"Fair"}
    assert shown(ada).keys() == shown(ada, "/deliveries").keys() == {"Fair", "Web"}


@pytest.mark.parametrize(
    "form",
    [
        pytest.param({"list": "captures"}, id="of no list"),
        pytest.param({"name": " "}, id="without a name"),
        pytest.param({"name": "x" * 61}, id="of a long name"),
        pytest.param({"query": "after=5&other=1"}, id="without a filter"),
        pytest.param({"query": f"campaign={'x' * 2_000}"}, id="of a long filter"),
    ],
)
def test_what_is_no_view_is_refused(ada: Person, form: dict[str, str]) -> None:
    good = {"list": "leads", "name": "Mine", "query": "tab=spam"}
    assert ada.post("/views", good | form).status_code == 400
    assert shown(ada) == {}


def test_a_person_keeps_only_so_many(ada: Person) -> None:
    for number in range(MOST):
        assert save(ada, f"N{number}", "tab=spam").status_code == 303
    assert save(ada, "One more", "tab=spam").status_code == 400
    assert save(ada, "N0", "tab=test").status_code == 303
    assert len(shown(ada)) == MOST
