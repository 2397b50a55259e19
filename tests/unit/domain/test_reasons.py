from __future__ import annotations

import pytest

from collector.domain.event import WITHHOLDING_MARKS
from collector.domain.lane import UNPROBED
from collector.domain.reasons import REASONS, explain


def test_every_reason_that_withholds_or_holds_has_a_text() -> None:
    assert {*WITHHOLDING_MARKS, "paused", *UNPROBED} <= set(REASONS)


@pytest.mark.parametrize(
    ("reason", "text"),
    [("paused", "Paused by a person."), ("a_new_word", "a_new_word"), (None, "")],
)
def test_a_reason_without_a_text_stands_for_itself(reason: str | None, text: str) -> None:
    assert explain(reason) == text
