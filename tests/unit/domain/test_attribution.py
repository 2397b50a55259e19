from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain.attribution import (
    Attribution,
    Merged,
    choose_touch,
    is_known,
    merge,
    metadata_of,
    new_attribution,
    render_attribution,
    with_ids,
)
from collector.domain.browser_cookies import NO_IDS, BrowserIds
from collector.domain.event import METADATA_KEYS
from collector.domain.times import DAY, HOUR, MINUTE
from collector.domain.touch import Touch, render_touch
from tests.unit.domain.views import GOOGLE, START, attributed, journeys, nobody, touched


def names(attribution: Attribution) -> list[str]:
    """Name the kept touches by their last parameter, `direct` or `referrer`."""
    return [
        next(reversed(touch.parameters.values()), "referrer" if touch.referrer else "direct")
        for touch in attribution.touches
    ]


MERGES = [  # design 6.2, 6.3 and 6.5
    ("nothing known, direct", [], touched(), "new touch: direct", 1),
    ("nothing known, a click", [], touched("?gclid=a"), "new touch: gclid", 1),
    ("nothing known, UTMs", [], touched("?utm_source=a"), "new touch: utm", 1),
    ("nothing known, a referrer", [], touched(referrer=GOOGLE), "new touch: referrer", 1),
    ("a shared link", [], touched("?gclid=a&fbclid=b"), "new touch: shared link", 1),
    ("direct after direct", [touched()], touched(at=DAY), "direct", 1),
    ("direct after a click", [touched("?gclid=a")], touched(at=DAY), "direct", 1),
    ("a click after direct", [touched()], touched("?gclid=a", at=1), "new touch: gclid", 2),
    (
        "the same click at once",
        [touched("?gclid=a")],
        touched("?gclid=a", at=1),
        "same click id",
        1,
    ),
    (
        "the same click months later",
        [touched("?gclid=a")],
        touched("?gclid=a", at=80 * DAY),
        "same click id",
        1,
    ),
    (
        "the same click on another page",
        [touched("?gclid=a")],
        touched("?gclid=a&utm_id=2", at=DAY, path="b"),
        "same click id",
        1,
    ),
    (
        "one of several ids is the same",
        [touched("?gclid=a&gbraid=b")],
        touched("?gbraid=b", at=DAY),
        "same click id",
        1,
    ),
    (
        "an older click than the last",
        [touched("?gclid=a"), touched("?gclid=b", at=1)],
        touched("?gclid=a", at=2),
        "same click id",
        2,
    ),
    (
        "the same text as another network's id",
        [touched("?gclid=a")],
        touched("?msclkid=a", at=1),
        "new touch: msclkid",
        2,
    ),
    (
        "another click",
        [touched("?gclid=a")],
        touched("?gclid=b", at=1),
        "new touch: gclid",
        2,
    ),
    (
        "a reload",
        [touched("?utm_id=a")],
        touched("?utm_id=a", at=29 * MINUTE),
        "reload",
        1,
    ),
    (
        "a reload on the minute",
        [touched("?utm_id=a")],
        touched("?utm_id=a", at=30 * MINUTE),
        "reload",
        1,
    ),
    (
        "a reload with another anchor",
        [touched("?utm_id=a#x")],
        touched("?utm_id=a#y", at=MINUTE),
        "reload",
        1,
    ),
    (
        "a return",
        [touched("?utm_id=a")],
        touched("?utm_id=a", at=30 * MINUTE + 1),
        "new touch: utm",
        2,
    ),
    (
        "another campaign at once",
        [touched("?utm_id=a")],
        touched("?utm_id=b", at=1),
        "new touch: utm",
        2,
    ),
    (
        "a reload of an organic landing",
        [touched(referrer=GOOGLE)],
        touched(referrer=GOOGLE, at=MINUTE),
        "reload",
        1,
    ),
    (
        "a search right after a direct view of the same page",
        [touched()],
        touched(referrer=GOOGLE, at=MINUTE),
        "new touch: referrer",
        2,
    ),
    (
        "a view that comes late is sorted in",
        [touched("?gclid=b", at=MINUTE)],
        touched("?gclid=a"),
        "new touch: gclid",
        2,
    ),
]


