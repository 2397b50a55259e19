from __future__ import annotations

import pytest

from collector.domain.link_findings import FAULTS
from collector.domain.link_lint import lint_link
from collector.domain.link_names import meant_name
from collector.domain.link_rules import LinkRules, parse_link_rules

ANY = LinkRules(own_domains=frozenset({"own.example"}))
RULES = parse_link_rules(
    {
        "separator": "-",
        "sources": {"google": ["adwords", "google ads"], "newsletter": [], "facebook": ["fb"]},
        "mediums": {"cpc": ["ppc"], "email": ["e-mail"], "paid-social": ["paid_social"]},
    }
)
LIVE = parse_link_rules({"allow_placeholders": True})
GOOD = "utm_source=google&utm_medium=cpc"
AT = "https://shop.example.net/a"

HEALTHY = {
    "no parameters": AT,
    "a campaign that gives the channel": f"{AT}?utm_source=partner&utm_medium=qwertz&utm_campaign=shopping",
    "two utms": f"{AT}?{GOOD}",
    "all utms": f"{AT}?{GOOD}&utm_campaign=spring-sale&utm_term=Red%20Shoes&utm_content=a1&utm_id=7",
    "other parameters": f"{AT}?lang=DE&{GOOD}&Q=a+b",
    "a fragment behind": f"{AT}?{GOOD}#pdp_where",
    "hash routing": f"{AT}/?{GOOD}#/offer?tab=2",
    "a nested link": "https://r.example.net/?u=https%3A%2F%2Fx.example%3Futm_source%3Da%26utm_medium%3Db",
    "a nested path": f"{AT}?next=%2Foffer%3Futm_source%3Da&{GOOD}",
    "an id like a phone number": f"{AT}?{GOOD}&utm_content=789180622957",
    "a date": f"{AT}?{GOOD}&utm_campaign=2026-11-24",
    "other scripts": f"{AT}?{GOOD}&utm_campaign=fr%C3%BChling",
    "a percent sign": f"{AT}?{GOOD}&utm_campaign=50%25-off",
    "an own page": "https://www.own.example/?page=2",
}

FAULTY = {
    "words": ("buy our shoes", "not_a_link", None),
    "another scheme": ("mailto:a@example.net", "not_a_link", None),
    "html": (f"{AT}?utm_source=google&amp;utm_medium=cpc", "html_escape", f"{AT}?{GOOD}"),
    "html twice": (f"{AT}?utm_source=google&amp;amp;utm_medium=cpc", "html_escape", f"{AT}?{GOOD}"),
    "space": (f"{AT} b?{GOOD}", "space_in_link", f"{AT}%20b?{GOOD}"),
    "no question mark": (f"{AT}&{GOOD}", "missing_question", f"{AT}?{GOOD}"),
    "double question mark": (f"{AT}?x=1?{GOOD}", "double_question", f"{AT}?x=1&{GOOD}"),
    "two at once": (f"{AT}??{GOOD}", "double_question", f"{AT}?{GOOD}"),
    "encoded in the path": (f"{AT}%3Futm_source%3Dgoogle%26utm_medium%3Dcpc", "encoded_separator", f"{AT}?{GOOD}"),
    "encoded in the query": (f"{AT}?utm_source%3Dgoogle%26utm_medium%3Dcpc", "encoded_separator", f"{AT}?{GOOD}"),
    "encoded twice": (f"{AT}?utm_source=google%2526utm_medium%253Dcpc", "encoded_separator", f"{AT}?{GOOD}"),
    "fragment first": (f"{AT}#top?{GOOD}", "fragment_before_query", f"{AT}?{GOOD}#top"),
    "only in the fragment": (f"{AT}#{GOOD}", "fragment_before_query", f"{AT}?{GOOD}"),
    "http": (f"http://shop.example.net/?{GOOD}", "http", f"https://shop.example.net/?{GOOD}"),
    "upper-case name": (f"{AT}?UTM_Source=google&utm_medium=cpc", "name_case", f"{AT}?{GOOD}"),
    "upper-case name beside others": (f"{AT}?page=2&UTM_Source=google&utm_medium=cpc", "name_case", f"{AT}?page=2&{GOOD}"),
    "misspelt name": (f"{AT}?utm_souce=google&utm_medium=cpc", "misspelt_name", f"{AT}?{GOOD}"),
    "dash in a name": (f"{AT}?utm-source=google&utm_medium=cpc", "misspelt_name", f"{AT}?{GOOD}"),
    "a name of nobody": (f"{AT}?{GOOD}&utm_flavour=a", "unknown_name", None),
    "keyword": (f"{AT}?{GOOD}&utm_keyword=a", "keyword_for_term", f"{AT}?{GOOD}&utm_term=a"),
    "keyword beside term": (f"{AT}?{GOOD}&utm_term=b&utm_keyword=a", "keyword_for_term", None),
    "repeated": (f"{AT}?{GOOD}&utm_source=bing", "repeated_name", f"{AT}?{GOOD}"),
    "empty": (f"{AT}?{GOOD}&utm_term=", "empty_value", f"{AT}?{GOOD}"),
    "Meta's placeholder": (f"{AT}?{GOOD}&utm_campaign={{{{campaign.name}}}}", "placeholder", None),
    "Google's placeholder": (f"{AT}?{GOOD}&utm_term={{keyword}}", "placeholder", None),
    "encoded placeholder": (f"{AT}?{GOOD}&gclid=%7Bgclid%7D", "placeholder", f"{AT}?{GOOD}"),
    "brackets": (f"{AT}?{GOOD}&utm_campaign=[[name]]", "placeholder", None),
    "TikTok's placeholder": (f"{AT}?{GOOD}&utm_campaign=__CAMPAIGN_NAME__", "placeholder", None),
    "Mailchimp's placeholder": (f"{AT}?{GOOD}&utm_campaign=*|LIST|*", "placeholder", None),
    "not set": (f"{AT}?utm_source=google&utm_medium=(not+set)", "placeholder", None),
    "undefined": (f"{AT}?{GOOD}&utm_campaign=undefined", "placeholder", None),
    "e-mail": (f"{AT}?{GOOD}&utm_content=bob%40example.com", "personal_data", f"{AT}?{GOOD}"),
    "phone": (f"{AT}?{GOOD}&utm_content=%2B49+170+1234567", "personal_data", f"{AT}?{GOOD}"),
    "a recipient's id": (f"{AT}?{GOOD}&mc_eid=abc", "personal_data", f"{AT}?{GOOD}"),
    "gclid": (f"{AT}?{GOOD}&gclid=Cj0KCQ", "click_id", f"{AT}?{GOOD}"),
    "fbclid": (f"{AT}?{GOOD}&fbclid=IwAR1", "click_id", f"{AT}?{GOOD}"),
    "double encoded": (f"{AT}?{GOOD}&utm_campaign=fr%25C3%25BChling", "double_encoded", f"{AT}?{GOOD}&utm_campaign=fr%C3%BChling"),
    "upper case": (f"{AT}?utm_source=Google&utm_medium=cpc", "case", f"{AT}?{GOOD}"),
    "plus": (f"{AT}?{GOOD}&utm_campaign=spring+sale", "space", f"{AT}?{GOOD}&utm_campaign=spring-sale"),
    "encoded space": (f"{AT}?{GOOD}&utm_campaign=a%20b", "space", f"{AT}?{GOOD}&utm_campaign=a-b"),
    "unassigned": (f"{AT}?utm_source=partner&utm_medium=qwertz", "unassigned", None),
    "own domain": (f"https://www.own.example/b?{GOOD}&page=2", "own_domain", "https://www.own.example/b?page=2"),
    "no source": (f"{AT}?utm_medium=cpc", "missing_source", None),
    "no medium": (f"{AT}?utm_source=google", "missing_medium", None),
}  # fmt: skip

