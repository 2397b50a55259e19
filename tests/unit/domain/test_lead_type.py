from __future__ import annotations

from typing import Any

import pytest

from collector.domain.errors import FieldsRefused
from collector.domain.fields import catalogue_with, custom_field
from collector.domain.lead_type import (
    LeadCheck,
    Limits,
    check_lead_type,
    parse_lead_type,
    setup_problems,
)
from collector.domain.mapped import NO_MAPPING, CompiledMapping
from collector.domain.mapping import parse_mapping

CATALOGUE = catalogue_with([custom_field("age", "number")])
TYPE = parse_lead_type(
    {
        "name": "Test drive",
        "required": ["email", "last_name"],
        "optional": ["age", "postcode", "phone"],
        "limits": {
            "age": {"minimum": 18, "maximum": 99},
            "postcode": {"min_length": 5, "max_length": 5},
        },
    }
)
GOOD = {"email": "a@b.de", "last_name": "King"}


def mapped(*rules: dict[str, Any], **rest: Any) -> CompiledMapping:
    return CompiledMapping(parse_mapping({"rules": rules, **rest}), CATALOGUE)


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, {}),
        ({"anything": {"else": [1]}}, {}),
        ({"email": ""}, {"email": "missing"}),
        ({"email": None, "last_name": "  "}, {"email": "missing", "last_name": "missing"}),
        ({"email": "nope"}, {"email": "email"}),
        ({"age": "17"}, {"age": "too_small"}),
        ({"age": 18}, {}),
        ({"age": 99.5}, {"age": "too_large"}),
        ({"age": "old"}, {"age": "number"}),
        ({"age": ""}, {}),
        ({"postcode": "1234"}, {"postcode": "too_short"}),
        ({"postcode": "123456"}, {"postcode": "too_long"}),
        ({"postcode": 12345}, {}),
        ({"phone": "0171 1234567"}, {"phone": "phone_country"}),
        ({"last_name": {"a": 1}}, {"last_name": "text"}),
    ],
)
def test_a_lead_is_judged_by_its_type(changes: dict[str, Any], faults: dict[str, str]) -> None:
    check = LeadCheck(TYPE, NO_MAPPING, CATALOGUE)
    assert check.faults({**GOOD, **changes}) == faults


def test_a_missing_field_is_named() -> None:
    assert LeadCheck(TYPE, NO_MAPPING, CATALOGUE).faults({"email": "a@b.de"}) == {
        "last_name": "missing"
    }


def test_faults_stand_under_the_names_that_were_sent() -> None:
    mapping = mapped(
        {"to": "email", "from": ["Mail", "E-Mail"]},
        {"to": "last_name", "from": "Nachname"},
        {"to": "phone", "from": "Telefon", "otherwise": "keep"},
        country="DE",
    )
    check = LeadCheck(TYPE, mapping, CATALOGUE)
    assert check.faults({"E-Mail": "nope", "Telefon": "x"}) == {
        "E-Mail": "email",
        "Nachname": "missing",
        "Telefon": "phone",
    }
    assert check.faults({"Mail": "a@b.de", "Nachname": "K", "Telefon": "0171 1234567"}) == {}


def test_a_mapping_that_drops_the_rest_drops_it_for_the_type_as_well() -> None:
    check = LeadCheck(TYPE, mapped({"to": "email", "from": "email"}, unmapped="drop"), CATALOGUE)
    assert check.faults(dict(GOOD)) == {"last_name": "missing"}


def test_without_a_type_anything_goes() -> None:
    assert LeadCheck(None, NO_MAPPING, CATALOGUE).faults({}) == {}


@pytest.mark.parametrize(
    ("mapping", "arrived", "problems"),
    [
        (NO_MAPPING, None, []),
        (NO_MAPPING, {"email", "last_name"}, []),
        (NO_MAPPING, {"email"}, ["last_name is required, and the last event had no last_name"]),
        (
            mapped({"to": "email", "from": "a"}, unmapped="drop"),
            None,
            ["last_name is required, and no rule of the mapping fills it"],
        ),
        (
            mapped({"to": "email", "from": ["a", "b"]}),
            {"c", "last_name"},
            ["email is required, and the last event had no a or b"],
        ),
        (
            mapped({"to": "last_name", "attribution": "channel"}),
            {"email"},
            ["last_name is required, and its rule takes attribution, which a lead may lack"],
        ),
        (mapped({"to": "last_name", "value": "unknown"}), {"email"}, []),
    ],
)
def test_a_setup_that_cannot_fit_its_type_is_flagged(
    mapping: CompiledMapping, arrived: set[str] | None, problems: list[str]
) -> None:
    came = None if arrived is None else frozenset(arrived)
    assert setup_problems(TYPE, mapping, came) == problems


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"name": "T", "required": ["nickname"]}, "required"),
        ({"name": "T", "optional": ["nickname"]}, "optional"),
        ({"name": "T", "required": ["email"], "optional": ["email"]}, "optional"),
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "T", "limits": {"email": {"max_length": 3}}}, "limits.email"),
        (
            {
                "name": "T",
                "optional": ["email"],
                "limits": {"email": {"min_length": 3, "max_length": 2}},
            },
            "limits.email",
        ),
    ],
)
def test_a_type_that_cannot_be_meant_is_refused(said: dict[str, Any], place: str) -> None:
    with pytest.raises(FieldsRefused) as caught:
        check_lead_type(parse_lead_type(said), CATALOGUE)
    assert list(caught.value.errors) == [place]


@pytest.mark.parametrize(
    ("said", "place"),
    [([], ""), ({"name": 1}, "name"), ({"name": "T", "required": [1]}, "required[0]")],
)
def test_what_is_no_type_is_refused_by_its_place(said: Any, place: str) -> None:
    with pytest.raises(FieldsRefused) as caught:
        parse_lead_type(said)
    assert list(caught.value.errors) == [place]


def test_limits_say_nothing_of_what_is_no_text_and_no_number() -> None:
    limits = Limits(min_length=5, minimum=5)
    others: list[Any] = [True, None, {}]
    assert [limits.fault(value) for value in others] == [None] * len(others)


def test_a_type_that_can_be_meant_is_taken() -> None:
    check_lead_type(TYPE, CATALOGUE)
