"""Concluding a stored event again: what changes, what stays, and what is said of it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given

from collector.domain.consent import NOT_ASKED
from collector.domain.event import Event
from collector.domain.lead_attribution import Evidence, Rules, conclude
from collector.domain.parameters import Parameter
from collector.domain.receipt import (
    RELEASED,
    Change,
    changes,
    columns_released,
    conclude_again,
    conclude_released,
    parse_evidence,
    render_evidence,
)
from collector.domain.tables import SHIPPED_TABLES, Tables
from collector.domain.times import DAY
from collector.domain.touch import PageView, Touch, read_again, touch_of
from tests.unit.domain.leads import AT, HOME, RULES, TOKEN, evidence
from tests.unit.domain.views import OWN, START, attributed, journeys, touched, view

AWIN = Tables([Parameter("zanpid", "awin", "awin", "affiliate", click_id=True)])
NOTED = ("files are not kept",)


def event(kept: Evidence, rules: Rules = RULES, **members: Any) -> Event:
    """An event as intake makes it of such evidence."""
    concluded = conclude(kept, rules)
    plain: dict[str, Any] = dict.fromkeys(
        ("id", "event_id", "event_type", "event_name", "source_id"), "x"
    )
    values: dict[str, Any] = {
        "created_at": AT,
        "received_at": AT,
        "fields": {},
        "metadata": concluded.metadata,
        "attribution": msgspec.json.decode(msgspec.json.encode(concluded.attribution)),
        "consent": NOT_ASKED,
        "device": {},
    }
    return Event(**plain, **(values | members))


def told(one: Event, kept: Evidence, tables: Tables) -> list[Change]:
    concluded = conclude_again(one, kept, tables)
    assert concluded is not None
    return changes(one, concluded)


KEPT: dict[str, Evidence] = {
    "a token": evidence(token=TOKEN, notes=NOTED),
    "a page": evidence(page=f"{HOME}?gclid=1&utm_source=a#x", referrer="https://www.google.com/"),
    "hidden inputs": evidence(hidden={"utm_source": "a"}),
    "nothing": evidence(page=""),
    "a direct first touch": evidence(token=attributed(touched(), view("google@1d"))),
}


@pytest.mark.parametrize("kept", KEPT.values(), ids=KEPT)
def test_the_same_tables_conclude_the_same(kept: Evidence) -> None:
    again = parse_evidence(render_evidence(kept))
    assert again == kept
    assert told(event(kept), again, SHIPPED_TABLES) == []


def test_another_table_changes_the_touch_and_says_how() -> None:
    kept = evidence(page=f"{HOME}?zanpid=7&a=1", referrer="https://blog.test/", notes=NOTED)
    found = {change.part: (change.was, change.now) for change in told(event(kept), kept, AWIN)}
    was, now = found["last"]
    assert (was["channel"], was["source"]) == ("Referral", "blog.test")
    assert (now["channel"], now["channel_rule"]) == ("Affiliates", "affiliate")
    assert (now["source"], now["medium"], now["parameters"]) == (
        "awin",
        "affiliate",
        {"zanpid": "7"},
    )
    assert set(was) == set(now)
    assert "at" not in now, "what did not change is not told"
    assert found["reason"] == ("last_campaign/last: referrer", "last_campaign: zanpid")
    assert "rules" not in found
    assert "table_version" not in found


def test_metadata_are_a_part_like_any_other() -> None:
    rules = Rules(own_domains=OWN, derive_utm=True)
    kept = evidence(page=f"{HOME}?zanpid=7&utm_id=1")
    now = {"utm_medium": "affiliate", "utm_source": "awin"}
    assert Change("metadata", {}, now) in told(event(kept, rules), kept, AWIN)


def test_the_rules_are_those_of_then() -> None:
    rules = Rules(
        own_domains=OWN | {"partner.test"},
        attribution_model="first",
        utm_keyword_from="utm_term",
        derive_utm=True,
    )
    kept = evidence(page="https://partner.test/?utm_term=boots&gclid=1", token=TOKEN)
    concluded = conclude_again(event(kept, rules), kept, AWIN)
    assert concluded is not None
    assert concluded.attribution["rules"] == {
        "own_domains": ["example.com", "partner.test"],
        "utm_keyword_from": "utm_term",
        "derive_utm": True,
    }
    assert concluded.attribution["model"] == "first"
    assert concluded.attribution["table_version"] == AWIN.version


def test_a_touch_of_the_token_is_read_again_from_its_landing_page() -> None:
    token = attributed(touched("?zanpid=7&a=1&utm_id=2"), view("google@1d"))
    kept = evidence(token=token)
    first = next(change for change in told(event(kept), kept, AWIN) if change.part == "first")
    assert first.was["parameters"] == {"utm_id": "2"}
    assert first.now["parameters"] == {"utm_id": "2", "zanpid": "7"}
    assert first.now["landing_page"] == f"{HOME}?a=1"
    assert first.now["source"] == "awin"


def test_a_touch_that_came_from_a_host_that_sends_nobody_by_now_is_none() -> None:
    shop = touch_of(
        PageView(url=HOME, referrer="https://pay.test/", at=START + DAY, own_domains=OWN)
    )
    kept = evidence(token=attributed(touched("?utm_id=1"), shop))
    silent = Tables([], ["pay.test"])
    concluded = conclude_again(event(kept), kept, silent)
    assert concluded is not None
    assert concluded.attribution["last"]["parameters"] == {"utm_id": "1"}
    alone = evidence(token=attributed(shop))
    only = conclude_again(event(alone), alone, silent)
    assert only is not None
    assert only.attribution["last"]["channel"] == "Direct"


def test_notes_of_the_submission_and_of_a_release_stay() -> None:
    kept = evidence(page="https://partner.test/?gclid=1", notes=NOTED)
    marked = event(kept, marks={"origin": "https://partner.test"})
    released = conclude_released(marked, kept, RULES)
    assert released.metadata == {"gclid": "1"}
    assert released.attribution["notes"][-2:] == [*NOTED, RELEASED]
    let_go = event(
        kept, marks=marked.marks, metadata=released.metadata, attribution=released.attribution
    )
    assert told(let_go, kept, SHIPPED_TABLES) == []
    assert told(marked, kept, SHIPPED_TABLES) == [], "one that is held stays as it is"


def test_a_release_is_written_by_column_where_evidence_is_kept() -> None:
    kept = evidence(page="https://partner.test/?gclid=1")
    marked = event(kept, marks={"origin": "https://partner.test"})
    written = columns_released(marked, render_evidence(kept), RULES)
    assert written is not None
    assert written["metadata"] == '{"gclid":"1"}'
    assert RELEASED in written["attribution"]
    assert columns_released(marked, "{}", RULES) is None


def test_a_mark_that_is_no_address_allows_nothing() -> None:
    kept = evidence(page="https://partner.test/?gclid=1")
    assert conclude_released(event(kept, marks={"origin": "?"}), kept, RULES).metadata == {}


@pytest.mark.parametrize("text", ["{}", "", "null", "[1]", '{"at":"x"}'])
def test_evidence_that_is_none_is_none(text: str) -> None:
    assert parse_evidence(text) is None


def test_an_event_that_no_rules_concluded_is_left_alone() -> None:
    assert conclude_again(event(evidence(), attribution={}), evidence(), AWIN) is None


@given(journeys)
def test_reading_again_by_the_same_tables_gives_the_same_touch(journey: list[Touch]) -> None:
    assert [read_again(touch, SHIPPED_TABLES) for touch in journey] == journey


def test_a_page_that_a_link_names_speaks_later_only_if_nothing_spoke_before() -> None:
    named = "next=%2Foffer%3Fgclid%3Da"
    spoke = touched(f"?utm_source=x&{named}")
    assert read_again(spoke, SHIPPED_TABLES) is spoke
    silent = touched("?next=%2Foffer%3Fzanpid%3D7")
    assert read_again(silent, AWIN).parameters == {"zanpid": "7"}
