from __future__ import annotations

import pytest

from collector.web.client import Client
from collector.web.cookies import read_known_cookies, read_tokens, set_cookie


def client(scheme: str = "https", prefix: str = "/_lc") -> Client:
    return Client(
        address="1.2.3.4", scheme=scheme, host="example.com", prefix=prefix, forwarded=True
    )


@pytest.mark.parametrize(
    ("header", "tokens"),
    [
        ("_lc=a.b", ["a.b"]),
        ("x=1; _lc=a; _ga=2; _lc=b; _lc=", ["a", "b"]),
        ("\xa0_lc=evil; _lc=good", ["good"]),
        ("x_lc=1; _lcx=2", []),
        ("", []),
    ],
)
def test_every_visitor_cookie_is_read_in_order(header: str, tokens: list[str]) -> None:
    assert read_tokens(header, "_lc") == tokens


def test_only_known_cookies_of_others_are_looked_at() -> None:
    header = '_ga=GA1.1.1.2; session=secret; _ga_AB=GS1.1.3; _fbp="fb.1.2.3"; _gac_UA=1.2.x; evil'
    assert read_known_cookies(header) == [
        ("_ga", "GA1.1.1.2"),
        ("_ga_AB", "GS1.1.3"),
        ("_fbp", "fb.1.2.3"),
        ("_gac_UA", "1.2.x"),
    ]


def test_the_cookie_is_secure_on_https_and_lies_under_the_prefix() -> None:
    assert set_cookie("_lc", "t", 60, client()) == (
        b"set-cookie",
        b"_lc=t; Max-Age=60; Path=/_lc; HttpOnly; SameSite=Lax; Secure",
    )
    assert b"Secure" not in set_cookie("_lc", "t", 60, client("http", ""))[1]
