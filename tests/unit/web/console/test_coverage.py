from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.domain.times import DAY
from collector.storage.audit import Audited, Deed
from collector.storage.captures import ChangeCapture
from tests.installation import SOURCE, Installation, in_store, installation, new_capture
from tests.people import new_user, sign_in
from tests.rollups import AddMeasures

OTHER = SOURCE[:-1] + "2"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    captures = (new_capture(), new_capture(source_id=OTHER, name="Trade fair"))
    with installation(tmp_path, *captures) as opened:
        today = opened.clock.at // DAY
        counts = {
            (today - ago, name): count
            for ago in range(40)
            for name, count in {
                "leads": 40,
                "click_id": 10 if ago < 3 else 30,
                "ga_client_id": 20,
                "first_touch": 39,
            }.items()
        }
        add = AddMeasures(source_id=SOURCE, counts=counts)
        in_store(opened.settings, lambda store: store.write(add))
        yield opened


def change(site: Installation, deed: str, subject: str, days_ago: int) -> None:
    at = site.clock.at - days_ago * DAY
    write = ChangeCapture(source_id=SOURCE, changes={"name": "Website"}, now=at)
    line = Deed(at=at, user_email="ada@example.com", deed=deed, subject=subject)
    in_store(site.settings, lambda store: store.write(Audited(write=write, deed=line)))


def test_shares_stand_by_day_and_in_the_twins(site: Installation) -> None:
    ada = sign_in(site)
    rows = ada.get("/reports/coverage?range=7d&format=json").json()
    assert rows[0] == {
        "day": "2026-11-18",
        "leads": 40,
        "click_id": 0.75,
        "ga_client_id": 0.5,
        "first_touch": 0.975,
    }
    assert [row["click_id"] for row in rows[-3:]] == [0.25] * 3
    page = ada.text("/reports/coverage")
    assert "24 Nov 2026 40 25% 50% 97.5%" in page
    empty = ada.get(f"/reports/coverage?range=7d&capture={OTHER}&format=json").json()
    assert empty[0]["click_id"] is None
    assert 'data-y="0.75"' in ada.get("/reports/coverage").text


def test_a_fall_is_told_with_what_was_changed_around_it(site: Installation) -> None:
    change(site, "capture.change", SOURCE, 4)
    change(site, "capture.pause", SOURCE, 20)
    change(site, "lead.erase", "x", 3)
    page = sign_in(site).text("/reports/coverage")
    assert "Fewer leads bring a click id: 75% before 22 Nov 2026 , 25% since" in page
    assert "capture.change ada@example.com Website" in page
    assert "capture.pause" not in page
    assert "lead.erase" not in page


def test_who_changed_it_is_for_admins_and_others_captures_for_nobody(site: Installation) -> None:
    change(site, "capture.change", SOURCE, 3)
    change(site, "capture.mapping", OTHER, 3)
    page = sign_in(site, new_user("viewer", SOURCE)).text("/reports/coverage")
    assert "capture.change" in page
    assert "capture.mapping" not in page
    assert "ada@example.com" not in page
    assert "Fewer" not in sign_in(site, new_user("editor", OTHER)).text("/reports/coverage")
    assert "Fewer" not in sign_in(site).text(f"/reports/coverage?capture={OTHER}")


def test_without_a_change_the_site_is_where_to_look(site: Installation) -> None:
    assert "Look at the site: a redirect that drops the query" in sign_in(site).text(
        "/reports/coverage"
    )
