from __future__ import annotations

from typing import Any

import msgspec
import pytest

from collector.domain.tally import is_counted, measures_of, place_of, places_of
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
    place = place_of(AT, "s", shown)
    assert (place.day, place.campaign, len(place.source)) == (AT // DAY, "(none)", 200)
    assert place.landing_page == "www.example.com/a"
    assert place.key() != place.other().key()
    assert place.other().channel == "Paid Search"


def test_the_last_stands_for_the_last_paid_where_nothing_was_paid() -> None:
    channels = {model: place.channel for model, place in places_of(lead()).items()}
    assert channels == {"first": "Paid Search", "last": "Email", "last_paid": "Paid Search"}
    unpaid = lead(attribution={"first": LAST, "last": None})
    assert {place.channel for place in places_of(unpaid).values()} == {"Email"}
    assert places_of(lead(attribution={"reason": "no touch"})) == {}


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
