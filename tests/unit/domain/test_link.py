from __future__ import annotations

import pytest

from collector.domain.link import decode_value, encode_value, render_link, split_link


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com",
        "https://example.com/a?b=c&d#e",
        "https://example.com/?a=%41+b&amp;c=d=e",
        "https://example.com/#/route?a=b",
        "https://example.com/?a={{x}}&b=[y]",
    ],
)
def test_what_is_not_mended_is_written_as_it_was(text: str) -> None:
    assert render_link(split_link(text)) == text


def test_a_value_comes_back_as_it_went_in() -> None:
    value = "Frühling & Co. 50% + mehr"
    assert decode_value(encode_value(value)) == value
