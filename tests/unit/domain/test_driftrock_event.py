"""The body of an event; its rows one by one: tests/unit/web/public/test_events.py."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.demo import protocol
from collector.domain.driftrock_event import SentAffiliateEvent, SentEvent, read_event
from collector.domain.errors import InputError, TooComplex
from collector.domain.event import METADATA_KEYS
from collector.domain.json_values import clean_json
from collector.domain.times import parse_time

NOW = parse_time("2026-11-24T02:15:00Z")
LEAST = {"event_type": "lead", "event_name": "x", "source_id": "s", "fields": {}}

texts = st.text(max_size=5)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
members = st.sampled_from([*SentEvent.__struct_fields__, "other"])


@given(st.dictionaries(members, json_values) | json_values)
def test_whatever_comes_is_read_or_explained(body: Any) -> None:
    for kind in (SentEvent, SentAffiliateEvent):
        assert re.search("^$|expected", said(body, kind))


def said(body: Any, kind: type[SentEvent]) -> str:
    """What is said against a body; nothing when it is read."""
    try:
        read_event(body, kind, NOW)
    except InputError as error:
        return str(error)
    return ""


@given(
    st.fixed_dictionaries(
        {
            "event_type": st.sampled_from(["lead", "action", "conversion"]),
            "event_name": st.text(min_size=1, max_size=255),
            "source_id": st.just("s"),
            "fields": st.dictionaries(texts, json_values, max_size=3),
        },
        optional={
            "metadata": st.dictionaries(st.sampled_from(METADATA_KEYS), texts),
            "event_id": texts,
            "person_id": texts,
            "created_at": st.datetimes().map(lambda at: f"{at:%Y}-12-02T10:00:00.000Z"),
            "ga_client_id": texts,
            "affiliate_id": texts,
        },
    )
)
def test_what_the_stand_in_account_takes_is_taken_here(body: dict[str, Any]) -> None:
    """The stand-in shares no code with this: two readings of one documentation agree."""
    body |= {"created_at": "2019-12-02T10:00:00.000Z"} if "created_at" in body else {}
    msgspec.convert(body, protocol.Event)
    read = read_event(body, SentEvent, NOW)
    assert read.fields == clean_json(body["fields"])
    assert set(read.metadata) == set(body.get("metadata", {})) | (
        {"ga_client_id"} if body.get("ga_client_id") else set()
    )


def test_an_affiliates_event_differs_by_one_member() -> None:
    with pytest.raises(InputError) as caught:
        read_event(LEAST, SentAffiliateEvent, NOW)
    assert caught.value.field == "affiliate_id"
    read = read_event(LEAST | {"affiliate_id": "a"}, SentAffiliateEvent, NOW)
    assert read.affiliate_id == "a"
    assert read_event(LEAST, SentEvent, NOW).affiliate_id is None


def test_a_fault_shows_no_more_of_a_value_than_a_line() -> None:
    with pytest.raises(InputError) as caught:
        read_event(LEAST | {"event_type": "y" * 10_000, "z" * 10_000: 1}, SentEvent, NOW)
    assert len(str(caught.value)) < 400


def test_what_no_document_knows_is_kept_among_the_fields_and_noted() -> None:
    body = LEAST | {"fields": {"a": 1}, "a": 2, "b": None, "metadata": {"msclkid": "m", "c": None}}
    read = read_event(body, SentEvent, NOW)
    assert read.fields == {"a": 1, "body.a": 2, "b": None, "msclkid": "m"}
    assert read.metadata == {}
    assert read.notes == ("kept in fields: body.a, body.b, metadata.msclkid",)


def test_metadata_are_texts_under_every_name() -> None:
    with pytest.raises(InputError, match=r"metadata\.msclkid: expected a text; came 5"):
        read_event(LEAST | {"metadata": {"msclkid": 5}}, SentEvent, NOW)


def test_strangers_count_as_fields() -> None:
    many = {f"f{number}": number for number in range(1_000)}
    assert len(read_event(LEAST | {"fields": many}, SentEvent, NOW).fields) == 1_000
    with pytest.raises(TooComplex):
        read_event(LEAST | {"fields": many, "one_more": 1}, SentEvent, NOW)


@pytest.mark.parametrize("text", ["yesterday", "1969-12-31T23:59:59Z", "2026-11-25T02:15:01Z"])
def test_a_time_that_cannot_be_is_explained(text: str) -> None:
    assert said(LEAST | {"created_at": text}, SentEvent).startswith("created_at: expected an ISO")
    soon = "2026-11-25T02:15:00Z"
    assert read_event(LEAST | {"created_at": soon}, SentEvent, NOW).created_at == parse_time(soon)
