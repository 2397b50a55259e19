from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from collector.domain.attribution import Attribution, merge, with_ids
from collector.domain.browser_cookies import BrowserIds
from collector.domain.shrink import shrink
from collector.domain.times import DAY
from collector.domain.touch import Touch
from tests.unit.domain.views import GOOGLE, attributed, journeys, touched


def size(attribution: Attribution) -> int:
    return len(msgspec.json.encode(attribution))


FULL = with_ids(
    attributed(
        touched(
            "?gclid=first&utm_campaign=spring&hsa_cam=9&x=1", referrer="https://blog.test/a?b=c"
        ),
        touched("?gclid=second", at=DAY),
        touched("?utm_campaign=third", at=2 * DAY),
        touched(referrer=GOOGLE, at=3 * DAY, path="fourth"),
        touched(
            f"?fbclid=last&utm_campaign={'s' * 300}&x=1", at=4 * DAY, referrer="https://b.test/a"
        ),
    ),
    BrowserIds(ga_client_id="1.2"),
)


def kept_ids(attribution: Attribution) -> set[str]:
    return {name for touch in attribution.touches for name, _ in touch.click_ids()}


def test_values_are_given_up_in_the_order_of_the_contract() -> None:
    steps = list(shrink(FULL))
    between, rest = steps[:3], steps[3:]
    assert [len(step.touches) for step in between] == [4, 3, 2]
    assert [touch.parameters for touch in between[1].touches[1:-1]] == [{"gclid": "second"}]
    no_query, no_path, cut = rest[:3]
    assert [touch.landing_page for touch in no_query.touches] == ["https://www.example.com/"] * 2
    assert no_query.touches[0].referrer == "https://blog.test/a?b=c"
    assert [touch.referrer for touch in no_path.touches] == [
        "https://blog.test/",
        "https://b.test/",
    ]
    assert len(no_path.touches[1].parameters["utm_campaign"]) == 300
    assert cut.touches[1].parameters == {"fbclid": "last", "utm_campaign": "s" * 255}
    assert rest[3].touches[0].parameters == {"gclid": "first", "utm_campaign": "spring"}
    assert rest[4].touches[0].parameters == {"gclid": "first"}
    assert rest[5].touches[1].parameters == {"fbclid": "last"}
    assert rest[6].fbc is None
    assert rest[7].touches[0].parameters == {}
    assert rest[8].touches[1].parameters == {}
    assert rest[9].touches == ()
    assert len(rest) == 10


def test_a_click_id_is_dropped_whole_and_the_touch_says_so() -> None:
    *_, first_gone, both_gone, _ = shrink(FULL)
    assert first_gone.touches[0].dropped == ("gclid",)
    assert first_gone.touches[1].dropped == ()
    assert both_gone.touches[1].dropped == ("fbclid",)
    assert first_gone.touches[0].reason() == "gclid; dropped: gclid"


def test_click_ids_that_no_metadata_key_holds_go_before_those_of_the_same_touch() -> None:
    known = attributed(touched("?gclid=g&msclkid=m&ttclid=ttt"))
    dropped = [step.touches[0].dropped for step in shrink(known) if step.touches]
    assert dropped[-3:] == [("ttclid",), ("ttclid", "msclkid"), ("ttclid", "msclkid", "gclid")]


@given(journeys)
def test_every_step_is_no_larger_and_click_ids_go_last(journey: list[Touch]) -> None:
    known = attributed(*journey)
    before = known
    for step in shrink(known):
        assert size(step) <= size(before) + len(',"ScCid"')
        if kept_ids(step) != kept_ids(before) and len(step.touches) == len(before.touches):
            assert all(not set(t.parameters) - set(dict(t.click_ids())) for t in step.touches)
        before = step
    assert before.touches == ()


@pytest.mark.parametrize("queries", [["?gclid=a"], ["?gclid=a", "?utm_id=b"]])
def test_a_view_is_still_known_after_its_click_id_was_dropped(queries: list[str]) -> None:
    touches = [touched(query, at=index * DAY) for index, query in enumerate(queries)]
    known = attributed(*touches)
    last = [step for step in shrink(known) if step.touches][-1]
    again = merge(last, touches[0])
    assert again.attribution is last
    assert again.reason == "same click id"
