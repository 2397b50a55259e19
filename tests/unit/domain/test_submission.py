from __future__ import annotations

import pytest

from collector.domain.errors import FieldsRefused, TooComplex
from collector.domain.submission import read_submission, refuse_empty


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
