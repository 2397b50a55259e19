from __future__ import annotations

import pytest

from collector.domain.errors import FieldsRefused, TooComplex
from collector.domain.submission import (
    Submission,
    read_created_at,
    read_event_id,
    read_event_type,
    read_submission,
    refuse_empty,
)
from collector.domain.times import DAY, parse_time


def test_reserved_names_never_reach_the_fields() -> None:
    reserved = [
        *("_token", "_page", "_referrer", "_ga", "_ga_ABC123", "_fbp", "_fbc", "_event_id"),
        *("_event_name", "_event_type", "_person_id", "_created_at", "_next", "_gotcha"),
        *("_lang", "_check", "_consent"),
    ]
    found = read_submission([*((name, "x") for name in reserved), ("email", "a@b.de")])
    assert found.fields == {"email": "a@b.de"}
    assert found.reserved == dict.fromkeys(reserved, "x")


def test_every_other_name_is_a_field() -> None:
    found = read_submission([("_mine", "1"), ("token", "2"), ("", "3")])
    assert found.fields == {"_mine": "1", "token": "2", "": "3"}


def test_a_repeated_name_is_a_list_in_order() -> None:
    found = read_submission([("topic", "b"), ("email", "e"), ("topic", "a")])
    assert found.fields == {"topic": ["b", "a"], "email": "e"}


def test_of_a_repeated_reserved_name_the_first_value_counts() -> None:
    found = read_submission([("a", "1"), ("_next", ""), ("_next", "/x"), ("_next", "/y")])
    assert found.said("_next") == "/x"


@pytest.mark.parametrize("pairs", [[], [("_token", "x")]], ids=["nothing", "reserved names only"])
def test_a_submission_without_fields_is_refused(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(FieldsRefused) as refused:
        refuse_empty(read_submission(pairs))
    assert "fields" in refused.value.errors


def test_a_submission_with_one_field_is_none_of_nothing() -> None:
    submission = read_submission([("_token", "x"), ("a", "")])
    refuse_empty(submission)
    assert submission.fields == {"a": ""}


def test_more_than_a_thousand_fields_are_refused() -> None:
    assert len(read_submission([(str(n), "") for n in range(1000)]).fields) == 1000
    with pytest.raises(TooComplex):
        read_submission([(str(n), "") for n in range(1001)])


def test_characters_no_database_keeps_are_replaced_and_noted_once() -> None:
    found = read_submission([("a", "x\x00"), ("b", ["\ud800"])], "files: kept by name")
    assert found.fields == {"a": "x\ufffd", "b": ["\ufffd"]}
    assert found.notes == ("files: kept by name", "characters that cannot be stored were replaced")


# ---- reserved values that cannot be used cost no lead ----------------------------------------

NOW = parse_time("2026-11-24T02:15:00Z")


@pytest.mark.parametrize(
    ("said", "kept", "noted"),
    [
        (None, None, []),
        ("", None, []),
        ("e" * 255, "e" * 255, []),
        ("e" * 256, None, ["_event_id over 255 characters ignored"]),
    ],
    ids=["none", "an empty one", "the longest", "too long"],
)
def test_an_event_id_is_kept_or_replaced(
    said: str | None, kept: str | None, noted: list[str]
) -> None:
    notes: list[str] = []
    assert read_event_id(_with("_event_id", said), notes) == kept
    assert notes == noted


@pytest.mark.parametrize(
    ("said", "kept", "noted"), [(None, None, 0), ("action", "action", 0), ("sale", None, 1)]
)
def test_an_event_type_is_one_there_is(said: str | None, kept: str | None, noted: int) -> None:
    notes: list[str] = []
    assert read_event_type(_with("_event_type", said), notes) == kept
    assert len(notes) == noted


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("2019-12-02T10:00:00.000Z", parse_time("2019-12-02T10:00:00Z")),
        ("2026-11-25T02:15:00Z", NOW + DAY),
        ("2026-11-25T02:15:01Z", None),
        ("1970-01-01T00:00:00Z", None),
        ("1969-12-31T23:59:59Z", None),
        ("yesterday", None),
    ],
)
def test_a_time_that_cannot_be_becomes_the_time_of_receipt(said: str, kept: int | None) -> None:
    notes: list[str] = []
    assert read_created_at(_with("_created_at", said), NOW, notes) == (kept or NOW)
    assert len(notes) == (kept is None)


def test_without_a_time_the_time_of_receipt_counts() -> None:
    notes: list[str] = []
    assert read_created_at(_with("_created_at", None), NOW, notes) == NOW
    assert notes == []


def _with(name: str, said: str | None) -> Submission:
    return read_submission([] if said is None else [(name, said)])
