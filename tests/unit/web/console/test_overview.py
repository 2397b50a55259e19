from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.domain.times import DAY, HOUR
from collector.storage.destinations import ChangeLane
from collector.storage.tallies import count_leads
from tests.installation import SITE, SOURCE, Installation, in_store, installation, new_capture
from tests.people import add_destination, new_user, sign_in
from tests.rollups import AddMeasures

OTHER = SOURCE[:-1] + "2"
ADS = f"{SITE}/offer?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=Cj0KCQ"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (new_capture(), new_capture(source_id=OTHER, name="Trade fair"))
    with installation(tmp_path, *captures, rate_limit="0") as opened:
        yield opened


def counted(site: Installation) -> None:
    """Do what the server does each second."""
    in_store(site.settings, count_leads)


def test_an_empty_overview_says_what_brings_leads(site: Installation) -> None:
    page = sign_in(site).text("/")
    assert "No lead yet." in page
    assert "Connect a capture" in page
    assert "Needs attention" not in page


def test_numbers_days_and_tables_each_row_a_filter(site: Installation) -> None:
    site.post({"name": "Bo"})
    site.clock.at += 30 * DAY
    for _ in range(2):
        site.post({"name": "Cy", "_page": ADS})
    site.post({"name": "Di"}, source=OTHER)
    counted(site)
    ada = sign_in(site)
    page = ada.text("/")
    assert "Leads 3 200% more than before" in page
    assert "With click id 66.7% 67 points higher" in page
    assert "27 Nov 2026 to 24 Dec 2026 , compared with 30 Oct 2026 to 26 Nov 2026" in page
    raw = ada.get("/").text
    days = "range=2026-11-27..2026-12-24"
    assert f"/console/leads?channel=Paid+Search&amp;{days}&amp;capture=" in raw
    assert f"campaign=spring&amp;{days}" in raw
    assert ada.get(f"/leads?campaign=spring&{days}").text.count("/console/leads/0") == 2
    assert "Leads 1 nothing to compare with" in ada.text(f"/?capture={OTHER}&range=7d")
    assert "up to a second of touch counts, but never a lead" in page


def test_own_days_are_those_of_utc(site: Installation) -> None:
    site.post({"name": "Bo"})
    counted(site)
    ada = sign_in(site)
    assert "Leads 1 nothing" in ada.text("/?from=2026-11-24&to=2026-11-24")
    assert "Leads 0 100% fewer than before" in ada.text("/?range=2026-11-25..2026-11-25")
    wrong = ("range=x", "from=2026-11-24&to=2026-11-23", "from=x", "to=2026-11-24", "range=2020-01-01..2026-01-01")  # fmt: skip
    assert [ada.get(f"/?{query}").status_code for query in wrong] == [400] * 5


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
    assert "Delivered –" in page
    site.post({"name": "Cy"})
    counted(site)
    assert "Delivered 0% 2 not delivered , the oldest came 8 days ago" in sign_in(
        site, new_user("editor")
    ).text("/")


def test_a_lane_that_is_behind_is_told_of(site: Installation) -> None:
    add_destination(site, "https://hooks.example.org/x", SOURCE)
    site.post({"name": "Bo"})
    ada = sign_in(site)
    assert "Needs attention" not in ada.text("/")
    site.clock.at += 2 * HOUR
    page = ada.text("/")
    assert "Sales is behind" in page
    assert "The oldest delivery that waits came 2 hours ago" in page


def test_a_share_that_fell_is_told_of(site: Installation) -> None:
    today = site.clock.at // DAY
    counts = {
        (today - ago, name): count
        for ago in range(20)
        for name, count in {"leads": 40, "click_id": 10 if ago < 2 else 30}.items()
    }
    in_store(
        site.settings, lambda store: store.write(AddMeasures(source_id=SOURCE, counts=counts))
    )
    page = sign_in(site).text("/")
    assert "Fewer leads bring a click id: 75% before 23 Nov 2026 , 25% since" in page
    assert "At Website, in 80 leads: more than chance would do." in page
    assert "click id: 75%" not in sign_in(site, new_user("viewer", OTHER)).text("/")


def test_what_waits_is_told_where_something_does_and_the_person_may_know(
    site: Installation,
) -> None:
    add_destination(site, "https://hooks.example.org/x", SOURCE, OTHER)
    paused = ChangeLane(destination_id="to-Sales", state="paused", now=1)
    in_store(site.settings, lambda store: store.write(paused))
    ada, bo = sign_in(site), sign_in(site, new_user("viewer", SOURCE))
    assert "Sales is paused What comes in waits, nothing is lost." in ada.text("/")
    for name in ("Bo", "Cy"):
        site.post({"name": name})
    assert "Sales is paused 2 deliveries wait, nothing is lost." in ada.text("/")
    assert "Sales is paused What comes in waits, nothing is lost." in bo.text("/")
    german = ada.text("/", **{"accept-language": "de"})
    assert "2 Zustellungen warten, nichts geht verloren." in german


def test_a_limited_user_is_told_nothing_of_others(site: Installation) -> None:
    add_destination(site, "https://hooks.example.org/x", SOURCE)
    site.post({"name": "Bo", "_page": ADS})
    site.clock.at += 8 * DAY
    counted(site)
    bo = sign_in(site, new_user("viewer", OTHER))
    for path in ("/", f"/?capture={SOURCE}"):
        page = bo.text(path)
        assert "No lead yet" in page
        assert "Website" not in page
        assert "Delivered – nothing was to be delivered" in page
