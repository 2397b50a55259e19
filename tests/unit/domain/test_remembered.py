from __future__ import annotations

from collector.domain.remembered import remembered


def test_what_was_asked_before_is_not_worked_out_again_within_bounds() -> None:
    asked: list[tuple[str, int]] = []

    @remembered(most=2, longest=3)
    def measure(text: str, times: int) -> int:
        asked.append((text, times))
        return len(text) * times

    assert [measure("abc", 2), measure("abc", 2), measure("abc", 3)] == [6, 6, 9]
    assert asked == [("abc", 2), ("abc", 3)]
    assert [measure("abcd", 1), measure("abcd", 1)] == [4, 4]
    assert asked[2:] == [("abcd", 1)] * 2
    measure("x", 1)
    measure("abc", 2)
    assert asked[4:] == [("x", 1), ("abc", 2)]
