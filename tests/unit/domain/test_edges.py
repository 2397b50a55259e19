"""Edges of parameters, attribution and channels: each catches a change that no other test sees."""

from __future__ import annotations

import pytest

from collector.domain.attribution import merge, metadata_of, new_attribution
from collector.domain.parameters import (
    BY_NAME,
    Parameter,
    known_parameter,
)
from collector.domain.sites import Url, split_url
from collector.domain.tables import Tables
from collector.domain.times import DAY, HOUR
from collector.domain.touch import PageView, Touch, touch_of
from collector.domain.url_parameters import impersonal_query, read_query
from tests.unit.domain.views import GOOGLE, OWN, START, attributed, touched, view

AWIN = Tables([Parameter("zanpid", "awin", "awin", "affiliate", click_id=True)])


def page(rest: str) -> Url:
    url = split_url(f"https://www.example.com/{rest}")
    assert url is not None
    return url


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ("?utm_term=a=b", {"utm_term": "a=b"}),
        ("#utm_term=a=b", {"utm_term": "a=b"}),
        ("?x=1?utm_term=a=b", {"utm_term": "a=b"}),
        ("?utm_term=a?b#?gclid=1", {"utm_term": "a?b", "gclid": "1"}),
        ("?utm_term=a?b?gclid=1", {"utm_term": "a?b", "gclid": "1"}),
    ],
)
def test_a_value_may_hold_what_separates(rest: str, found: dict[str, str]) -> None:
    assert read_query(page(rest)).parameters == found


def test_a_value_with_an_equals_sign_does_not_hide_whose_it_is() -> None:
    assert impersonal_query("mc_eid=a=b&q=1") == "q=1"


def test_the_longest_name_is_as_long_as_said() -> None:
    name = f"gclid[{'x' * 57}]"
    assert len(name) == 64
    assert known_parameter(name) is BY_NAME["gclid"]
    assert known_parameter(f"{name}]") is None


def test_an_encoded_pair_is_split_only_behind_a_known_name() -> None:
    assert read_query(page("?foo%3D1%26gclid%3D2")).parameters == {}
    assert read_query(page("?gclid%3D2%26foo%3D1")).parameters == {"gclid": "2"}


@pytest.mark.parametrize(
    "rest", ["#zanpid=1", "?zanpid%3D1%26x%3D2", "?x=1?zanpid=1", "?a%3Db&zanpid=1"]
)
def test_an_own_parameter_is_found_wherever_a_known_one_is(rest: str) -> None:
    assert read_query(page(rest), AWIN.parameters).parameters == {"zanpid": "1"}
    assert read_query(page(rest)).parameters == {}


def test_a_new_attribution_knows_of_no_consent() -> None:
    assert new_attribution(site="", visitor="", at=0).consent == "unknown:none"
    assert new_attribution(site="", visitor="", at=0, consent="granted:tcf").consent == (
        "granted:tcf"
    )


def test_of_two_views_at_the_same_moment_the_direct_one_is_first() -> None:
    for touches in ([view("google"), view("direct")], [view("direct"), view("google")]):
        found = attributed(*touches)
        assert [touch.is_direct for touch in found.touches] == [True, False]


def test_the_client_id_stands_beside_derived_utms() -> None:
    assert metadata_of(view("google"), "1.2", derive_utm=True) == {
        "ga_client_id": "1.2",
        "utm_medium": "organic",
        "utm_source": "google",
    }


def _seen(url: str, at: int) -> Touch:
    return touch_of(PageView(url=url, referrer="", at=START + at, own_domains=OWN, tables=AWIN))


def test_an_earlier_sight_of_a_click_moves_it_and_costs_no_touch_between() -> None:
    known = new_attribution(site="example.com", visitor="v", at=START)
    queries = ["?gclid=1", "?zanpid=1", *(f"?utm_id={number}" for number in range(3))]
    for number, query in enumerate(queries, start=1):
        url = f"https://www.example.com/{number}{query}"
        known = merge(known, _seen(url, number * DAY), AWIN).attribution
    earlier = _seen("https://www.example.com/1?gclid=1", HOUR)
    again = merge(known, earlier, AWIN)
    assert again.reason == "same click id"
    assert again.attribution.touches[0].at == START + HOUR
    assert "zanpid" in again.attribution.touches[1].parameters


def test_what_a_network_shows_on_another_kind_of_site_is_of_that_kind() -> None:
    found = touched("?fbclid=1", referrer="https://www.instagram.com/").classification()
    assert (found.source, found.channel_rule) == ("instagram", "social-site")


def test_a_campaign_without_a_name_is_none() -> None:
    found = touched("?utm_source=flyer&utm_medium=print", referrer=GOOGLE).classification()
    assert found.campaign is None
    assert found.channel == "Unassigned"
