from __future__ import annotations

from typing import Any

from collector.domain.link_rules import LinkRules
from collector.domain.report import NUMBERS, Line, lines_of


def row(value: str, **counts: int) -> dict[str, Any]:
    return {"value": value, **dict.fromkeys(NUMBERS, 0), **counts}


def test_spellings_are_one_line_and_stay_known() -> None:
    rows = [row("Google", touches=2, decided=2, click_ids=1), row("bing", touches=9), row("google", touches=2, last=1)]  # fmt: skip
    google, bing = lines_of(rows, "source", LinkRules())
    assert (google.value, google.spellings) == ("google", ("Google", "google"))
    assert (google.touches, google.decided, google.last) == (4, 2, 1)
    assert (google.rate("decided"), google.clicked) == (0.5, 0.5)
    assert (bing.rate("last"), bing.clicked) == (0.0, None)


def test_what_nobody_writes_by_hand_is_left_as_it_is() -> None:
    rows = [row("www.example.com/A"), row("www.example.com/a")]
    assert len(lines_of(rows, "landing_page", LinkRules())) == 2
    assert len(lines_of([row("Red shoes"), row("red shoes")], "term", LinkRules())) == 2


def test_the_model_decides_the_order() -> None:
    rows = [row("a", first=1, last=3), row("b", first=2)]
    assert [line.value for line in lines_of(rows, "channel", LinkRules(), "first")] == ["b", "a"]
    assert [line.value for line in lines_of(rows, "channel", LinkRules(), "last")] == ["a", "b"]
    assert Line(value="x").rate("first") is None
