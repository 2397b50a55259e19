from __future__ import annotations

from typing import Any

import pytest

from collector.domain.faults import ValueRefused
from collector.domain.field_values import is_country, is_empty, reader_of
from collector.domain.fields import Field, FieldType


def read(type_: FieldType, value: Any, country: str | None = None) -> Any:
    choices = ("Leaf", "Größe XL") if type_ == "choice" else ()
    return reader_of(Field(name="f", label="F", type=type_, choices=choices), country)(value)


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        ("text", " as it came ", " as it came "),
        ("text", 42, "42"),
        ("text", 1.5, "1.5"),
        ("text", True, "true"),
        ("text", ["a", "", "b"], "a, b"),
        ("email", " Ada@Example.COM ", "Ada@example.com"),
        ("email", "jürgen@müller.de", "jürgen@müller.de"),
        ("email", "o'neil+news@sub.example.co.uk", "o'neil+news@sub.example.co.uk"),
        ("phone", "+49 (0) 171 1234567", "+491711234567"),
        ("phone", "0044 20 7946 0958", "+442079460958"),
        ("phone", 1711234567, "+491711234567"),
        ("number", "12", 12),
        ("number", "-1.50", -1.5),
        ("number", 7, 7),
        ("number", " 007 ", 7),
        ("boolean", True, True),
        ("boolean", "on", True),
        ("boolean", "Ja", True),
        ("boolean", "nein", False),
        ("boolean", 0, False),
        ("date", "2026-02-28", "2026-02-28"),
        ("date", "2026-02-28T10:00:00Z", "2026-02-28"),
        ("choice", " leaf ", "Leaf"),
        ("choice", "GRÖSSE xl", "Größe XL"),
        ("choice", ["leaf", "leaf"], ["Leaf", "Leaf"]),
    ],
)
def test_a_value_is_read_as_its_field_has_it(type_: FieldType, value: Any, expected: Any) -> None:
    country = "DE" if type_ == "phone" else None
    found = read(type_, value, country)
    assert found == expected
    assert type(found) is type(expected)
    assert read(type_, found, country) == found, "what was read can be read again"


@pytest.mark.parametrize(
    ("type_", "value", "fault"),
    [
        ("text", {"a": 1}, "text"),
        ("email", "ada@", "email"),
        ("email", "ada example.com", "email"),
        ("email", "a@b@example.com", "email"),
        ("email", "x" * 100_000 + "@example.com", "email"),
        ("email", 42, "email"),
        ("email", ["a@example.com"], "email"),
        ("phone", "0171 1234567", "phone_country"),
        ("phone", "call me", "phone"),
        ("phone", "+49", "phone"),
        ("phone", "+49123", "phone"),
        ("phone", "+999 1234567", "phone"),
        ("phone", "1" * 100_000, "phone"),
        ("number", "1,5", "number"),
        ("number", "NaN", "number"),
        ("number", "1e5", "number"),
        ("number", "１２", "number"),
        ("number", True, "number"),
        ("number", "1" * 31, "number"),
        ("boolean", "maybe", "boolean"),
        ("boolean", 2, "boolean"),
        ("date", "28.02.2026", "date"),
        ("date", "2026-02-30", "date"),
        ("date", 20260228, "date"),
        ("choice", "Polo", "choice"),
        ("choice", ["leaf", "Polo"], "choice"),
    ],
)
def test_what_a_field_does_not_take_is_refused_by_a_word(
    type_: FieldType, value: Any, fault: str
) -> None:
    with pytest.raises(ValueRefused) as caught:
        read(type_, value)
    assert caught.value.fault == fault


def test_a_national_number_rings_where_the_mapping_says() -> None:
    assert read("phone", "0171/123 45 67", "DE") == "+491711234567"
    assert read("phone", "(0171) 1234567", "DE") == "+491711234567"
    assert read("phone", "0660 1234567", "AT") == "+436601234567"
    assert read("phone", "+1 212 555 0123", "DE") == "+12125550123"


@pytest.mark.parametrize("value", [None, "", " \t\n", [], {}])
def test_what_says_nothing_is_empty(value: Any) -> None:
    assert is_empty(value)


@pytest.mark.parametrize("value", [0, False, "0", ["x"], 0.0])
def test_zero_and_no_say_something(value: Any) -> None:
    assert not is_empty(value)


def test_a_country_is_named_by_its_code() -> None:
    assert is_country("DE")
    assert not is_country("Germany")
    assert not is_country("de")
