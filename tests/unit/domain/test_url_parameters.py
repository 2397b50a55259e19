from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collector.domain.sites import Url, split_url
from collector.domain.url_parameters import impersonal_query, read_query

GCLID = "Cj0KCQjw-eKLMNO_wcB"
FBCLID = "IwAR3xYz-AbC_dEf0123456789"


def page(rest: str) -> Url:
    url = split_url(f"https://www.example.com/{rest}")
    assert url is not None
    return url


def captured_parameters(url: Url) -> dict[str, str]:
    return read_query(url).parameters


READ = [
    pytest.param(
        "?utm_source=google&utm_medium=cpc&utm_campaign=spring",
        {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "spring"},
        id="plain",
    ),
    pytest.param(
        f"?gad_source=1&gad_campaignid=21&gbraid=0AAAAAabc&gclid={GCLID}",
        {"gad_source": "1", "gad_campaignid": "21", "gbraid": "0AAAAAabc", "gclid": GCLID},
        id="facts 0.4: several ids of Google at once, all kept",
    ),
    pytest.param(
        "?utm_content=oledtv_wave2&utm_content=oledtv",
        {"utm_content": "oledtv_wave2"},
        id="a repeated name, the first value wins",
    ),
    pytest.param(
        "?utm_source=&utm_source=google",
        {"utm_source": "google"},
        id="the first that is not empty",
    ),
    pytest.param(
        "?utm_source&utm_source=google", {"utm_source": "google"}, id="a name without a value"
    ),
    pytest.param("?utm_source=%20+&utm_medium=cpc", {"utm_medium": "cpc"}, id="only white space"),
    pytest.param(f"?gclid={GCLID}#pdp_where", {"gclid": GCLID}, id="query, then fragment"),
    pytest.param(
        "?utm_campaign=Tavily+Brand+-+General",
        {"utm_campaign": "Tavily Brand - General"},
        id="plus is a space",
    ),
    pytest.param("?utm_campaign=a%2Bb", {"utm_campaign": "a+b"}, id="an encoded plus is a plus"),
    pytest.param(
        f"?utm_source=a&amp;utm_medium=b&amp;gclid={GCLID}",
        {"utm_source": "a", "utm_medium": "b", "gclid": GCLID},
        id="HTML-escaped separators",
    ),
    pytest.param("?x=1&amp;amp;utm_source=a", {"utm_source": "a"}, id="escaped twice"),
    pytest.param("?x=1&amp%3Butm_source=a", {"utm_source": "a"}, id="escaped, then encoded"),
    pytest.param(
        "?UTM_Source=Google", {"utm_source": "Google"}, id="name of any case, value kept"
    ),
    pytest.param("?GCLID=aBcD", {"gclid": "aBcD"}, id="click ids keep their case"),
    pytest.param("?sccid=1", {"ScCid": "1"}, id="Snapchat writes ScCid"),
    pytest.param("?utm%5Fsource=a", {"utm_source": "a"}, id="an encoded name"),
    pytest.param("?utm%255Fsource=a", {"utm_source": "a"}, id="a name encoded twice"),
    pytest.param("?utm_source[]=a", {"utm_source": "a"}, id="a bracketed name"),
    pytest.param("?utm_source%5B0%5D=a", {"utm_source": "a"}, id="an encoded bracketed name"),
    pytest.param("?+utm_source=a", {"utm_source": "a"}, id="a stray space before the name"),
    pytest.param("?a=b?utm_source=x", {"utm_source": "x"}, id="a second question mark"),
    pytest.param(
        f"?gclid={GCLID}?utm_source=x", {"gclid": GCLID, "utm_source": "x"}, id="after a click id"
    ),
    pytest.param("?gclid=a?b&x=1", {"gclid": "a?b"}, id="a question mark within a value stays"),
    pytest.param(
        "?gclid=a?b=c", {"gclid": "a?b=c"}, id="no known name behind it: part of the value"
    ),
    pytest.param(
        "#utm_source=a&utm_medium=b", {"utm_source": "a", "utm_medium": "b"}, id="fragment"
    ),
    pytest.param("#/route?utm_source=a", {"utm_source": "a"}, id="a route in the fragment"),
    pytest.param("#!/route?x=1&gclid=a", {"gclid": "a"}, id="an old route in the fragment"),
    pytest.param("#section&utm_source=a", {"utm_source": "a"}, id="an anchor, then parameters"),
    pytest.param("#anchor#utm_source=a", {"utm_source": "a"}, id="a second hash"),
    pytest.param("?utm_source=a#utm_source=b", {"utm_source": "a"}, id="the query comes first"),
    pytest.param("#utm_source", {}, id="an anchor that is named like one"),
    pytest.param("#:~:text=utm", {}, id="a text fragment"),
    pytest.param(
        "?utm_source%3Dgoogle%26utm_medium%3Dcpc",
        {"utm_source": "google", "utm_medium": "cpc"},
        id="the whole query encoded once",
    ),
    pytest.param("?gclid%3DAb%2Bc%3D%3D", {"gclid": "Ab+c=="}, id="still decoded only once"),
    pytest.param("?x%3D1", {}, id="an encoded pair of no known name"),
    pytest.param(
        "?url=https%3A%2F%2Fx.test%2F%3Futm_source%3Dinner",
        {},
        id="a nested URL is the value of its parameter",
    ),
    pytest.param(
        "?adurl=https://x.test?gad_source%3D1%26gclid%3Dabc",
        {},
        id="a nested URL, its query encoded",
    ),
    pytest.param("?utm_medium=(not+set)", {"utm_medium": "(not set)"}, id="odd but real"),
    pytest.param(
        "?utm_content=789180622957_&utm_position=",
        {"utm_content": "789180622957_"},
        id="an unknown utm",
    ),
    pytest.param("?utm_source=someone%40example.com", {}, id="an e-mail as the source"),
    pytest.param(
        "?utm_campaign=spring+to+someone@example.com",
        {"utm_campaign": "spring to "},
        id="an e-mail within a campaign",
    ),
    pytest.param(
        "?utm_content=someone%2540example.com&utm_id=1",
        {"utm_id": "1"},
        id="an e-mail encoded twice",
    ),
    pytest.param("?utm_term=sch%C3%B6n", {"utm_term": "schön"}, id="UTF-8"),
    pytest.param(
        "?utm_term=sch%F6n", {"utm_term": "sch%F6n"}, id="Latin-1 is no UTF-8: as written"
    ),
    pytest.param("?utm_term=schön", {"utm_term": "schön"}, id="not encoded at all"),
    pytest.param("?utm_source=a%00b%0Ac", {"utm_source": "abc"}, id="control characters go"),
    pytest.param("?utm_source=a\x00b", {"utm_source": "ab"}, id="a raw NUL"),
    pytest.param("?utm_source=a\ud800b", {"utm_source": "a\ufffdb"}, id="a lone surrogate"),
    pytest.param("?utm_source=" + "a" * 2000, {"utm_source": "a" * 2000}, id="2,000 characters"),
    pytest.param("?utm_source=" + "a" * 2001, {}, id="2,001 characters"),
    pytest.param("?" + "a" * 100_000 + "=1&utm_source=x", {"utm_source": "x"}, id="a long name"),
    pytest.param("?", {}, id="an empty query"),
    pytest.param("", {}, id="neither query nor fragment"),
    pytest.param("?&&=&=x&&", {}, id="empty pairs"),
    pytest.param("?gclid=", {}, id="an empty click id"),
]


