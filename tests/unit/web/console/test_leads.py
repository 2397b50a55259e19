from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.domain.times import DAY
from collector.storage.tallies import count_leads
from tests.installation import SITE, SOURCE, Installation, in_store, installation, new_capture
from tests.people import Person, new_user, sign_in

OTHER = SOURCE[:-1] + "2"
ADS = f"{SITE}/offer?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=Cj0KCQ"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (new_capture(), new_capture(source_id=OTHER, name="Trade fair"))
    with installation(tmp_path, *captures, rate_limit="0") as opened:
        yield opened


@pytest.fixture
def ada(site: Installation) -> Person:
    return sign_in(site)


def send(site: Installation, name: str, source: str = SOURCE, **more: str) -> None:
    answer = site.post(
        {"name": name, "email": f"{name.lower()}@example.com", **more}, source=source
    )
    assert answer.status_code == 303, answer.text


def names(person: Person, query: str = "") -> list[str]:
    found = person.get(f"/leads?format=json{query}")
    assert found.status_code == 200, found.text
    return [row["name"] for row in found.json()]


def test_without_leads_the_page_says_what_brings_them(ada: Person) -> None:
    assert "No lead yet" in ada.text("/leads")


def test_leads_stand_newest_first_each_with_its_channel(site: Installation, ada: Person) -> None:
    send(site, "Bo")
    send(site, "Cy", _page=ADS)
    page = ada.text("/leads")
    assert page.index("Cy") < page.index("Bo")
    assert "Paid Search google / cpc" in page
    assert "spring" in page
    assert "with click id" in page
    german = ada.text("/leads", **{"accept-language": "de"})
    assert "Bezahlte Suche" in german


def test_tabs_facets_and_search_narrow_the_list(site: Installation) -> None:
    send(site, "Bo")
    send(site, "Cy", _page=ADS)
    send(site, "Di", OTHER)
    send(site, "Eve", _gotcha="filled")
    site.clock.at += 3 * DAY
    send(site, "Fi")
    in_store(site.settings, count_leads)
    ada = sign_in(site, new_user("viewer"))
    assert names(ada) == ["Fi", "Di", "Cy", "Bo"]
    assert names(ada, "&tab=spam") == ["Eve"]
    assert names(ada, "&tab=test") == names(ada, "&tab=failed") == []
    assert names(ada, "&channel=Paid+Search") == names(ada, "&campaign=spring") == ["Cy"]
    assert names(ada, f"&capture={OTHER}") == ["Di"]
    assert names(ada, "&search=CJ0kcq") == names(ada, "&search=cy%40exam") == ["Cy"]
    assert names(ada, "&range=1d") == ["Fi"]
    assert names(ada, "&click=gclid") == ["Cy"]
    assert names(ada, "&range=7d&search=example.com") == ["Fi", "Di", "Cy", "Bo"]
    assert "No lead matches" in ada.text("/leads?search=nobody")
    assert "Paid Search" in ada.text("/leads?channel=Paid+Search")
    for wrong in ("tab=x", "range=x", "after=x"):
        assert ada.get(f"/leads?{wrong}").status_code == 400


def test_pages_follow_each_other_without_gap_or_repeat(site: Installation, ada: Person) -> None:
    for number in range(120):
        send(site, f"N{number:03}")
    seen: list[str] = []
    path = "/leads"
    while path:
        page = ada.get(path).text
        seen += [part.split("<")[0] for part in page.split('">N')[1:]]
        older = [part for part in page.split('href="') if part.startswith("/console/leads?after=")]
        path = older[-1].split('"')[0].removeprefix("/console") if "Older" in page else ""
    assert seen == [f"{number:03}" for number in range(119, -1, -1)]


def test_the_csv_is_safe_for_spreadsheets(site: Installation, ada: Person) -> None:
    send(site, "=cmd|' /C calc'!A0")
    rows = list(csv.reader(io.StringIO(ada.get("/leads?format=csv").text)))
    assert rows[1][rows[0].index("name")] == "'=cmd|' /C calc'!A0"
    assert ada.get("/leads?format=csv").headers["content-type"] == "text/csv; charset=utf-8"


def test_a_limited_user_sees_nothing_of_other_captures(site: Installation) -> None:
    bo = sign_in(site, new_user("editor", OTHER))
    send(site, "Secretive")
    send(site, "Di", OTHER)
    send(site, "Eve", _gotcha="x")
    in_store(site.settings, count_leads)
    assert names(bo) == ["Di"]
    assert names(bo, f"&capture={SOURCE}") == names(bo, "&tab=spam") == []
    for path in ("/leads", f"/leads?capture={SOURCE}", "/leads?tab=spam", "/leads?search=sec"):
        page = bo.text(path)
        assert "Secretive" not in page
        assert "Website" not in page
    assert names(sign_in(site, new_user("viewer", OTHER, SOURCE))) == ["Di", "Secretive"]
