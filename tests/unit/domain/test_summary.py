from __future__ import annotations

from typing import Any

import pytest

from collector.domain.glance import Glance
from collector.domain.summary import TOP, change_of, summarise
from collector.domain.times import DAY, HOUR


def lead(at: int, **changes: Any) -> Glance:
    values: dict[str, Any] = {
        **dict.fromkeys(("name", "email", "channel", "source", "medium", "campaign", "page"), ""),
        "id": str(at),
        "source_id": "s",
        "event_type": "lead",
        "marks": (),
        "click_id": False,
        "ga": False,
    }
    return Glance(received_at=at, **{**values, **changes})


def test_leads_are_counted_by_day_and_quality() -> None:
    since = 10 * DAY
    leads = [
        lead(since, click_id=True, channel="Paid Search"),
        lead(since + 23 * HOUR, ga=True, channel="Direct"),
        lead(since + 2 * DAY, channel="Direct", campaign="spring", page="example.com/"),
    ]
    found = summarise(leads, since, 3)
    assert (found.leads, found.click_ids, found.ga) == (3, 1, 1)
    assert [(day.leads, day.click_ids) for day in found.days] == [(2, 1), (0, 0), (1, 0)]
    assert found.channels == [("Direct", 2), ("Paid Search", 1)]
    assert (found.campaigns, found.pages) == ([("spring", 1)], [("example.com/", 1)])
    assert found.share(found.click_ids) == pytest.approx(1 / 3)


def test_only_the_most_frequent_stand_in_a_table() -> None:
    found = summarise([lead(n, campaign=f"c{n % 20:02}") for n in range(60)], 0, 1)
    assert len(found.campaigns) == TOP
    assert found.campaigns[0] == ("c00", 3)


def test_of_nothing_there_is_no_share_and_no_change() -> None:
    assert summarise([], 0, 1).share(0) is None
    assert change_of(5, 0) is None
    assert change_of(5, 10) == -0.5
