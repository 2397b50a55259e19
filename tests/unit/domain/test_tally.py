from __future__ import annotations

from typing import Any

import msgspec
import pytest

from collector.domain.tally import (
    has_click_id,
    is_counted,
    measures_of,
    month_end,
    month_of,
    spans_between,
    spot_of,
    spots_of,
)
from collector.domain.times import DAY, parse_time
from tests.unit.domain.mapped_events import EVENT

FIRST = {
    "at": "2026-11-24T02:00:00.000Z",
    "channel": "Paid Search",
    "source": "google",
    "medium": "cpc",
    "campaign": None,
    "parameters": {"gclid": "x"},
    "landing_page": "https://www.example.com/a?b=c",
}
LAST = {**FIRST, "channel": "Email", "source": "newsletter", "parameters": {}}
AT = parse_time("2026-11-24T02:15:00Z")


def lead(**changes: Any) -> Any:
    attribution = {"first": FIRST, "last": LAST, "touches": 7}
    values = {"received_at": AT, "attribution": attribution, "metadata": {}, "marks": {}}
    return msgspec.structs.replace(EVENT, **{**values, **changes})


def test_a_place_is_short_and_names_nobody() -> None:
    shown = {**FIRST, "campaign": "ada@example.org", "source": "x" * 900}
    place = spot_of(AT, "s", shown).place
    assert (place.day, place.campaign, len(place.source)) == (AT // DAY, "(none)", 200)
    assert place.landing_page == "www.example.com/a"
    assert place.key() != place.other().key()
    assert place.other().channel == "Paid Search"


def test_the_last_stands_for_the_last_paid_where_nothing_was_paid() -> None:
    spots = spots_of(lead(), FIRST)
    channels = {model: spot.place.channel for model, spot in spots.items()}
    paid = dict.fromkeys(("first", "last_paid", "decided"), "Paid Search")
    assert channels == {**paid, "last": "Email"}
    assert spots_of(lead(), None)["decided"].place.channel == "Email"
    unpaid = lead(attribution={"first": LAST, "last": None})
    assert {spot.place.channel for spot in spots_of(unpaid, None).values()} == {"Email"}
    assert spots_of(lead(attribution={"reason": "no touch"}), None) == {}


def test_a_spot_has_a_value_in_each_dimension() -> None:
    values = dict(spot_of(AT, "s", {**FIRST, "content": "red", "term": "a@b.example"}).values())
    assert values == {
        "channel": "Paid Search",
        "source": "google",
        "medium": "cpc",
        "campaign": "(none)",
        "landing_page": "www.example.com/a",
        "content": "red",
        "term": "(none)",
    }


def test_a_click_id_is_known_by_its_name() -> None:
    assert has_click_id(FIRST)
    assert not has_click_id({"parameters": {"utm_source": "x"}})
    assert not has_click_id(None)


def days(*texts: str) -> list[int]:
    return [parse_time(f"{text}T00:00:00Z") // DAY for text in texts]


@pytest.mark.parametrize(
    ("since", "until", "parts"),
    [
        ("2026-11-02", "2026-11-30", [("day", "2026-11-02", "2026-11-30")]),
        ("2026-11-01", "2026-11-30", [("month", "2026-11-01", "2026-11-30")]),
        (
            "2026-01-30",
            "2026-04-02",
            [
                ("day", "2026-01-30", "2026-01-31"),
                ("month", "2026-02-01", "2026-03-31"),
                ("day", "2026-04-01", "2026-04-02"),
            ],
        ),
        ("2026-12-31", "2027-01-01", [("day", "2026-12-31", "2027-01-01")]),
        (
            "2027-12-01",
            "2028-03-01",
            [("month", "2027-12-01", "2028-02-29"), ("day", "2028-03-01", "2028-03-01")],
        ),
    ],
)
def test_days_are_cut_into_whole_months_and_the_rest(
    since: str, until: str, parts: list[tuple[str, str, str]]
) -> None:
    wanted = [(span, *days(begin, end)) for span, begin, end in parts]
    assert spans_between(*days(since, until)) == wanted


def test_a_month_begins_on_its_first() -> None:
    assert [month_of(day) for day in days("2026-11-01", "2026-11-30")] == days("2026-11-01") * 2


def test_a_month_ends_on_its_last() -> None:
    within = days("2026-11-01", "2026-11-30", "2028-02-01", "2026-12-31")
    last = days("2026-11-30", "2026-11-30", "2028-02-29", "2026-12-31")
    assert [month_end(day) for day in within] == last


@pytest.mark.parametrize(
    ("seconds", "name"),
    [(0, "10m"), (599, "10m"), (600, "1h"), (3_600, "1d"), (86_400, "7d"), (604_800, "30d"), (2_592_000, "more")],
)  # fmt: skip
def test_time_to_lead_falls_into_steps(seconds: int, name: str) -> None:
    at = parse_time(str(FIRST["at"])) + seconds * 1_000_000
    assert f"time:{name}" in list(measures_of(lead(received_at=at)))


def test_a_lead_is_measured_by_what_it_came_with() -> None:
    assert list(measures_of(lead(metadata={"ga_client_id": "1.2"}))) == [
        "leads", "click_id", "ga_client_id", "first_touch", "time:1h", "touches:5+"
    ]  # fmt: skip
    plain = {"first": {**FIRST, "parameters": {}}, "last": LAST, "touches": 1}
    assert list(measures_of(lead(attribution=plain)))[-1] == "touches:1"
    assert list(measures_of(lead(attribution={}))) == ["leads"]


def test_tests_spam_and_actions_are_not_counted() -> None:
    assert is_counted(lead(marks={"bot": "curl"}))
    assert not is_counted(lead(marks={"test": "x"}))
    assert not is_counted(lead(event_type="action"))
