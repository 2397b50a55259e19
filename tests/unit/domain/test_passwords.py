from __future__ import annotations

import pytest

from collector.domain.errors import InputError
from collector.domain.passwords import MAX_LENGTH, normalise, parse_password

EMAIL = "morgenstern@example.com"


@pytest.mark.parametrize(
    "text",
    [
        "correct horse battery staple",
        "vier Wörter ohne Sinn",
        "ein password mit sehr viel mehr",
        "x9$kQ2#mvL0p",
        "短い言葉を四つ並べたもの",
    ],
)
def test_a_long_password_is_taken_whatever_it_is_made_of(text: str) -> None:
    assert parse_password(text, EMAIL) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("short", "at least 12"),
        ("", "at least 12"),
        ("abcdef" * 60, f"at most {MAX_LENGTH}"),
        ("aaaaaaaaaaaaaaaa", "easily guessed"),
        ("ababababababab", "easily guessed"),
        ("Password1234", "easily guessed"),
        ("morgenstern12", "easily guessed"),
    ],
)
def test_a_password_that_can_be_guessed_is_refused_with_the_cure(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        parse_password(text, EMAIL)
    assert refused.value.field == "password"


def test_a_password_is_the_same_from_every_keyboard() -> None:
    assert normalise("Lo\u0308we") == normalise("L\u00f6we")
