from __future__ import annotations

from typing import Any

import msgspec
import pytest

from collector.domain.attribution import Attribution, Merged
from collector.domain.browser_cookies import NO_IDS, BrowserIds
from collector.domain.consent import NOT_ASKED, Consent
from collector.domain.lead_attribution import Rules
from collector.domain.times import MINUTE
from collector.domain.touch import PageView
from collector.domain.visit import render_visit, visit
from tests.unit.domain.views import GOOGLE, OWN, START, nobody

SITE = "https://www.example.com"
PAID = f"{SITE}/?utm_source=google&utm_medium=cpc&utm_term=boots&gclid=Cj0KCQ"
IDS = BrowserIds(ga_client_id="1.2", ga_session_id="3", fbp="fb.1.4.5")
RULES = Rules(own_domains=OWN)


def seen(
    before: Attribution,
    url: str,
    *,
    referrer: str = "",
    after: int = MINUTE,
    ids: BrowserIds = NO_IDS,
    consent: Consent = NOT_ASKED,
) -> Merged:
    view = PageView(url=url, referrer=referrer, at=START + after, own_domains=OWN)
    return visit(before, view, ids, consent)


KNOWN = seen(nobody(), PAID, after=0, ids=IDS).attribution

#: What a known visitor's next view is: whether it adds something to the token, and its reason.
NEXT: dict[str, tuple[dict[str, Any], bool, str]] = {
    "another page of the site": ({"url": f"{SITE}/about", "referrer": PAID}, False, "direct"),
    "a reload": ({"url": PAID}, False, "same click id"),
    "a page without anything": ({"url": f"{SITE}/about"}, False, "direct"),
    "the ids that are known": ({"url": f"{SITE}/about", "ids": IDS}, False, "direct"),
    "no ids any more": ({"url": f"{SITE}/about", "ids": NO_IDS}, False, "direct"),
    "a new campaign": ({"url": f"{SITE}/?utm_campaign=may"}, True, "new touch: "),
    "a search": ({"url": f"{SITE}/", "referrer": GOOGLE}, True, "new touch: "),
    "an id that appears later": (
        {"url": f"{SITE}/about", "ids": BrowserIds(fbc="fb.1.6.7")},
        True,
        "direct",
    ),
    "consent that comes later": (
        {"url": f"{SITE}/about", "consent": Consent(state="granted", by="tcf")},
        True,
        "direct",
    ),
}


@pytest.mark.parametrize(("view", "adds", "reason"), NEXT.values(), ids=NEXT)
def test_only_a_view_that_told_something_new_makes_another_attribution(
    view: dict[str, Any], adds: bool, reason: str
) -> None:
    merged = seen(KNOWN, **view)
    assert (merged.attribution is not KNOWN) is adds
    assert merged.reason.startswith(reason)


def test_what_the_browser_knows_is_taken_over_and_never_lost() -> None:
    later = seen(KNOWN, f"{SITE}/about", ids=BrowserIds(ga_client_id="7.8")).attribution
    assert (later.ga_client_id, later.ga_session_id, later.fbp) == ("7.8", "3", "fb.1.4.5")


def test_consent_is_kept_as_it_was_said_last() -> None:
    assert KNOWN.consent == "unknown:none"
    granted = seen(KNOWN, f"{SITE}/a", consent=Consent(state="granted", by="api")).attribution
    assert granted.consent == "granted:api"
    assert granted.touches == KNOWN.touches


def test_an_answer_holds_what_the_contract_names_in_its_order() -> None:
    answer = render_visit(seen(nobody(), PAID, ids=IDS), RULES, token="t.o", keep=True)
    assert list(answer) == ["token", "metadata", "attribution", "keep", "reason"]
    assert (answer["token"], answer["keep"], answer["reason"]) == ("t.o", True, "new touch: gclid")
    assert list(answer["attribution"]) == [
        *("first", "last", "touches", "ga_client_id", "ga_session_id", "fbc", "fbp")
    ]
    assert answer["metadata"] == {
        "ga_client_id": "1.2",
        "gclid": "Cj0KCQ",
        "utm_medium": "cpc",
        "utm_source": "google",
        "utm_term": "boots",
    }


@pytest.mark.parametrize(
    ("rules", "metadata"),
    [
        ({}, {"gclid": "Cj0KCQ", "utm_source": "google", "utm_medium": "cpc"}),
        ({"attribution_model": "last"}, {}),
        (
            {"attribution_model": "last", "derive_utm": True},
            {"utm_source": "bing", "utm_medium": "organic"},
        ),
        ({"attribution_model": "first", "utm_keyword_from": "utm_term"}, {"utm_keyword": "boots"}),
    ],
    ids=["the newest campaign", "the newest touch", "with what it stands for", "with a keyword"],
)
def test_metadata_follow_the_rules_of_the_capture(
    rules: dict[str, Any], metadata: dict[str, str]
) -> None:
    known = seen(nobody(), PAID, after=0).attribution
    merged = seen(known, f"{SITE}/", referrer="https://www.bing.com/")
    answer = render_visit(merged, msgspec.structs.replace(RULES, **rules), token="", keep=False)
    assert metadata.items() <= answer["metadata"].items()
    assert bool(answer["metadata"]) is bool(metadata)
    last = answer["attribution"]["last"]
    assert last is not None
    assert last["source"] == "bing"


def test_a_visitor_of_whom_nothing_is_known_is_direct() -> None:
    answer = render_visit(seen(nobody(), f"{SITE}/"), RULES, token="", keep=False)
    assert (answer["metadata"], answer["reason"]) == ({}, "new touch: direct")
    last = answer["attribution"]["last"]
    assert last is not None
    assert answer["attribution"]["first"] == last
    assert last["source"] == "(direct)"
