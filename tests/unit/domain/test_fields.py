from __future__ import annotations

from typing import Any

import pytest

from collector.domain.errors import InputError
from collector.domain.fields import STANDARD, Field, catalogue_with, custom_field


def test_a_custom_field_stands_beside_the_standard_ones() -> None:
    made = custom_field("car_model", "choice", choices=["Leaf", " Leaf ", "Ariya", ""])
    assert made == Field(
        name="car_model", label="Car model", type="choice", choices=("Leaf", "Ariya")
    )
    catalogue = catalogue_with([made])
    assert list(catalogue)[: len(STANDARD)] == list(STANDARD)
    assert catalogue["car_model"] is made


@pytest.mark.parametrize("name", ["email", "first_name", "last_name", "phone", "company"])
def test_what_every_lead_has_is_standard(name: str) -> None:
    assert STANDARD[name].name == name


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"name": "Car"}, "name", "small letters"),
        ({"name": "1st"}, "name", "a letter first"),
        ({"name": "_token"}, "name", "a letter first"),
        ({"name": "x" * 65}, "name", "at most 64"),
        ({"name": "straße"}, "name", "small letters"),
        ({"name": "email"}, "name", "standard field"),
        ({"name": "a", "type_": "colour"}, "type", "there are text, email"),
        ({"name": "a", "type_": "choice"}, "choices", "needs choices"),
        ({"name": "a", "choices": ["x"]}, "choices", "has no choices"),
        ({"name": "a", "label": "x" * 201}, "label", "200"),
    ],
)
def test_what_is_no_field_is_refused_by_member(
    given: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(InputError, match=said) as caught:
        custom_field(**given)
    assert caught.value.field == field
