from __future__ import annotations

import pytest

from collector.domain.attribution import (
    Attribution,
    Merged,
    is_known,
    merge,
    new_attribution,
    with_ids,
    without_analytics,
)
from collector.domain.browser_cookies import NO_IDS, BrowserIds
from collector.domain.times import DAY, HOUR, MINUTE
from collector.domain.touch import Touch
from tests.unit.domain.views import (
    GOOGLE,
    START,
    attributed,
    nobody,
    touched,
    view,
    views,
)


def names(attribution: Attribution) -> list[str]:
    """Name the kept touches by their last parameter, `direct` or `referrer`."""
    return [
        next(reversed(touch.parameters.values()), "referrer" if touch.referrer else "direct")
        for touch in attribution.touches
    ]


# Rows: why it is so | views before | the view | reason | touches. Design 6.2, 6.3 and 6.5.
MERGES = """
nothing known, direct | | direct | new touch: direct | 1
nothing known, a click | | ?gclid=a | new touch: gclid | 1
nothing known, UTMs | | ?utm_source=a | new touch: utm | 1
nothing known, a referrer | | google | new touch: referrer | 1
a shared link | | ?gclid=a&fbclid=b | new touch: shared link | 1
direct after direct | direct | direct@1d | direct | 1
direct after a click | ?gclid=a | direct@1d | direct | 1
a click after direct | direct | ?gclid=a@1m | new touch: gclid | 2
the same click at once | ?gclid=a | ?gclid=a@1us | same click id | 1
the same click months later | ?gclid=a | ?gclid=a@80d | same click id | 1
the same click on another page | ?gclid=a | ?gclid=a&utm_id=2@1d/b | same click id | 1
one of several ids is the same | ?gclid=a&gbraid=b | ?gbraid=b@1d | same click id | 1
an older click than the last | ?gclid=a ?gclid=b@1d | ?gclid=a@2d | same click id | 2
the same text as another network's id | ?gclid=a | ?msclkid=a@1d | new touch: msclkid | 2
another click | ?gclid=a | ?gclid=b@1us | new touch: gclid | 2
a reload | ?utm_id=a | ?utm_id=a@29m | reload | 1
a reload on the minute | ?utm_id=a | ?utm_id=a@30m | reload | 1
a reload with another anchor | ?utm_id=a#x | ?utm_id=a#y@1m | reload | 1
a return | ?utm_id=a | ?utm_id=a@31m | new touch: utm | 2
another campaign at once | ?utm_id=a | ?utm_id=b@1us | new touch: utm | 2
a reload of an organic landing | google | google@1m | reload | 1
a return by search | google | google@1h | new touch: referrer | 2
a search after a direct view of the same page | direct | google@1m | new touch: referrer | 2
a view that comes late is sorted in | ?gclid=b@1m | ?gclid=a | new touch: gclid | 2
"""


@pytest.mark.parametrize(
    ("before", "seen", "reason", "count"),
    [
        pytest.param(*(cell.strip() for cell in line.split("|")[1:]), id=line.partition(" |")[0])
        for line in MERGES.strip().splitlines()
    ],
)
def test_a_view_is_a_new_touch_or_says_why_not(
    before: str, seen: str, reason: str, count: str
) -> None:
    known = attributed(*views(before))
    merged = merge(known, view(seen))
    assert merged.reason == reason
    assert merged.attribution.count == int(count)
    is_new = reason.startswith("new touch")
    assert (merged.attribution is known) is not is_new


def test_first_and_last_are_the_oldest_touch_and_the_newest_that_is_not_direct() -> None:
    known = attributed(touched(), touched("?gclid=a", at=1), touched(referrer=GOOGLE, at=2))
    assert names(known) == ["direct", "a", "referrer"]
    assert known.first is known.touches[0]
    assert known.last is known.touches[-1]
    assert not known.only_direct


def test_a_direct_view_is_last_only_while_it_is_alone() -> None:
    alone = attributed(touched())
    assert alone.first is alone.last
    assert alone.only_direct
    assert nobody().only_direct
    assert nobody().first is None
    assert nobody().last is None


@pytest.mark.parametrize(
    ("queries", "kept"),
    [
        pytest.param("gclid=1 gclid=2 gclid=3 gclid=4 gclid=5", "1 2 3 4 5", id="five fit"),
        pytest.param(
            "gclid=1 gclid=2 gclid=3 gclid=4 gclid=5 gclid=6", "1 3 4 5 6", id="the newest"
        ),
        pytest.param(
            "gclid=1 gclid=2 utm_id=3 utm_id=4 utm_id=5 utm_id=6 utm_id=7",
            "1 2 5 6 7",
            id="the newest with a click id outlasts newer ones without",
        ),
        pytest.param(
            "gclid=1 utm_id=2 organic organic organic organic gclid=7",
            "1 2 referrer referrer 7",
            id="the newest with parameters outlasts newer ones without",
        ),
        pytest.param(
            "utm_id=0 gclid=1 utm_id=2 organic organic gclid=5",
            "0 1 2 referrer 5",
            id="one of each kind",
        ),
        pytest.param(
            "organic organic organic organic organic organic", "referrer " * 5, id="alike"
        ),
    ],
)
def test_between_first_and_last_the_best_three_are_kept(queries: str, kept: str) -> None:
    journey = [
        touched(path=str(index), at=index * DAY, referrer=GOOGLE)
        if query == "organic"
        else touched(f"?{query}", at=index * DAY)
        for index, query in enumerate(queries.split())
    ]
    known = attributed(*journey)
    assert names(known) == kept.split()
    assert known.count == len(journey)
    assert [touch.at for touch in known.touches] == sorted(touch.at for touch in known.touches)


