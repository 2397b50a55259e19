from __future__ import annotations

from typing import Any

import pytest

from collector.domain.glance import click_ids_of, name_of, page_of
from collector.domain.journey import SeenTouch


@pytest.mark.parametrize(
    ("fields", "name", "email"),
    [
        ({"name": " Ada ", "email": "a@b.c"}, "Ada", "a@b.c"),
        ({"First-Name": "Ada", "last_name": "Löwe"}, "Ada Löwe", ""),
        ({"vorname": "Ada", "Nachname": "Löwe", "E-Mail": "a@b.c"}, "Ada Löwe", "a@b.c"),
        ({"nachname": "Löwe", "name": "x"}, "Löwe", ""),
        ({"telefon": "030 1"}, "030 1", ""),
        ({"email": ["a", "b"], "n": 1, "message": "hi"}, "", ""),
        ({}, "", ""),
    ],
)
def test_a_lead_is_known_by_what_forms_usually_ask(
    fields: dict[str, Any], name: str, email: str
) -> None:
    assert name_of(fields) == (name, email)


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://www.example.com/offer?x=1", "www.example.com/offer"),
        ("https://www.example.com", "www.example.com/"),
        ("", ""),
    ],
)
def test_a_landing_page_is_its_host_and_path(url: str, page: str) -> None:
    assert page_of(SeenTouch(landing_page=url)) == page


def test_click_ids_are_parameters_of_ad_platforms() -> None:
    assert click_ids_of(SeenTouch(parameters={"gclid": "x", "utm_source": "y"})) == {"gclid": "x"}
    assert click_ids_of(SeenTouch(parameters={"utm_source": "x"})) == {}
    assert click_ids_of(None) == {}
    assert page_of(None) == ""