@pytest.mark.parametrize(("rest", "expected"), READ)
def test_parameters_are_read_out_of_a_url(rest: str, expected: dict[str, str]) -> None:
    assert captured_parameters(page(rest)) == expected


EXACT = [
    pytest.param("a+b", "a+b", id="plus stays plus"),
    pytest.param("a%2Bb", "a+b", id="an encoded plus"),
    pytest.param("a%252Bb", "a%2Bb", id="decoded once"),
    pytest.param("a%20b", "a b", id="an encoded space"),
    pytest.param("a%FFb", "a%FFb", id="an invalid sequence stays as written"),
    pytest.param("a%ffb", "a%ffb", id="its case too"),
    pytest.param("%C3%BC%E2%82", "ü%E2%82", id="valid beside invalid"),
    pytest.param("100%", "100%", id="a bare percent sign"),
    pytest.param("a==", "a==", id="equals signs"),
    pytest.param("%20a%20", " a ", id="encoded white space around"),
    pytest.param("someone@example.com", "someone@example.com", id="whatever it looks like"),
    pytest.param("a" * 2000, "a" * 2000, id="2,000 characters"),
    pytest.param("%61" * 2000, "a" * 2000, id="2,000 encoded characters"),
    pytest.param("a" * 2001, None, id="one more is dropped whole"),
    pytest.param("a%00b", None, id="NUL: dropped whole"),
    pytest.param("a%0Ab", None, id="line feed: dropped whole"),
    pytest.param("a\tb", None, id="a raw tab: dropped whole"),
    pytest.param("a%7F", None, id="delete: dropped whole"),
    pytest.param("a%C2%85", None, id="a control character beyond ASCII: dropped whole"),
    pytest.param("%20", None, id="blank"),
]


