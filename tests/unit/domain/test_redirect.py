from __future__ import annotations

import pytest

from collector.domain.redirect import form_origin, next_page
from tests.unit.domain.test_capture import capture

RULES = capture("https://www.example.com", "https://*.shop.example.com", "http://localhost:8080")
FORM = "https://www.example.com"


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("https://www.example.com/thanks?x=1#y", "https://www.example.com/thanks?x=1#y"),
        ("https://de.shop.example.com/", "https://de.shop.example.com/"),
        ("http://localhost:8080/ok", "http://localhost:8080/ok"),
        ("https://www.example.com", "https://www.example.com"),
        ("/thanks?lang=de", "https://www.example.com/thanks?lang=de"),
        ("/a/b/../c", "https://www.example.com/a/b/../c"),
        ("/über", "https://www.example.com/%C3%BCber"),
    ],
)
def test_an_allowed_page_is_next(wanted: str, target: str) -> None:
    assert next_page(wanted, RULES, FORM) == target


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "/\\evil",
        "\\\\evil",
        "/%09/evil",
        "/%2f%2fevil",
        "/%2Fevil.example",
        "/%5cevil",
        "https:evil.example",
        "https:///evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://www.example.com@evil.example/",
        "https://www.example.com@evil.example/",
        "https://www.example.com.evil.example/",
        "https://evil.example/",
        "http://www.example.com/",
        "https://www.example.com:8443/",
        "/a\r\nSet-Cookie:x",
        "/a%0d%0aSet-Cookie:x",
        "/a\x00b",
        " /a",
        "https://www。example。com/",
        "https://user@www.example.com/",
        "thanks",
        "",
        "?x",
        "#x",
        "/" + "a" * 20_000,
        "https://www.example.com\\@evil.example/",
    ],
)
def test_anything_else_is_ignored(wanted: str) -> None:
    assert next_page(wanted, RULES, FORM) is None


def test_a_path_needs_a_form_on_an_allowed_origin() -> None:
    assert next_page("/thanks", RULES, None) is None
    assert next_page("/thanks", RULES, "https://evil.example") is None


@pytest.mark.parametrize(
    ("origin", "page", "found"),
    [
        ("https://www.example.com", None, "https://www.example.com"),
        ("null", "https://www.example.com/contact", "https://www.example.com"),
        (None, "http://localhost:8080/contact?a", "http://localhost:8080"),
        ("https://evil.example", "https://www.example.com/", "https://www.example.com"),
        (None, "https://evil.example/", None),
        (None, None, None),
    ],
)
def test_the_form_stands_on_the_origin_that_is_said_and_allowed(
    origin: str | None, page: str | None, found: str | None
) -> None:
    assert form_origin(origin, page, RULES) == found
