"""What holds of an attribution however its views came."""

from __future__ import annotations

from itertools import permutations
from random import Random

from hypothesis import example, given
from hypothesis import strategies as st

from collector.domain.attribution import merge
from collector.domain.times import DAY, MINUTE
from collector.domain.touch import Touch
from tests.unit.domain.views import GOOGLE, attributed, journeys, touched


@given(journeys, st.randoms())
def test_the_order_of_arrival_does_not_change_the_outcome(
    journey: list[Touch], random: Random
) -> None:
    shuffled = list(journey)
    random.shuffle(shuffled)
    assert attributed(*shuffled) == attributed(*journey)


_views = st.lists(
    st.tuples(
        st.sampled_from(["?utm_id=a", "?utm_id=b", "?gclid=a", ""]),
        st.integers(0, 100 * MINUTE),
        st.integers(0, 30 * MINUTE),
    ),
    max_size=5,
)


@given(_views)
@example(
    [("?utm_id=a", 0, 30 * MINUTE), ("?utm_id=a", 20 * MINUTE, 0), ("?utm_id=a", 40 * MINUTE, 0)]
)
def test_views_that_come_half_an_hour_late_change_nothing(
    seen: list[tuple[str, int, int]],
) -> None:
    """A view is sent again for half an hour at most, and that is how long a reload is one."""
    punctual = sorted(seen, key=lambda view: view[1])
    late = sorted(seen, key=lambda view: view[1] + view[2])
    expected, found = (
        attributed(*(touched(query, at=at) for query, at, _ in order))
        for order in (punctual, late)
    )
    assert found.touches == expected.touches
    assert found.count == expected.count


def test_no_order_of_arrival_of_six_touches_changes_the_outcome() -> None:
    journey = [
        touched(),
        touched("?gclid=a", at=DAY),
        touched("?utm_id=b", at=2 * DAY),
        touched(referrer=GOOGLE, at=3 * DAY, path="x"),
        touched("?fbclid=c", at=4 * DAY),
        touched(referrer=GOOGLE, at=5 * DAY, path="y"),
        touched("?utm_id=d", at=6 * DAY),
    ]
    expected = attributed(*journey)
    assert all(attributed(*order) == expected for order in permutations(journey))


@given(journeys)
def test_merging_the_same_view_again_changes_nothing(journey: list[Touch]) -> None:
    known = attributed(*journey)
    for touch in known.touches:
        assert merge(known, touch).attribution is known


@given(journeys)
def test_what_is_kept_is_bounded_and_first_and_last_are_right(journey: list[Touch]) -> None:
    known = attributed(*journey)
    real = [touch for touch in journey if not touch.is_direct]
    assert len(known.touches) <= 5
    assert known.first == (journey[0] if journey else None)
    assert known.last == (real[-1] if real else known.first)
