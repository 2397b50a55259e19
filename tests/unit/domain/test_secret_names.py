from __future__ import annotations

import pytest

from collector.domain.secret_names import without_secrets

BASE = "https://www.example.com/offer"


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "user[password]",
        "newPassword",
        "Passwort",
        "pwd",
        "pass",
        "card_number",
        "cardNumber",
        "cc-cvc",
        "pin",
        "otp",
        "csrf_token",
        "access_token",
        "g-recaptcha-response",
        "amp;password",
    ],
)
def test_the_value_of_a_secret_is_emptied(name: str) -> None:
    url = f"{BASE}?a=1&{name}=s3cret&gclid=Cj0+KCQ%2B#top"
    assert without_secrets(url) == f"{BASE}?a=1&{name}=&gclid=Cj0+KCQ%2B#top"


@pytest.mark.parametrize(
    "query",
    [
        "?utm_keyword=pass&utm_campaign=password-manager&utm_term=token",
        "?gclid=Cj0KCQ_pin-token&epik=dj0yJnU9&rdt_cid=1",
        "?passage=2&spin=1&company=x&tandem=1&pinterest=1",
        "?postcode=1&coupon=2&hsa_cam=3#utm_source=a",
        "",
    ],
)
def test_all_else_stays_byte_for_byte(query: str) -> None:
    assert without_secrets(BASE + query) == BASE + query


@pytest.mark.parametrize("url", [f"{BASE}?password=s3cret", f"{BASE}#/login?password=s3cret"])
def test_the_first_parameter_and_a_fragments_are_read(url: str) -> None:
    assert "s3cret" not in without_secrets(url)
