from __future__ import annotations

import pytest

from collector.web.accepted import prefers

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "html", "json"),
    [
        (BROWSER, True, False),
        ("application/json, text/plain, */*", False, True),
        ("*/*", False, False),
        ("", False, False),
        ("text/*", True, False),
        ("text/html;q=0.5, application/json", False, True),
        ("nonsense", False, False),
    ],
)
def test_a_type_is_preferred_by_quality_then_by_how_closely_it_is_named(
    accept: str, html: bool, json: bool
) -> None:
    assert prefers(accept, "text/html", "application/json") is html
    assert prefers(accept, "application/json", "text/html") is json
