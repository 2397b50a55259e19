from __future__ import annotations

from typing import Any

import msgspec
import pytest

from collector.domain.consent import Consent
from collector.domain.event import (
    Event,
    person_key,
    person_link,
    render_event,
    repeat_key,
    withheld_reason,
)

EVENT = Event(
    id="id-1",
    event_id="e-1",
    event_type="lead",
    event_name="Lead",
    source_id="s-1",
    created_at=1_764_000_000_000_000,
    received_at=1_764_000_000_123_000,
    fields={"email": "a@b.de", "topics": ["x", "y"]},
    metadata={"gclid": "Cj0"},
    attribution={"reason": "gclid"},
    consent=Consent("granted", "tcf"),
    device={"class": "mobile", "browser": "Safari", "os": "iOS"},
)


def test_an_event_reads_as_the_contract_says() -> None:
    assert render_event(EVENT) == {
        "id": "id-1",
        "event_id": "e-1",
        "event_type": "lead",
        "event_name": "Lead",
        "source_id": "s-1",
        "person_id": None,
        "affiliate_id": None,
        "created_at": "2025-11-24T16:00:00.000Z",
        "received_at": "2025-11-24T16:00:00.123Z",
        "fields": {"email": "a@b.de", "topics": ["x", "y"]},
        "metadata": {"gclid": "Cj0"},
        "attribution": {"reason": "gclid"},
        "consent": {"state": "granted", "by": "tcf"},
        "device": {"class": "mobile", "browser": "Safari", "os": "iOS"},
        "marks": {},
    }


@pytest.mark.parametrize(
    ("change", "is_repeat"),
    [
        ({"id": "id-2", "received_at": 5, "metadata": {}, "person_id": "p"}, True),
        ({"fields": {"topics": ["x", "y"], "email": "a@b.de"}}, True),
        ({"fields": {"email": "a@b.de", "topics": ["y", "x"]}}, False),
        ({"event_id": "e-2"}, False),
        ({"event_type": "action"}, False),
        ({"event_name": "Other"}, False),
        ({"source_id": "s-2"}, False),
        ({"marks": {"test": "check code"}}, False),
        ({"marks": {"spam": "honeypot"}}, True),
    ],
)
def test_an_exact_repeat_is_same_capture_id_type_name_and_fields(
    change: dict[str, Any], is_repeat: bool
) -> None:
    other = msgspec.structs.replace(EVENT, **change)
    assert (repeat_key(other) == repeat_key(EVENT)) is is_repeat


def test_person_id_links_over_all_captures_and_event_id_within_one() -> None:
    def key(**change: Any) -> str:
        return person_key(msgspec.structs.replace(EVENT, **change))

    assert key(fields={}) == key()
    assert key(source_id="s-2") != key()
    assert key(person_id="p", source_id="s-2", event_id="x") == key(person_id="p")


def test_an_event_links_its_senders_two_ids_only_if_it_has_both() -> None:
    def link(**change: Any) -> tuple[str, str] | None:
        return person_link(msgspec.structs.replace(EVENT, **change))

    both = link(person_id="p")
    assert both == (person_key(EVENT), person_key(msgspec.structs.replace(EVENT, person_id="p")))
    assert link() is None
    assert link(person_id="p", event_id=EVENT.id) is None


@pytest.mark.parametrize(
    ("marks", "paused", "reason"),
    [
        ({}, False, None),
        ({}, True, "paused"),
        ({"bot": "x"}, False, None),
        ({"test": "x", "spam": "y"}, True, "test"),
        ({"rate": "x"}, False, "rate"),
        ({"origin": "x"}, False, "origin"),
    ],
)
def test_what_withholds_deliveries(
    marks: dict[str, str], paused: bool, reason: str | None
) -> None:
    assert withheld_reason(marks, capture_paused=paused) == reason