@pytest.mark.parametrize(
    ("before", "touch", "reason", "count"), [pytest.param(*row[1:], id=row[0]) for row in MERGES]
)
def test_a_view_is_a_new_touch_or_says_why_not(
    before: list[Touch], touch: Touch, reason: str, count: int
) -> None:
    known = attributed(*before)
    merged = merge(known, touch)
    assert merged.reason == reason
    assert merged.attribution.count == count
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


@given(journeys, st.randoms())
def test_the_order_of_arrival_does_not_change_the_outcome(
    journey: list[Touch], random: object
) -> None:
    shuffled = list(journey)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert attributed(*shuffled) == attributed(*journey)


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


PAID = touched("?gclid=paid&utm_campaign=a", at=1)
CAMPAIGN = touched("?utm_source=news&utm_medium=email", at=2)
ORGANIC = touched(at=3, referrer=GOOGLE)
DIRECT = touched()

CHOICES = [  # design 6.7
    ("last_campaign", [DIRECT, PAID, ORGANIC], PAID, "last_campaign: gclid"),
    ("last_campaign", [PAID, CAMPAIGN, ORGANIC], CAMPAIGN, "last_campaign: utm"),
    ("last_campaign", [ORGANIC], ORGANIC, "last_campaign/last: referrer"),
    ("last_campaign", [DIRECT], DIRECT, "last_campaign/first: direct"),
    ("last", [PAID, CAMPAIGN, ORGANIC], ORGANIC, "last: referrer"),
    ("last", [DIRECT, PAID], PAID, "last: gclid"),
    ("last", [DIRECT], DIRECT, "last/first: direct"),
    ("first", [PAID, CAMPAIGN], PAID, "first: gclid"),
    ("first", [DIRECT, PAID], DIRECT, "first: direct"),
    ("last_paid", [PAID, CAMPAIGN, ORGANIC], PAID, "last_paid: gclid"),
    ("last_paid", [CAMPAIGN, ORGANIC], CAMPAIGN, "last_paid/last_campaign: utm"),
    ("last_paid", [ORGANIC], ORGANIC, "last_paid/last: referrer"),
    ("last_paid", [DIRECT], DIRECT, "last_paid/first: direct"),
    ("last_campaign", [], None, "no touch"),
    ("first", [], None, "no touch"),
]


@pytest.mark.parametrize(("model", "touches", "chosen", "reason"), CHOICES)
def test_the_model_chooses_one_touch_and_says_why(
    model: str, touches: list[Touch], chosen: Touch | None, reason: str
) -> None:
    assert choose_touch(attributed(*touches), model) == (chosen, reason)


def test_a_shared_ad_link_is_no_paid_touch() -> None:
    shared = touched("?gclid=a&fbclid=b", at=2)
    assert choose_touch(attributed(PAID, shared), "last_paid")[0] == PAID
    assert choose_touch(attributed(PAID, shared), "last_campaign")[0] == shared


def test_metadata_holds_the_nine_keys_of_one_touch() -> None:
    query = "&".join(f"{key}=a-{key}" for key in METADATA_KEYS if key != "ga_client_id")
    touch = touched(f"?{query}&msclkid=x&hsa_cam=y")
    expected = {key: f"a-{key}" for key in METADATA_KEYS} | {"ga_client_id": "1.2"}
    assert metadata_of(touch, "1.2") == expected
    assert list(metadata_of(touch, "1.2")) == list(METADATA_KEYS)


