from __future__ import annotations

from pathlib import Path

from collector.domain.landing_faults import LandingFault
from collector.domain.times import DAY
from collector.domain.touch import PageView
from collector.storage.landing_faults import count_faults
from collector.storage.reports import ReportFilter, counts_by
from collector.web import touch_counts
from collector.web.touch_counts import TouchCounts
from tests.installation import SITE, SOURCE, in_store, installation

PAID = f"{SITE}/offer?utm_source=google&utm_medium=cpc&utm_campaign=spring&page=2"


def test_each_new_touch_is_counted_once_and_written_by_the_end(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        assert site.touch(PAID).status_code == 200
        assert site.touch(f"{PAID}&gclid=new").status_code == 200
        site.touch(f"{PAID}&gclid=new")  # the same click
        site.touch(f"{SITE}/next")  # direct
        today = site.clock.at // DAY
    wanted = ReportFilter(since=today, until=today, source_ids=(SOURCE,))
    rows = in_store(
        site.settings,
        lambda store: store.read(counts_by, wanted, ("channel", "campaign", "landing_page")),
    )
    assert [tuple(row.values()) for row in rows] == [
        ("Paid Search", "spring", "www.example.com/offer", 2, 0, 0, 0)
    ]


def test_faults_of_page_views_are_counted_without_what_they_name(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        for _ in range(2):  # the second is no new touch, and a fault like the first
            site.touch(f"{SITE}/offer?utm_campain=spring&utm_term=ada@example.org")
        site.touch(f"{SITE}/offer?utm_campain=spring", consent={"state": "denied", "by": "api"})
        today = site.clock.at // DAY
    found = in_store(site.settings, lambda store: store.read(count_faults, today, (SOURCE,)))
    page = "www.example.com/offer"
    assert found == {
        LandingFault("misspelt_name", "utm_campain", page): 2,
        LandingFault("personal_data", "utm_term", page): 2,
    }


def test_a_flood_takes_bounded_memory() -> None:
    counts = TouchCounts(None, None)  # type: ignore[arg-type]
    view = PageView(url=PAID, referrer="", at=0, own_domains=frozenset())
    for _ in range(touch_counts.MOST_WAITING + 10):
        counts.count(SOURCE, None, 0)  # type: ignore[arg-type]
        counts.look_at(SOURCE, view, 0)
    assert len(counts._seen) == touch_counts.MOST_WAITING
    assert len(counts._views) == touch_counts.MOST_VIEWS
