from __future__ import annotations

import pytest

from collector.domain.coverage import LOOKED_AT, NEEDED, find_falls

TODAY = 20_000


def days(fell: int, leads: int, before: int, after: int) -> dict[int, dict[str, int]]:
    """Leads of each day, of which `before` and from `fell` days ago on `after` have a click id."""
    first = TODAY - NEEDED
    return {
        day: {
            "leads": leads,
            "ga_client_id": leads,
            "first_touch": leads,
            "click_id": after if day > TODAY - fell else before,
        }
        for day in range(first, TODAY + 1)
    }


@pytest.mark.parametrize("ago", [1, 4, LOOKED_AT])
def test_a_fall_is_found_on_its_day(ago: int) -> None:
    (fall,) = find_falls(days(ago, 50, 36, 18), TODAY)
    assert (fall.share, fall.since, fall.leads) == ("click_id", TODAY - ago + 1, 50 * ago)
    assert [fall.before, fall.after] == pytest.approx([0.72, 0.36])


@pytest.mark.parametrize(
    "counted",
    [
        pytest.param(days(0, 50, 36, 36), id="nothing fell"),
        pytest.param(days(5, 50, 18, 36), id="it rose"),
        pytest.param(days(5, 50, 36, 33), id="it fell by a little"),
        pytest.param(days(1, 10, 7, 3), id="one day of few leads"),
        pytest.param(days(5, 1, 1, 0), id="too few leads in all"),
        pytest.param(days(LOOKED_AT + 10, 50, 36, 18), id="long ago"),
        pytest.param({}, id="no leads"),
        pytest.param({TODAY: {"leads": 500}}, id="nothing before"),
    ],
)
def test_what_is_no_fall(counted: dict[int, dict[str, int]]) -> None:
    assert find_falls(counted, TODAY) == []


def test_few_leads_a_day_add_up_until_they_prove_it() -> None:
    assert find_falls(days(2, 6, 5, 1), TODAY) == []
    (fall,) = find_falls(days(6, 6, 5, 1), TODAY)
    assert fall.since == TODAY - 5


def test_the_steepest_fall_comes_first() -> None:
    counted = days(3, 60, 50, 20)
    for day in range(TODAY - 2, TODAY + 1):
        counted[day]["first_touch"] = 5
    assert [fall.share for fall in find_falls(counted, TODAY)] == ["first_touch", "click_id"]
