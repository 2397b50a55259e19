from __future__ import annotations

import pytest

from collector.domain.attribution import (
    choose_touch,
    metadata_of,
    render_attribution,
    with_ids,
)
from collector.domain.browser_cookies import BrowserIds
from collector.domain.event import METADATA_KEYS
from collector.domain.touch import Touch, render_touch
from tests.unit.domain.views import GOOGLE, attributed, nobody, touched

PAID = touched("?gclid=paid&utm_campaign=a", at=1)
CAMPAIGN = touched("?utm_source=news&utm_medium=email", at=2)
ORGANIC = touched(at=3, referrer=GOOGLE)
DIRECT = touched()

CHOICES = [  # what each attribution model takes
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
