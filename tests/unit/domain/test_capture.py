from __future__ import annotations

import pytest

from collector.domain.capture import Capture, missing_twins, parse_origin
from collector.domain.errors import InputError


def capture(*origins: str) -> Capture:
    return Capture(
        source_id="s",
        name="n",
        origins=origins,
        created_at=0,
    )


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://www.example.com", "https://www.example.com"),
        ("HTTPS://WWW.Example.com:443/", "https://www.example.com"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("https://*.example.com", "https://*.example.com"),
        ("https://münchen.de", "https://xn--mnchen-3ya.de"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(text: str, origin: str) -> None:
    assert parse_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "www.example.com",
        "https://example.com/path",
        "https://example.com/?q",
        "https://*.com",
        "https://*.co.uk",
        "ftp://example.com",
        "",
        "*",
    ],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_origin(text)
    assert refused.value.field == "origin"


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://www.example.com", True),
        ("http://www.example.com", False),
        ("https://www.example.com:8443", False),
        ("https://shop.example.org", True),
        ("https://a.b.example.org", True),
        ("https://example.org", False),
        ("https://.example.org", False),
        ("https://evil-example.org", False),
        ("https://www.example.com.evil.net", False),
        ("null", False),
    ],
)
def test_only_allowed_origins_are_allowed(origin: str, allowed: bool) -> None:
    rules = capture("https://www.example.com", "https://*.example.org")
    assert rules.allows_origin(origin) is allowed


def test_own_domains_are_the_registrable_domains_of_the_origins() -> None:
    rules = capture(
        "https://www.example.co.uk",
        "https://*.shop.example.org",
        "http://127.0.0.1:80",
        "http://localhost",
    )
    assert rules.own_domains == {"example.co.uk", "example.org", "127.0.0.1", "localhost"}
    assert rules.owns_host("blog.example.co.uk")
    assert not rules.owns_host("co.uk")
    assert not rules.owns_host("other.co.uk")


@pytest.mark.parametrize(
    ("origins", "missing"),
    [
        (("https://www.example.com",), ["https://example.com"]),
        (("https://example.com",), ["https://www.example.com"]),
        (("https://example.com", "https://www.example.com"), []),
        (("https://example.com", "https://*.example.com"), []),
        (("https://shop.example.com",), []),
        (("http://localhost:8000",), []),
        (("http://127.0.0.1:8000",), []),
        (("https://*.example.com",), []),
    ],
)
def test_a_forgotten_twin_is_named(origins: tuple[str, ...], missing: list[str]) -> None:
    assert missing_twins(origins) == missing
