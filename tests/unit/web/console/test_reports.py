from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from collector.domain.times import DAY
from collector.storage.tallies import count_leads
from tests.installation import SITE, SOURCE, Installation, in_store, installation, new_capture
from tests.people import add_destination, new_user, sign_in

OTHER = SOURCE[:-1] + "2"
ADS = f"{SITE}/offer?utm_source=Google&utm_medium=cpc&utm_campaign=spring&utm_content=red&utm_term=shoes&gclid="
DIMENSIONS = ("channel", "source", "medium", "campaign", "landing_page", "content", "term")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (new_capture(), new_capture(source_id=OTHER, name="Trade fair"))
    with installation(tmp_path, *captures, rate_limit="0") as opened:
        add_destination(opened, "https://hooks.example.org/x", SOURCE)
        opened.touch(f"{ADS}one")
        opened.post({"name": "Bo", "_page": f"{ADS}one"})
        opened.touch(f"{ADS}two".replace("Google", "google"))
        opened.post({"name": "Cy"})
        opened.post({"name": "Di", "_page": ADS.removesuffix("gclid=")}, source=OTHER)
        services = opened.client.app_state["services"]
        opened.client.portal.call(services.touch_counts.flush)  # type: ignore[union-attr]
        in_store(opened.settings, count_leads)
        yield opened


@pytest.mark.parametrize("by", DIMENSIONS)
def test_each_dimension_has_its_page_and_twins(site: Installation, by: str) -> None:
    ada = sign_in(site)
    (row,) = ada.get(f"/reports?by={by}&capture={SOURCE}&format=json").json()
    assert (row["touches"], row["decided"], row["first"], row["last_paid"]) == (2, 2, 2, 2)
    assert (row["rate"], row["click_ids"]) == (1.0, 2)
    (written,) = csv.DictReader(
        StringIO(ada.get(f"/reports?by={by}&capture={SOURCE}&format=csv").text)
    )
    assert written[by] == row[by]
    assert "Leads per touch" in ada.text(f"/reports?by={by}")


def test_spellings_are_one_line_that_leads_to_each(site: Installation) -> None:
    ada = sign_in(site)
    (row,) = ada.get("/reports?by=source&format=json").json()
    assert (row["source"], sorted(row["spellings"]), row["touches"]) == (
        "google",
        ["Google", "google"],
        2,
    )
    page = ada.text("/reports?by=source")
    assert "written as Google , google" in page
    assert "what is stored stays as it was written" in page
    raw = ada.get("/reports?by=campaign").text
    assert "/console/leads?campaign=spring&amp;range=2026-10-28..2026-11-24&amp;capture=" in raw


def test_the_model_decides_order_and_rate(site: Installation) -> None:
    ada = sign_in(site)
    assert ada.get("/reports?model=first&format=json").json()[0]["rate"] == 1.5
    assert ada.get("/reports?model=x").status_code == 400
    assert ada.get("/reports?by=x").status_code == 400


def test_a_destination_is_counted_by_what_it_was_owed(site: Installation) -> None:
    ada = sign_in(site)
    (row,) = ada.get("/reports?by=destination&format=json").json()
    assert (row["destination"], row["leads"], row["not_delivered"], row["delivered"]) == (
        "Sales",
        2,
        2,
        0,
    )
    assert "/deliveries?destination=to-Sales" in ada.get("/reports?by=destination").text


def test_journeys_tell_time_and_touches(site: Installation) -> None:
    ada = sign_in(site)
    rows = ada.get("/reports/journeys?format=json").json()
    assert [(row["measure"], row["step"], row["leads"]) for row in rows if row["leads"]] == [
        ("time", "10m", 3),
        *(("touches", str(n), 1) for n in (1, 2, 3)),
    ]
    page = ada.text("/reports/journeys")
    assert "3 leads of these days have a first touch." in page
    assert "under 10 minutes 3 100%" in page


def test_a_limited_user_gets_numbers_of_their_captures_alone(site: Installation) -> None:
    bo = sign_in(site, new_user("viewer", OTHER))
    (row,) = bo.get("/reports?format=json").json()
    assert (row["touches"], row["decided"]) == (0, 1)
    assert bo.get(f"/reports?capture={SOURCE}&format=json").json() == []
    assert bo.get("/reports?by=destination&format=json").json() == []
    assert "Nothing was counted in these days" in bo.text(f"/reports/journeys?capture={SOURCE}")
    assert "Sales" not in bo.text("/reports?by=destination")


def test_without_anything_counted_each_page_says_what_to_do(site: Installation) -> None:
    site.clock.at += 400 * DAY
    ada = sign_in(site)
    for path in ("", "/coverage", "/journeys"):
        assert "Nothing was counted in these days" in ada.text(f"/reports{path}")


def test_those_who_did_not_sign_in_see_nothing(site: Installation) -> None:
    for path in ("", "/coverage", "/journeys"):
        assert (
            site.client.get(f"/console/reports{path}", follow_redirects=False).status_code == 303
        )
