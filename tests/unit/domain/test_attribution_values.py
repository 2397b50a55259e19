from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from collector.domain.attribution_values import attribution_value, is_attribution_name
from tests.unit.domain.mapped_events import EVENT


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gclid", "Cj0KCQ_a-Z+/="),
        ("utm_source", "google"),
        ("ga_client_id", "1.2"),
        ("ga_session_id", "1795486500"),
        ("fbc", "fb.1.1795486500000.IwAR"),
        ("channel", "Paid Search"),
        ("first.channel", "Organic Social"),
        ("last.landing_page", "https://www.example.com/spring"),
        ("msclkid", "ms-1"),
        ("last.msclkid", None),
        ("first.msclkid", "ms-1"),
        ("touches", 2),
        ("utm_term", None),
        ("fbp", None),
    ],
)
def test_a_value_is_found_by_its_name(name: str, expected: Any) -> None:
    assert is_attribution_name(name)
    assert attribution_value(EVENT, name) == expected


@pytest.mark.parametrize("name", ["", "email", "first", "first.fbc", "middle.channel", "mc_eid"])
def test_other_names_are_none(name: str) -> None:
    assert not is_attribution_name(name)


def test_ids_of_the_browser_may_come_from_metadata_as_sent_and_an_event_may_know_no_touch() -> (
    None
):
    sent = replace(EVENT, metadata={"ga_client_id": "3.4"}, attribution={"first": None})
    assert attribution_value(sent, "ga_client_id") == "3.4"
    assert attribution_value(sent, "first.channel") is None
    assert attribution_value(sent, "msclkid") is None
