from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from collector.domain.errors import StoreUnavailable
from collector.domain.submission import MAX_ID
from collector.domain.times import MINUTE, parse_time
from collector.storage.events import EventFilter, get_event, newest_events
from tests.desk import NOW, PAID, Desk, open_desk
from tests.installation import SITE, SOURCE
from tests.unit.domain.views import attributed


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as opened:
        yield opened


async def test_a_worker_is_woken_once_a_lead_is_on_the_disk(desk: Desk) -> None:
    received = await desk.receive({"_event_id": "e-1"})
    assert (received.event_id, received.repeat) == ("e-1", False)
    assert desk.told == ["woken"]
    assert (await desk.store.read(get_event, received.id)).fields == {"n": "1"}


async def test_nobody_is_woken_and_nothing_stored_where_the_store_is_unavailable(
    desk: Desk,
) -> None:
    await desk.store._writer.close()
    with pytest.raises(StoreUnavailable):
        await desk.receive({})
    assert desk.told == []
    assert await desk.store.read(newest_events, EventFilter(), 10) == []


async def test_a_repeat_is_answered_with_the_first_ones_id(desk: Desk) -> None:
    first = await desk.receive({"_event_id": "e-1"})
    again = await desk.receive({"_event_id": "e-1"}, now=NOW + MINUTE)
    assert (again.id, again.event_id, again.repeat) == (first.id, "e-1", True)


async def test_without_an_id_of_the_senders_nothing_is_ever_a_repeat(desk: Desk) -> None:
    ids = {(await desk.receive({"_event_id": said})).id for said in ("", "x" * (MAX_ID + 1))}
    assert len(ids) == 2


MARKS: dict[str, tuple[dict[str, str], dict[str, Any], dict[str, str]]] = {
    "nothing special": ({}, {}, {}),
    "a filled honeypot": ({"_gotcha": "x"}, {}, {"spam": "honeypot"}),
    "another origin": ({}, {"origin": "https://x.example"}, {"origin": "https://x.example"}),
    "no origin": ({}, {"origin": None}, {}),
    "the origin null": ({}, {"origin": "null"}, {}),
    "over the limit": ({}, {"over_rate": True}, {"rate": "over the rate limit"}),
    "a check code that is none": ({"_check": "1-x"}, {}, {}),
    "several at once": (
        {"_gotcha": "x"},
        {"over_rate": True, "origin": "https://x.example"},
        {"spam": "honeypot", "rate": "over the rate limit", "origin": "https://x.example"},
    ),
}


@pytest.mark.parametrize(("fields", "how", "marks"), MARKS.values(), ids=MARKS)
async def test_a_mark_has_an_explicit_cause(
    desk: Desk, fields: dict[str, str], how: dict[str, Any], marks: dict[str, str]
) -> None:
    assert (await desk.event(fields, **how)).marks == marks


async def test_a_code_of_another_capture_makes_no_test(desk: Desk) -> None:
    own, _ = desk.codes.make(SOURCE, NOW)
    other, _ = desk.codes.make(SOURCE[:-1] + "9", NOW)
    assert (await desk.event({"_check": own})).marks == {"test": "check code"}
    refused = await desk.event({"_check": other})
    assert refused.marks == {}
    assert "check code invalid" in refused.attribution["notes"]


CREATED = {
    "not said": (None, NOW, False),
    "an hour ago, somewhere east": ("2026-11-25T03:15:00+02:00", NOW - 60 * MINUTE, False),
    "without a zone": ("2026-11-20 10:00", parse_time("2026-11-20T10:00:00Z"), False),
    "a clock that is a little ahead": ("2026-11-25T10:00:00Z", NOW + 465 * MINUTE, False),
    "the day after tomorrow": ("2026-11-27T00:00:00Z", NOW, True),
    "before there was time": ("1969-12-31", NOW, True),
    "no time": ("yesterday", NOW, True),
    "after the last year": ("99999-01-01", NOW, True),
}


@pytest.mark.parametrize(("said", "at", "noted"), CREATED.values(), ids=CREATED)
async def test_a_time_of_the_senders_counts_where_it_can_be(
    desk: Desk, said: str | None, at: int, noted: bool
) -> None:
    event = await desk.event({"_created_at": said} if said else {})
    assert (event.created_at, event.received_at) == (at, NOW)
    assert any("_created_at" in note for note in event.attribution["notes"]) is noted


# ---- which token counts ---------------------------------------------------------------------


async def test_of_several_tokens_the_first_that_verifies_counts_and_the_rest_by_reason(
    desk: Desk,
) -> None:
    good = desk.sign(attributed(PAID))
    tokens = ("nonsense", f"{good[:-1]}{'A' if good[-1] != 'A' else 'B'}", good, "never opened")
    event = await desk.event({"_token": "x"}, tokens=tokens)
    assert event.metadata["gclid"] == "Cj0KCQ"
    assert desk.told == ["malformed", "signature", "woken"]


async def test_the_form_field_stands_in_where_no_cookie_verifies(desk: Desk) -> None:
    event = await desk.event({"_token": desk.sign(attributed(PAID))}, tokens=("nonsense",))
    assert event.metadata["gclid"] == "Cj0KCQ"


async def test_a_token_that_is_no_good_costs_no_lead_and_is_named_as_missing(desk: Desk) -> None:
    event = await desk.event({"_token": "nonsense", "_page": f"{SITE}/contact"})
    assert event.metadata == {}
    assert event.attribution["reason"] == "token rejected: malformed"
    several = await desk.event({"_token": "nonsense"}, tokens=("x" * 4_000, "nonsense"))
    assert several.attribution["reason"] == "token rejected: oversized"
    assert (await desk.event({"n": "2"})).attribution["reason"] == "no token"
