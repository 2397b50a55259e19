from __future__ import annotations

import pytest

from collector.domain.times import MINUTE, SECOND
from collector.web.limits import FAR_OVER, MAX_ADDRESSES, Pace, RateLimit

START = 29_000_000 * MINUTE


def paces(limit: RateLimit, count: int, now: int) -> list[Pace]:
    return [limit.count("1.2.3.4", now) for _ in range(count)]


def test_posts_up_to_the_limit_are_within_it() -> None:
    seen = paces(RateLimit(60), 61, START)
    assert seen[:60] == [Pace.WITHIN] * 60
    assert seen[60] is Pace.OVER


def test_twenty_times_the_limit_is_far_over() -> None:
    seen = paces(RateLimit(10), 10 * FAR_OVER + 1, START)
    assert seen[-2] is Pace.OVER
    assert seen[-1] is Pace.FAR_OVER


@pytest.mark.parametrize(
    ("later", "pace"),
    [(MINUTE, Pace.OVER), (MINUTE + 30 * SECOND, Pace.WITHIN), (10 * MINUTE, Pace.WITHIN)],
    ids=["the minute turns", "half of the last minute has gone", "long after"],
)
def test_the_window_slides(later: int, pace: Pace) -> None:
    limit = RateLimit(60)
    paces(limit, 60, START)
    assert limit.count("1.2.3.4", START + later) is pace


def test_addresses_are_counted_apart() -> None:
    limit = RateLimit(1)
    assert [limit.count(address, START) for address in ("a", "b", "a")] == [
        Pace.WITHIN,
        Pace.WITHIN,
        Pace.OVER,
    ]


def test_zero_switches_the_limit_off() -> None:
    assert set(paces(RateLimit(0), 10_000, START)) == {Pace.WITHIN}


def test_memory_is_bounded_however_many_addresses_come() -> None:
    limit = RateLimit(5)
    for number in range(MAX_ADDRESSES + 50):
        limit.count(str(number), START)
    assert len(limit._now) == MAX_ADDRESSES + 1
    assert limit.count("one more", START) is Pace.OVER
