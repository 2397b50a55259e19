from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.domain.tally import Place
from collector.domain.times import DAY
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
    in_store(site.settings, lambda store: store.write(AddTouches(touches={place: touches})))


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