@pytest.mark.parametrize("name", ["gclid", "fbclid", "msclkid"])
@pytest.mark.parametrize(("written", "value"), EXACT)
def test_click_ids_are_byte_exact(name: str, written: str, value: str | None) -> None:
    kept = captured_parameters(page(f"?utm_id=1&{name}={written}"))
    assert kept.get(name) == value


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=300))
@example("+ %&=?#;")
def test_a_click_id_comes_out_as_it_went_in(click_id: str) -> None:
    read = captured_parameters(page(f"?gclid={quote(click_id, safe='')}&utm_source=x"))
    assert read.get("gclid", "") == ("" if click_id.isspace() else click_id)


@given(st.text(), st.text())
@example("utm_source=a&utm_source=b?gclid=", "%")
def test_no_query_and_no_fragment_raises(query: str, fragment: str) -> None:
    read = read_query(Url("https", "example.com", None, "/", query, fragment))
    assert all(0 < len(value) <= 2000 for value in read.parameters.values())


@given(st.text(alphabet="utm_sorce=&?#%3D26amp;+gclid", max_size=120))
def test_no_query_that_looks_like_one_raises(query: str) -> None:
    read_query(Url("https", "example.com", None, "/", query, query))
    impersonal_query(query)


@pytest.mark.parametrize(
    ("rest", "left"),
    [
        ("?id=5&utm_source=a&page=2", "id=5&page=2"),
        ("?utm_source=a&gclid=b", ""),
        ("?id=5&gclid=&utm_medium", "id=5"),
        ("?id=5&_check=code", "id=5"),
        ("?id=5&mail=someone%40example.com&x=1", "id=5&x=1"),
        ("?someone@example.com&x=1", "x=1"),
        ("?a=b?utm_source=x&c=d", "a=b&c=d"),
        ("?a=b?c=d", "a=b?c=d"),
        ("?q=%2B+%20&empty=&bare", "q=%2B+%20&empty=&bare"),
        ("?_CHECK=x&mc_eid=y", ""),
        ("", ""),
    ],
)
def test_the_rest_of_the_query_stays_as_it_was(rest: str, left: str) -> None:
    assert read_query(page(rest)).rest == left


def test_a_referrer_keeps_campaign_parameters_but_names_nobody() -> None:
    query = "q=shoes&utm_source=a&mc_eid=b&to=someone@example.com"
    assert impersonal_query(query) == "q=shoes&utm_source=a"
