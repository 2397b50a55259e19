from __future__ import annotations

from typing import Any

import pytest

from collector.domain import capture_changes
from collector.domain.capture_changes import change_capture, differences
from collector.domain.errors import InputError
from tests.installation import SITE, new_capture

BEFORE = new_capture(redirect=f"{SITE}/ok", utm_keyword_from="utm_term")

CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing given": ({"name": None, "origins": None}, {}),
    "the same again": ({"name": "Website", "derive_utm": False}, {}),
    "a name": ({"name": " Shop "}, {"name": "Shop"}),
    "an empty text clears": (
        {"redirect": "", "utm_keyword_from": " "},
        {"redirect": None, "utm_keyword_from": None},
    ),
    "a parameter in any case": ({"utm_keyword_from": "ScCID"}, {"utm_keyword_from": "ScCid"}),
    "origins, once each": (
        {"origins": (SITE.upper(), SITE, "https://*.example.org")},
        {"origins": (SITE, "https://*.example.org")},
    ),
    "a kind that needs no origin": (
        {"kind": "webhook", "origins": (), "redirect": ""},
        {"kind": "webhook", "origins": (), "redirect": None},
    ),
    "a switch": ({"refuse_other_origins": True}, {"refuse_other_origins": True}),
    "a model": ({"attribution_model": "first"}, {"attribution_model": "first"}),
}


@pytest.mark.parametrize(("given", "changed"), CHANGES.values(), ids=CHANGES)
def test_what_is_given_changes_and_nothing_else(
    given: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert differences(BEFORE, change_capture(BEFORE, given)) == changed


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no name": ({"name": "  "}, "name: expected a text of 1 to 255 characters; came 0"),
    "a name without end": ({"name": "x" * 256}, "came 256"),
    "no event name": ({"event_name": ""}, "event_name: expected a text"),
    "a parameter that is not kept": ({"utm_keyword_from": "page"}, "came 'page'"),
    "a parameter that names a person": ({"utm_keyword_from": "mc_eid"}, "came 'mc_eid'"),
    "a form without origins": ({"origins": ()}, "a form needs at least one origin"),
    "no origin": ({"origins": ("example.com",)}, "is not an origin"),
    "a redirect elsewhere": ({"redirect": "https://evil.example/"}, "on an allowed origin"),
    "origins that a redirect needs": ({"origins": ("https://example.net",)}, "on an allowed"),
}


@pytest.mark.parametrize(("given", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_with_its_name(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        change_capture(BEFORE, given)
    assert said in str(caught.value)


def test_a_capture_is_made_of_what_is_given_under_an_id_that_can_be() -> None:
    source_id = "01900000-0000-7000-8000-000000000001"
    made = capture_changes.new_capture({"name": " Shop ", "origins": (SITE,)}, source_id, 5)
    assert (made.source_id, made.name, made.origins) == (source_id, "Shop", (SITE,))
    assert made.created_at == 5
    with pytest.raises(InputError) as caught:
        capture_changes.new_capture({"name": "Shop", "origins": (SITE,)}, "shop", 5)
    assert caught.value.field == "source_id"
