from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain.percent import percent_decode


@pytest.mark.parametrize(
    ("written", "decoded"),
    [
        pytest.param("plain", "plain", id="nothing to decode"),
        pytest.param("a%20b", "a b", id="ASCII"),
        pytest.param("%C3%BC", "ü", id="two bytes"),
        pytest.param("%c3%bc", "ü", id="lower-case digits"),
        pytest.param("%F0%9F%8E%89", "🎉", id="four bytes"),
        pytest.param("%2520", "%20", id="once, not twice"),
        pytest.param("%FF", "%FF", id="an invalid byte"),
        pytest.param("%ff", "%ff", id="an invalid byte as it was written"),
        pytest.param("%E2%82", "%E2%82", id="a cut sequence"),
        pytest.param("%E2%82%41", "%E2%82A", id="a cut sequence before a letter"),
        pytest.param("%C3%BC%fF%C3%BC", "ü%fFü", id="valid around invalid"),
        pytest.param("%ED%A0%80", "%ED%A0%80", id="a surrogate is no UTF-8"),
        pytest.param("100%", "100%", id="a bare percent sign"),
        pytest.param("%zz%4", "%zz%4", id="no hexadecimal digits"),
        pytest.param("+", "+", id="plus stays plus"),
    ],
)
def test_decoding_changes_only_what_is_valid(written: str, decoded: str) -> None:
    assert percent_decode(written) == decoded


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_what_was_encoded_comes_out_again(text: str) -> None:
    assert percent_decode(quote(text, safe="")) == text


@given(st.text())
def test_no_text_raises(text: str) -> None:
    percent_decode(text)
