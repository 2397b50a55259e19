from __future__ import annotations

from typing import Any

import pytest

from collector.domain.errors import FieldsRefused
from collector.domain.fields import catalogue_with, custom_field
from collector.domain.mapping import parse_mapping
from collector.domain.mapping_check import MAX_RULES, check_mapping

CATALOGUE = catalogue_with(
    [
        custom_field("model", "choice", choices=["Leaf", "Ariya"]),
        custom_field("gclid"),
        custom_field("age", "number"),
        custom_field("fb"),
    ]
)

PROBLEMS: dict[str, tuple[dict[str, Any], str, str]] = {
    "an unknown field": (
        {"to": "nickname", "from": "a"},
        "to",
        "there is no field nickname; create it first",
    ),
    "a name of ours": ({"to": "_token", "from": "a"}, "to", "no name"),
    "no source": ({"to": "email"}, "from", "where the value comes from"),
    "two sources": (
        {"to": "fb", "from": "a", "attribution": "fbc"},
        "attribution",
        "not both",
    ),
    "unknown attribution": ({"to": "fb", "attribution": "shoe_size"}, "attribution", "shoe_size"),
    "a click id that is changed": (
        {"to": "fb", "from": "fbclid", "transforms": [{"do": "trim"}]},
        "transforms",
        "as they are",
    ),
    "attribution that is changed": (
        {"to": "fb", "attribution": "fbc", "transforms": [{"do": "trim"}]},
        "transforms",
        "as they are",
    ),
    "a click id that is made up": ({"to": "gclid", "value": "x"}, "value", "never made up"),
    "a click id as a number": ({"to": "age", "from": "gclid"}, "to", "text field"),
    "a constant of the wrong type": ({"to": "age", "value": "old"}, "value", "not a number"),
    "a choice that is none": (
        {"to": "model", "from": "m", "transforms": [{"do": "choice", "table": {"a": "Polo"}}]},
        "transforms",
        "Polo",
    ),
    "a transform that cannot be meant": (
        {"to": "phone", "from": "t", "transforms": [{"do": "phone", "country": "XX"}]},
        "transforms[0]",
        "no country",
    ),
}


@pytest.mark.parametrize(("rule", "place", "said"), PROBLEMS.values(), ids=PROBLEMS)
def test_a_rule_that_cannot_be_meant_is_refused_by_its_place(
    rule: dict[str, Any], place: str, said: str
) -> None:
    good = {"to": "city", "from": "Ort"}
    with pytest.raises(FieldsRefused) as caught:
        check_mapping(parse_mapping({"rules": [good, rule]}), CATALOGUE)
    assert list(caught.value.errors) == [f"rules[1].{place}"]
    assert said in caught.value.errors[f"rules[1].{place}"]


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"country": "Germany"}, "country"),
        ({"rules": [{"to": "city", "from": "a"}, {"to": "city", "from": "b"}]}, "rules"),
        ({"rules": [{"to": f"f{n}", "from": "a"} for n in range(MAX_RULES + 1)]}, "rules"),
    ],
    ids=["no country", "one field twice", "too many"],
)
def test_a_mapping_that_cannot_be_meant_is_refused(said: dict[str, Any], place: str) -> None:
    with pytest.raises(FieldsRefused) as caught:
        check_mapping(parse_mapping(said))
    assert list(caught.value.errors) == [place]


def test_what_can_be_meant_is_accepted() -> None:
    rules = [
        {"to": "model", "from": "m", "transforms": [{"do": "choice", "table": {"L": "leaf"}}]},
        {"to": "fb", "attribution": "fbc"},
        {"to": "gclid", "from": "gclid"},
        {"to": "age", "value": "42"},
    ]
    check_mapping(parse_mapping({"rules": rules, "country": "DE"}), CATALOGUE)


def test_a_destination_has_names_of_its_own() -> None:
    check_mapping(parse_mapping({"rules": [{"to": "Contact.E-Mail", "from": "email"}]}))
