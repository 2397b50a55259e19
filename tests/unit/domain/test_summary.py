from __future__ import annotations

import pytest

from collector.domain.summary import change_of, share_of, summarise


def test_days_add_up_and_those_without_a_lead_stand_between() -> None:
    measures = {
        9: {"leads": 100},
        10: {"leads": 2, "click_id": 1, "ga_client_id": 1},
        12: {"leads": 1, "time:1h": 1},
    }
    found = summarise(measures, 10, 12)
    assert (found.leads, found.click_ids, found.ga) == (3, 1, 1)
    assert [(day.day, day.leads, day.click_ids) for day in found.days] == [
        (10, 2, 1),
        (11, 0, 0),
        (12, 1, 0),
    ]
    assert found.share(found.click_ids) == pytest.approx(1 / 3)


def test_of_nothing_there_is_no_share_and_no_change() -> None:
    assert summarise({}, 0, 1).share(0) is None
    assert share_of(1, 0) is None
    assert change_of(5, 0) is None
    assert change_of(5, 10) == -0.5