BY_RULES = {
    "another spelling": (f"{AT}?utm_source=adwords&utm_medium=cpc", "spelling", f"{AT}?{GOOD}"),
    "of a medium": (f"{AT}?utm_source=google&utm_medium=ppc", "spelling", f"{AT}?{GOOD}"),
    "separator": (f"{AT}?utm_source=facebook&utm_medium=paid_social", "separator", f"{AT}?utm_source=facebook&utm_medium=paid-social"),
    "separator of a campaign": (f"{AT}?{GOOD}&utm_campaign=a_b", "separator", f"{AT}?{GOOD}&utm_campaign=a-b"),
    "unknown source": (f"{AT}?utm_source=gogle&utm_medium=cpc", "unknown_source", None),
    "unknown medium": (f"{AT}?utm_source=google&utm_medium=banner", "unknown_medium", None),
}  # fmt: skip


@pytest.mark.parametrize("text", HEALTHY.values(), ids=HEALTHY)
def test_nothing_is_said_of_a_good_link(text: str) -> None:
    assert lint_link(text, ANY).findings == ()


@pytest.mark.parametrize(("text", "code", "corrected"), FAULTY.values(), ids=FAULTY)
def test_a_fault_is_named_and_mended(text: str, code: str, corrected: str | None) -> None:
    linted = lint_link(text, ANY)
    assert [found.code for found in linted.findings] == [code]
    assert linted.corrected == corrected


@pytest.mark.parametrize(("text", "code", "corrected"), BY_RULES.values(), ids=BY_RULES)
def test_naming_rules_say_what_is_allowed(text: str, code: str, corrected: str | None) -> None:
    linted = lint_link(text, RULES)
    assert code in [found.code for found in linted.findings]
    assert linted.corrected == corrected


def test_every_code_has_a_row_in_these_tables() -> None:
    assert {row[1] for row in (*FAULTY.values(), *BY_RULES.values())} == FAULTS.keys()


@pytest.mark.parametrize("text", [row[2] for row in FAULTY.values() if row[2]])
def test_a_mended_link_has_no_further_fault(text: str) -> None:
    assert lint_link(text, ANY).findings == ()


def test_several_faults_are_all_named_and_mended_in_one_go() -> None:
    linted = lint_link(
        f"http://shop.example.net/a?UTM_SOURCE=Google?utm_medium=CPC&amp;gclid=x#{GOOD}", ANY
    )
    codes = [found.code for found in linted.findings]
    assert codes[:4] == ["html_escape", "http", "double_question", "fragment_before_query"]
    assert linted.corrected == f"{AT}?{GOOD}"
    assert linted.has_error


def test_placeholders_are_left_alone_where_a_platform_replaces_them() -> None:
    text = f"{AT}?{GOOD}&utm_campaign={{{{campaign.name}}}}&utm_term={{keyword}}&gclid={{gclid}}"
    assert lint_link(text, LIVE).findings == ()


def test_personal_data_is_not_repeated_in_the_finding() -> None:
    (found,) = lint_link(f"{AT}?{GOOD}&utm_content=bob%40example.com", ANY).findings
    assert "bob" not in found.found


@pytest.mark.parametrize(
    ("name", "meant"),
    [("utm_souce", "utm_source"), ("utm_keyword", "utm_term"), ("utm_term", None), ("page", None)],
)
def test_a_name_with_a_fault_is_told_as_it_was_meant(name: str, meant: str | None) -> None:
    assert meant_name(name) == meant
