from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.domain.landing_faults import LandingFault
from collector.domain.tally import Place, Spot
from collector.domain.times import DAY
from collector.storage.landing_faults import AddLandingFaults, FaultSpot
from collector.storage.tallies import AddTouches
from tests.installation import SOURCE, Installation, in_store, installation, new_capture
from tests.people import new_user, sign_in

OTHER = SOURCE[:-1] + "9"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (new_capture(), new_capture(source_id=OTHER, name="Other people's"))
    with installation(tmp_path, *captures) as opened:
        yield opened


def arrive(site: Installation, source: str, medium: str, touches: int, ago: int = 0) -> None:
    place = Place(
        site.clock.at // DAY - ago,
        SOURCE,
        "Paid Search",
        source,
        medium,
        "a b",
        "www.example.com/",
    )
    in_store(site.settings, lambda store: store.write(AddTouches(touches={Spot(place): touches})))


def test_what_reports_keep_apart_stands_first_by_touches(site: Installation) -> None:
    person = sign_in(site, new_user("viewer"))
    assert "No touch yet" in person.text("/links/arrived")
    arrive(site, "(direct)", "(none)", 900)
    arrive(site, "Google", "cpc", 7)
    arrive(site, "news", "odd", 1_500)
    arrive(site, "Older", "cpc", 9, ago=28)
    page = person.text("/links/arrived")
    assert "2 of 2 with findings" in page
    assert page.index("news / odd") < page.index("Google / cpc")
    assert "utm_source=Google Write values in lower case" in page
    assert "1,500" in page
    rows = person.get("/links/arrived?format=json").json()
    assert rows[1]["source"] == "Google"
    assert "case" in rows[1]["codes"]


def test_a_limited_user_sees_nothing_of_other_captures(site: Installation) -> None:
    arrive(site, "Google", "cpc", 7)
    assert "No touch yet" in sign_in(site, new_user("viewer", OTHER)).text("/links/arrived")
    own = sign_in(site, new_user("editor", SOURCE))
    assert "Google / cpc" in own.text("/links/arrived")


def land(
    site: Installation, code: str, name: str, views: int, path: str = "/", ago: int = 0
) -> None:
    fault = LandingFault(code, name, f"www.example.com{path}")
    spot = FaultSpot(site.clock.at // DAY - ago, SOURCE, fault)
    in_store(site.settings, lambda store: store.write(AddLandingFaults(views={spot: views})))


def test_faults_of_addresses_are_told_with_pages_and_cure(site: Installation) -> None:
    land(site, "misspelt_name", "utm_campain", 3, "/few")
    land(site, "misspelt_name", "utm_campain", 1_000, "/offer", ago=27)
    land(site, "personal_data", "utm_content", 2_000)
    land(site, "own_domain", "utm_source", 9_999, ago=28)
    for number in range(5):
        land(site, "keyword_for_term", "utm_keyword", 1, f"/{number}")
    page = sign_in(site, new_user("viewer")).text("/links/arrived")
    assert (
        "utm_campain → utm_campaign Error misspelt_name Write the name as analytics tools know it"
        in page
    )
    assert "www.example.com/offer www.example.com/few 1,003" in page
    assert page.index("utm_content") < page.index("utm_campain") < page.index("utm_keyword")
    assert "utm_keyword → utm_term" in page
    assert "and 2 more" in page
    assert "own_domain" not in page


def test_faults_of_addresses_are_written_for_other_tools(site: Installation) -> None:
    land(site, "own_domain", "utm_source", 7, "/start")
    person = sign_in(site, new_user("viewer", SOURCE))
    assert person.get("/links/arrived?format=json&of=addresses").json() == [
        {
            "code": "own_domain",
            "severity": "error",
            "name": "utm_source",
            "meant": None,
            "views": 7,
            "pages": ["www.example.com/start"],
            "cure": "Use no UTMs on links within your site: they replace the real source",
        }
    ]
    assert person.get("/links/arrived?format=csv&of=addresses").text.startswith("code,severity")
    other = sign_in(site, new_user("editor", OTHER))
    assert other.get("/links/arrived?format=json&of=addresses").json() == []
