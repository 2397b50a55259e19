"""Parameters as links, mail programs, content systems and redirects leave them."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain.parameters import CLICK_IDS
from collector.domain.sites import split_url
from collector.domain.url_parameters import read_query

GCLID = "Cj0KCQjw-eKLMNO_wcB"
SHOP = "https://www.shop.example/"


def parameters(url: str) -> dict[str, str]:
    parts = split_url(url)
    assert parts is not None
    return read_query(parts).parameters


ESCAPED = [
    pytest.param(
        "?x=1&#038;utm_medium=b", {"utm_medium": "b"}, id="WordPress escapes & as &#038;"
    ),
    pytest.param("?x=1&#38;utm_medium=b", {"utm_medium": "b"}, id="&#38;"),
    pytest.param("?x=1&#x26;utm_medium=b", {"utm_medium": "b"}, id="&#x26;"),
    pytest.param("?x=1&#X26;utm_medium=b", {"utm_medium": "b"}, id="&#X26;"),
    pytest.param("?x=1&%2338;utm_medium=b", {"utm_medium": "b"}, id="escaped, then encoded"),
    pytest.param("?x=1&amp;#038;utm_medium=b", {"utm_medium": "b"}, id="escaped in two ways"),
    pytest.param(
        "?utm_source=a&#038;utm_medium=b&#038;gclid=c",
        {"utm_source": "a", "utm_medium": "b", "gclid": "c"},
        id="each separator, the first of which begins a fragment",
    ),
    pytest.param(
        r"?utm_source=a\u0026utm_medium=b", {"utm_source": "a", "utm_medium": "b"}, id="JSON's &"
    ),
    pytest.param(r"?utm_source=a\u0026b", {"utm_source": r"a\u0026b"}, id="no name behind it"),
    pytest.param(
        "?utm_source=a%26utm_medium=b",
        {"utm_source": "a", "utm_medium": "b"},
        id="only the & encoded",
    ),
    pytest.param(
        "?utm_source=a%26utm_medium%3Db%26gclid%3DAb%2Bc",
        {"utm_source": "a", "utm_medium": "b", "gclid": "Ab+c"},
        id="all but the first pair encoded",
    ),
    pytest.param("?utm_campaign=a%26b%3Dc", {"utm_campaign": "a&b=c"}, id="an & within a value"),
    pytest.param("?gclid=a%26utm_source%3Db", {"gclid": "a&utm_source=b"}, id="never a click id"),
    pytest.param("?gclid=a%26utm_source=b", {"gclid": "a&utm_source=b"}, id="not half of one"),
    pytest.param(
        "?utm_source%3Da%26utm_medium=b",
        {"utm_source": "a", "utm_medium": "b"},
        id="the first = encoded",
    ),
    pytest.param(
        "?utm_source%3da%26utm_medium%3db",
        {"utm_source": "a", "utm_medium": "b"},
        id="encoded with small letters",
    ),
    pytest.param(
        "?utm_source%253Da%2526utm_medium%253Db",
        {"utm_source": "a", "utm_medium": "b"},
        id="the whole query encoded twice",
    ),
    pytest.param(
        "?gclid%253DAb%252Bc", {"gclid": "Ab+c"}, id="its click id as it was before that"
    ),
    pytest.param("?x%253D1%2526y", {}, id="encoded twice, no known name"),
    pytest.param("??utm_source=a", {"utm_source": "a"}, id="two question marks"),
    pytest.param("?/?utm_source=a", {"utm_source": "a"}, id="a slash between them"),
    pytest.param("?UTM_SOURCE[]=a&Utm_Source[]=b", {"utm_source": "a"}, id="brackets, any case"),
]


@pytest.mark.parametrize(("rest", "expected"), ESCAPED)
def test_separators_that_were_escaped_or_encoded_still_separate(
    rest: str, expected: dict[str, str]
) -> None:
    assert parameters(SHOP + rest) == expected


NESTED = [
    pytest.param("login?next=%2Foffer%3Fgclid%3DX", {"gclid": "X"}, id="a path of the site"),
    pytest.param(
        "login?next=%252Foffer%253Fgclid%253DX", {"gclid": "X"}, id="a path encoded twice"
    ),
    pytest.param("login?next=/offer%3Fgclid%3DX", {"gclid": "X"}, id="slashes as they are"),
    pytest.param(
        f"?url={quote('https://shop.example/?gclid=X&utm_source=a#top', safe='')}",
        {"gclid": "X", "utm_source": "a"},
        id="a URL of the same registrable domain",
    ),
    pytest.param(
        "?adurl=https://shop.example?gad_source%3D1%26gad_campaignid%3D2%26gclid%3DX",
        {"gad_source": "1", "gad_campaignid": "2", "gclid": "X"},
        id="adurl, on its own site",
    ),
    pytest.param(
        "login?next=%2Foffer%3Fgclid%3DAb%252Bc", {"gclid": "Ab+c"}, id="decoded once for each URL"
    ),
    pytest.param(
        "login?a=%3F&next=%2Foffer%3Fgclid%3DX", {"gclid": "X"}, id="behind another question"
    ),
    pytest.param("?url=https%3A%2F%2Fother.example%2F%3Fgclid%3DX", {}, id="another site's"),
    pytest.param("?url=%2F%2Fother.example%2F%3Fgclid%3DX", {}, id="another site's, no scheme"),
    pytest.param("?url=shop.example%2F%3Fgclid%3DX", {}, id="no link"),
    pytest.param("?q=what%3F%20gclid%3DX", {}, id="a question people ask"),
    pytest.param("login?next=%2Foffer%3Fmc_eid%3DX", {}, id="a person's name stays out"),
    pytest.param(
        "login?utm_source=a&next=%2Foffer%3Fgclid%3DX",
        {"utm_source": "a"},
        id="its own come first",
    ),
    pytest.param(
        f"login?next=%2Foffer%3Fgclid%3DX{'a' * 2000}", {}, id="nobody's link is that long"
    ),
]


@pytest.mark.parametrize(("rest", "expected"), NESTED)
def test_a_landing_page_named_by_a_redirect_of_its_own_site_counts(
    rest: str, expected: dict[str, str]
) -> None:
    assert parameters(SHOP + rest) == expected


DROPPED = [
    pytest.param("?gclid=" + "a" * 2001, ("gclid",), id="too long"),
    pytest.param("?gclid=a%00b", ("gclid",), id="a control character"),
    pytest.param("?gclid=a%0Ab&fbclid=%7F", ("gclid", "fbclid"), id="two"),
    pytest.param("?gclid=a%00&gclid=b%00", ("gclid",), id="one twice"),
    pytest.param("?gclid=a%00&gclid=b", (), id="a good one of the same name"),
    pytest.param("#gclid=a%00", ("gclid",), id="in a fragment"),
    pytest.param("?next=%2F%3Fgclid%3Da%2500b", ("gclid",), id="in a page that was named"),
    pytest.param("?gclid=" + "%61" * 9000, ("gclid",), id="too long however it is written"),
    pytest.param("?gclid=&fbclid=%20", (), id="none was there"),
    pytest.param("?utm_source=" + "a" * 2001, (), id="no click id"),
]


@pytest.mark.parametrize(("rest", "names"), DROPPED)
def test_a_click_id_that_cannot_be_kept_is_named(rest: str, names: tuple[str, ...]) -> None:
    parts = split_url(SHOP + rest)
    assert parts is not None
    assert read_query(parts).dropped == names


MESS = [
    *("?", "#", "&", "=", "+", "@", "/", ";", "amp;", r"\u0026", "%", "%25", "%26", "%3D", "%3F"),
    *("%253D", "%E2", "%00", "utm_source=", "&gclid=", "?gclid=", "a@b.example ", "next=%2F%3F&"),
    *("https%3A%2F%2Fshop.example%2F%3Fgclid%3Da&", "&#038;", "[", "%255B", "\x00", "ü"),
]


@pytest.mark.parametrize("mess", MESS)
def test_a_megabyte_of_anything_comes_to_an_end(mess: str) -> None:
    """Quadratic time would be hours here."""
    parts = split_url(SHOP + "?" + mess * (1_000_000 // len(mess)))
    assert parts is not None
    assert len(read_query(parts).parameters) <= len(CLICK_IDS)


def test_only_the_first_thousand_pairs_count() -> None:
    assert parameters(SHOP + "?" + "a=1&" * 999 + "gclid=X") == {"gclid": "X"}
    assert parameters(SHOP + "?" + "a=1&" * 1000 + "gclid=X") == {}
    assert parameters(SHOP + "?gclid=X&b=" + "?" * 1001 + "utm_source=a") == {"gclid": "X"}


_pieces = st.sampled_from([*MESS, *sorted(CLICK_IDS), "utm_medium", "next", GCLID, "?", "&", "="])


@given(st.lists(_pieces, max_size=40).map("".join))
def test_no_mess_raises_and_every_value_is_whole(rest: str) -> None:
    parts = split_url(SHOP + "?" + rest)
    assert parts is not None
    read = read_query(parts)
    assert all(0 < len(value) <= 2000 for value in read.parameters.values())
    assert not set(read.dropped) & read.parameters.keys()


@given(st.sampled_from(sorted(CLICK_IDS)), st.text(min_size=1, max_size=200), st.text(max_size=50))
def test_click_ids_come_out_as_they_went_in_wherever_they_stand(
    name: str, click_id: str, other: str
) -> None:
    written = quote(click_id.encode("utf-8", "surrogatepass"), safe="")
    kept = click_id.isprintable() and not click_id.isspace()
    for place in ("?{}", "?x={o}&{}&y={o}", "#{}", "?a#/route?x={o}&{}"):
        rest = place.format(
            f"{name}={written}", o=quote(other.encode("utf-8", "replace"), safe="")
        )
        if kept and "%3F" not in rest:
            assert parameters(SHOP + rest)[name] == click_id
