from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.domain.times import DAY
from collector.storage.destinations import ChangeLane
from tests.installation import SITE, SOURCE, Installation, in_store, installation, new_capture
from tests.people import add_destination, new_user, sign_in

OTHER = SOURCE[:-1] + "2"
ADS = f"{SITE}/offer?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=Cj0KCQ"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (new_capture(), new_capture(source_id=OTHER, name="Trade fair"))
    with installation(tmp_path, *captures, rate_limit="0") as opened:
        yield opened


def test_an_empty_overview_says_what_brings_leads(site: Installation) -> None:
    page = sign_in(site).text("/")
    assert "No lead yet." in page
    assert "No lead in these days" in page
    assert "Needs attention" not in page


def test_numbers_days_and_tables_each_row_a_filter(site: Installation) -> None:
    site.post({"name": "Bo"})
    site.clock.at += 30 * DAY
    for _ in range(2):
        site.post({"name": "Cy", "_page": ADS})
    site.post({"name": "Di"}, source=OTHER)
    ada = sign_in(site)
    page = ada.text("/")
    assert "Leads 3 200% more than before" in page
    assert "With click id 66.7% 67 points higher" in page
    raw = ada.get("/").text
    assert "/console/leads?channel=Paid+Search&amp;range=28d&amp;capture=" in raw
    assert "campaign=spring&amp;range=28d" in raw
    assert "Leads 1 nothing to compare with" in ada.text(f"/?capture={OTHER}&range=7d")
    assert ada.get("/?range=x").status_code == 400


def test_what_is_broken_stands_on_top(site: Installation) -> None:
    add_destination(site, "https://hooks.example.org/x", SOURCE)
    site.post({"name": "Bo"})
    held = ChangeLane(destination_id="to-Sales", state="held", reason="auth", now=1)
    in_store(site.settings, lambda store: store.write(held))
    site.clock.at += 8 * DAY
    page = sign_in(site).text("/")
    assert "Sales takes no leads" in page
    assert "does not accept the key" in page
    assert "1 delivery waits, nothing is lost." in page
    assert "Website has been silent for days" in page
    assert "Held or refused 1" in page


def test_a_limited_user_is_told_nothing_of_others(site: Installation) -> None:
    add_destination(site, "https://hooks.example.org/x", SOURCE)
    site.post({"name": "Bo", "_page": ADS})
    site.clock.at += 8 * DAY
    bo = sign_in(site, new_user("viewer", OTHER))
    for path in ("/", f"/?capture={SOURCE}"):
        page = bo.text(path)
        assert "No lead in these days" in page
        assert "Website" not in page
        assert "Held or refused" not in page
