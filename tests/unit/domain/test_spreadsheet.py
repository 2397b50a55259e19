from __future__ import annotations

import pytest

from collector.domain.spreadsheet import harmless


@pytest.mark.parametrize("text", ["=1+1", "@sum", "-2+3", "+cmd|", "\tx", "＝1"])
def test_a_formula_becomes_a_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "text"), [("+49 30 901820", "+49 30 901820"), (None, ""), (3, "3"), ("Ada", "Ada")]
)
def test_all_else_stays_as_it_is(value: object, text: str) -> None:
    assert harmless(value) == text
