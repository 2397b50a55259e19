from __future__ import annotations

from typing import Any

import pytest

from collector.domain.attribution import merge, new_attribution
from collector.domain.journey import SeenAttribution, SeenTouch, journey_of, read_attribution
from collector.domain.json_values import encode_json
from collector.domain.lead_attribution import Evidence, Rules, conclude
from collector.domain.touch import PageView, touch_of

SITE = "https://example.com"
OWN = frozenset({"example.com"})
SOCIAL = ("/a", "https://www.facebook.com/")
AD = ("/b?utm_source=google&utm_medium=cpc&utm_campaign=spring", "")
SEARCH = ("/c", "https://www.google.com/")
MAIL = ("/d?utm_source=news&utm_medium=email", "")
DIRECT = ("/e", "")

VIEWS: dict[str, tuple[tuple[tuple[str, str], ...], str, str | None]] = {
    "an ad between": ((SOCIAL, AD, SEARCH), "last_campaign", "Paid Search"),
    "the newest campaign": ((AD, MAIL, SEARCH), "last_campaign", "Email"),
    "the newest at all": ((AD, SEARCH), "last", "Organic Search"),
    "the first": ((SOCIAL, AD), "first", "Organic Social"),
    "the newest paid": ((AD, MAIL), "last_paid", "Paid Search"),
    "no campaign": ((SOCIAL, SEARCH), "last_campaign", "Organic Search"),
    "nothing paid": ((SOCIAL, MAIL), "last_paid", "Email"),
    "direct alone": ((DIRECT,), "last", "Direct"),
    "nothing": ((), "last_campaign", None),
}


def concluded(views: tuple[tuple[str, str], ...], model: str) -> tuple[str, Evidence]:
    attribution = new_attribution(site="example.com", visitor="v", at=1)
    for day, (path, referrer) in enumerate(views, 1):
        view = PageView(
            url=SITE + path, referrer=referrer, at=day * 86_400_000_000, own_domains=OWN
        )
        attribution = merge(attribution, touch_of(view)).attribution
    evidence = Evidence(at=10**12, token=attribution)
    rules = Rules(own_domains=OWN, attribution_model=model)
    return encode_json(conclude(evidence, rules).attribution), evidence


@pytest.mark.parametrize(("views", "model", "channel"), VIEWS.values(), ids=VIEWS)
def test_the_touch_that_decided_is_the_one_the_model_chose(
    views: tuple[tuple[str, str], ...], model: str, channel: str | None
) -> None:
    text, evidence = concluded(views, model)
    journey = journey_of(read_attribution(text), evidence)
    assert len(journey.touches) == len(views)
    assert [touch.at for touch in journey.touches] == sorted(t.at for t in journey.touches)
    assert (journey.decided.channel if journey.decided else None) == channel


@pytest.mark.parametrize("text", ["{}", "", "[]", '{"first": 7}', '{"touches": "many"}'])
def test_of_an_attribution_that_cannot_be_read_nothing_is_known(text: str) -> None:
    assert read_attribution(text) == SeenAttribution()
    assert journey_of(read_attribution(text)).decided is None


def test_an_unknown_model_is_taken_for_the_usual_one() -> None:
    ad: dict[str, Any] = {"at": "1", "parameters": {"gclid": "x"}, "channel": "Paid Search"}
    seen = SeenAttribution(model="?", first=SeenTouch(**ad), last=SeenTouch(at="2", referrer="r"))
    assert journey_of(seen).winner == 0


def test_without_a_token_the_first_and_the_last_touch_are_all_there_is() -> None:
    text, _ = concluded((SOCIAL, AD, SEARCH), "last")
    seen = read_attribution(text)
    assert seen.touches == 3
    for evidence in (None, Evidence(at=1)):
        assert len(journey_of(seen, evidence).touches) == 2