def test_a_click_seen_earlier_than_thought_takes_the_earlier_place() -> None:
    late, early = touched("?gclid=a", at=HOUR), touched("?gclid=a")
    known = attributed(late)
    merged = merge(known, early)
    assert merged.reason == "same click id"
    assert merged.attribution.touches == (early,)
    assert merged.attribution.count == 1


def test_a_direct_view_from_before_the_first_touch_is_first() -> None:
    known = attributed(touched("?gclid=a", at=MINUTE), touched())
    assert names(known) == ["direct", "a"]


def test_a_direct_view_that_turns_out_not_to_be_the_first_goes() -> None:
    known = attributed(touched(at=MINUTE), touched("?gclid=a"))
    assert names(known) == ["a"]
    assert known.count == 1


def test_of_two_direct_views_the_older_is_kept() -> None:
    known = attributed(touched(at=MINUTE), touched())
    assert known.touches == (touched(),)
    assert known.count == 1


def test_a_new_touch_renews_the_time_of_issue_and_nothing_else_does() -> None:
    known = attributed(touched("?gclid=a", at=DAY))
    assert known.issued_at == START + DAY
    assert merge(known, touched("?gclid=a", at=2 * DAY)).attribution.issued_at == START + DAY
    assert merge(known, touched("?gclid=b", at=HOUR)).attribution.issued_at == START + DAY


def test_a_click_of_meta_makes_the_fbc_and_the_browsers_own_replaces_it() -> None:
    known = attributed(touched("?fbclid=abc"))
    assert known.fbc == f"fb.1.{START // 1000}.abc"
    own = "fb.1.1.abc"
    assert with_ids(known, BrowserIds(fbc=own)).fbc == own
    assert attributed(touched("?gclid=a")).fbc is None


def test_an_old_fbc_of_the_browser_does_not_replace_that_of_a_new_click() -> None:
    known = attributed(touched("?fbclid=new"))
    assert with_ids(known, BrowserIds(fbc="fb.1.1.old")) is known


@pytest.mark.parametrize(
    ("ids", "changed"),
    [
        (NO_IDS, False),
        (BrowserIds(ga_client_id="1.2", ga_session_id="3", fbp="fb.1.1.1"), False),
        (BrowserIds(ga_client_id="9.9"), True),
        (BrowserIds(ga_session_id="9"), True),
        (BrowserIds(fbp="fb.1.1.9"), True),
        (BrowserIds(fbc="fb.1.1.9"), True),
    ],
)
def test_the_browsers_ids_are_taken_over_when_they_are_new(ids: BrowserIds, changed: bool) -> None:
    known = with_ids(nobody(), BrowserIds(ga_client_id="1.2", ga_session_id="3", fbp="fb.1.1.1"))
    after = with_ids(known, ids)
    assert (after is not known) is changed
    assert after.ga_client_id == (ids.ga_client_id or "1.2")


def test_an_id_that_is_no_longer_seen_stays() -> None:
    known = with_ids(nobody(), BrowserIds(ga_client_id="1.2"))
    assert with_ids(known, BrowserIds(fbp="fb.1.1.1")).ga_client_id == "1.2"


@pytest.mark.parametrize(
    ("touch", "known"),
    [
        (touched("?gclid=paid", at=9 * DAY, path="other"), True),
        (touched("?gclid=paid&utm_campaign=a", at=9 * DAY), True),
        (touched("?utm_source=news", at=9 * DAY), True),
        (touched("?gclid=other"), False),
        (touched("?utm_source=other"), False),
    ],
)
def test_a_touch_is_known_by_click_id_or_landing_page(touch: Touch, known: bool) -> None:
    assert (
        is_known(attributed(*views("?gclid=paid&utm_campaign=a ?utm_source=news@1d")), touch)
        is known
    )


def test_a_new_attribution_knows_its_site_and_visitor_only() -> None:
    known = new_attribution(site="example.com", visitor="v", at=START, consent="granted:tcf")
    assert (known.site, known.visitor, known.consent) == ("example.com", "v", "granted:tcf")
    assert known.touches == ()
    assert isinstance(merge(known, view("direct")), Merged)


def test_analytics_is_forgotten_and_nothing_else() -> None:
    plain = attributed(touched("?gclid=1"))
    known = with_ids(plain, BrowserIds(ga_client_id="1.2", ga_session_id="3", fbp="fb.1.1.1"))
    assert without_analytics(known) == with_ids(plain, BrowserIds(fbp="fb.1.1.1"))
    assert without_analytics(plain) is plain
