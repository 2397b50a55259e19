from __future__ import annotations

from typing import Any

import pytest

from collector.domain.errors import FieldsRefused
from collector.domain.mapping import (
    PASS_ALL,
    Mapping,
    is_marketing_name,
    parse_mapping,
    render_mapping,
)

WRITTEN: dict[str, Any] = {
    "rules": [
        {"to": "email", "from": ["E-Mail", "mail"], "transforms": [{"do": "trim"}]},
        {"to": "source", "value": "Website"},
        {"to": "fb", "attribution": "fbc"},
        {"to": "phone", "from": "Telefon", "otherwise": "keep"},
    ],
    "unmapped": "drop",
    "country": "DE",
}


def test_a_mapping_is_written_as_it_was_read() -> None:
    mapping = parse_mapping(WRITTEN)
    assert parse_mapping(render_mapping(mapping)) == mapping
    assert [rule.names for rule in mapping.rules] == [("E-Mail", "mail"), (), (), ("Telefon",)]


def test_an_empty_one_passes_everything() -> None:
    assert parse_mapping({}) == PASS_ALL == Mapping()
    assert render_mapping(PASS_ALL) == {}


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ([], ""),
        ({"rule": []}, ""),
        ({"rules": [{"from": "a"}]}, "rules[0]"),
        ({"rules": [{"to": "a"}, {"to": 1}]}, "rules[1].to"),
        ({"rules": [{"to": "a", "transforms": [{"do": "x"}]}]}, "rules[0].transforms[0].do"),
        ({"rules": [{"to": "a", "value": [1]}]}, "rules[0].value"),
        ({"unmapped": "keep"}, "unmapped"),
    ],
)
def test_what_is_no_mapping_is_refused_by_its_place(said: Any, place: str) -> None:
    with pytest.raises(FieldsRefused) as caught:
        parse_mapping(said)
    assert list(caught.value.errors) == [place]


@pytest.mark.parametrize("name", ["gclid", "GCLID", "utm_source", "ga_client_id", "msclkid"])
def test_marketing_attributes_are_known_by_name(name: str) -> None:
    assert is_marketing_name(name)


@pytest.mark.parametrize("name", ["email", "source", "utm_id", ""])
def test_other_names_are_not(name: str) -> None:
    assert not is_marketing_name(name)
