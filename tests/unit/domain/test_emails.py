from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain.emails import (
    holds_email,
    names_email,
    telling_part,
    without_emails,
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param("someone@example.com", "", id="alone"),
        pytest.param("someone%40example.com", "", id="percent-encoded"),
        pytest.param("First.Last+tag@mail.example.co.uk", "", id="dots and a tag"),
        pytest.param("to someone@example.com now", "to  now", id="within words"),
        pytest.param("a@example.com,b@example.com", ",", id="two"),
        pytest.param("müller@example.de", "", id="letters of any script"),
    ],
)
def test_an_address_is_found_and_taken_out(text: str, left: str) -> None:
    assert holds_email(text)
    assert without_emails(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "spring",
        "@handle",
        "a@b",
        "maps/@52.5,13.4,17z",
        "5@10",
        "list=@user.name",
        "x @example.com",
    ],
)
def test_other_at_signs_are_no_addresses(text: str) -> None:
    assert not holds_email(text)
    assert without_emails(text) == text


@pytest.mark.parametrize("text", ["a@" * 50_000, "@" * 100_000, "a@" + "b." * 50_000])
@pytest.mark.timeout(20)
def test_a_long_text_is_searched_in_linear_time(text: str) -> None:
    assert not holds_email(text)


@given(st.text(alphabet="ab.@%40 -", max_size=200))
def test_what_is_left_holds_no_address(text: str) -> None:
    left = without_emails(text)
    assert len(left) <= len(text)


@pytest.mark.parametrize(
    "value",
    [
        "ada@example.com",
        "Ada@Example.COM",
        "Ada Löwe <ada@example.com>",
        "write to 'ada@example.com'.",
        "a@b.de,ada@example.com;c@d.de",
        "https://x.test/?mail=ada%40example.com&a=1",
        "https://x.test/?to%3Dada%40example.com",
        {"contact": {"work": [1, None, "ada@example.com"]}},
        {"ada@example.com": True},
    ],
)
def test_this_very_address_is_found_however_it_is_written(value: object) -> None:
    assert names_email(value, "ADA@example.com")


@pytest.mark.parametrize(
    "value",
    [
        "bada@example.com",
        "x.ada@example.com",
        "x+ada@example.com",
        "x-ada@example.com",
        "o'ada@example.com",
        "üada@example.com",
        "ada@example.com.au",
        "ada@example.community",
        "ada@example-com.de",
        "ada at example.com",
        ["ada@", "example.com"],
        {"n": 5},
    ],
)
def test_a_part_of_another_address_is_not_it(value: object) -> None:
    assert not names_email(value, "ada@example.com")


def test_signs_of_an_address_mean_themselves() -> None:
    assert names_email("a+b@x.de", "a+b@x.de")
    assert not names_email("aab@x.de", "a+b@x.de")
    assert not names_email("ada@exampleXcom", "ada@example.com")


@pytest.mark.parametrize(
    ("email", "part"), [("a+lovelace@x.de", "lovelace"), ("ü@ü.de", "de"), ("ü@ü", "@")]
)
def test_the_telling_part_stands_in_every_way_of_writing_it(email: str, part: str) -> None:
    assert telling_part(email) == part