@pytest.mark.parametrize(
    ("touch", "keyword_from", "derive", "expected"),
    [
        pytest.param(None, None, False, {}, id="no touch"),
        pytest.param(
            touched("?gclid=a"), None, False, {"gclid": "a"}, id="missing keys stay absent"
        ),
        pytest.param(
            touched("?utm_term=t"), None, False, {"utm_term": "t"}, id="no keyword of its own"
        ),
        pytest.param(
            touched("?utm_term=t"),
            "utm_term",
            False,
            {"utm_term": "t", "utm_keyword": "t"},
            id="the keyword from the term",
        ),
        pytest.param(
            touched("?utm_keyword=k&utm_term=t"),
            "utm_term",
            False,
            {"utm_term": "t", "utm_keyword": "t"},
            id="what the capture says comes first",
        ),
        pytest.param(
            touched("?utm_keyword=k"), "utm_term", False, {"utm_keyword": "k"}, id="else its own"
        ),
        pytest.param(
            touched("?hsa_kw=k"), "hsa_kw", False, {"utm_keyword": "k"}, id="any parameter"
        ),
        pytest.param(
            touched("?gclid=a"),
            None,
            True,
            {"gclid": "a", "utm_source": "google", "utm_medium": "cpc"},
            id="derived source and medium",
        ),
        pytest.param(
            touched("?gclid=a&utm_source=s"),
            None,
            True,
            {"gclid": "a", "utm_source": "s", "utm_medium": "cpc"},
            id="only missing ones are derived",
        ),
        pytest.param(
            touched("?utm_campaign=c"),
            None,
            True,
            {"utm_campaign": "c"},
            id="what is not set is not derived",
        ),
        pytest.param(
            touched("?utm_medium=(not+set)"),
            None,
            True,
            {"utm_medium": "(not set)"},
            id="what stood in the URL stays",
        ),
        pytest.param(
            touched(referrer=GOOGLE),
            None,
            True,
            {"utm_source": "google", "utm_medium": "organic"},
            id="derived from a referrer",
        ),
    ],
)
def test_metadata_holds_only_what_is_really_known(
    touch: Touch | None, keyword_from: str | None, derive: bool, expected: dict[str, str]
) -> None:
    assert metadata_of(touch, None, keyword_from, derive_utm=derive) == expected


def test_the_client_id_belongs_to_no_touch() -> None:
    assert metadata_of(None, "1.2") == {"ga_client_id": "1.2"}


def test_an_attribution_reads_as_json() -> None:
    known = with_ids(attributed(PAID, ORGANIC), BrowserIds("1.2", "3", "fb.1.1.1", "fb.1.1.a"))
    assert render_attribution(known) == {
        "first": render_touch(PAID),
        "last": render_touch(ORGANIC),
        "touches": 2,
        "ga_client_id": "1.2",
        "ga_session_id": "3",
        "fbc": "fb.1.1.a",
        "fbp": "fb.1.1.1",
    }
    empty = render_attribution(nobody())
    assert empty["first"] is None
    assert empty["last"] is None
    assert empty["touches"] == 0


@pytest.mark.parametrize(
    ("touch", "known"),
    [
        (touched("?gclid=paid", at=9 * DAY, path="other"), True),
        (touched("?gclid=paid&utm_campaign=a", at=9 * DAY), True),
        (touched("?utm_source=news&utm_medium=email", at=9 * DAY), True),
        (touched("?gclid=other"), False),
        (touched("?utm_source=other"), False),
    ],
)
def test_a_touch_is_known_by_click_id_or_landing_page(touch: Touch, known: bool) -> None:
    assert is_known(attributed(PAID, CAMPAIGN), touch) is known


def test_a_new_attribution_knows_its_site_and_visitor_only() -> None:
    known = new_attribution(site="example.com", visitor="v", at=START, consent="granted:tcf")
    assert (known.site, known.visitor, known.consent) == ("example.com", "v", "granted:tcf")
    assert known.touches == ()
    assert isinstance(merge(known, PAID), Merged)
