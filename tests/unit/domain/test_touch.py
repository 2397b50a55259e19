from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain.channels import classify
from collector.domain.times import parse_time
from collector.domain.touch import PageView, Touch, render_touch, touch_of

AT = parse_time("2026-11-24T02:15:00.000Z")
OWN = frozenset({"example.com", "example.shop"})
HOME = "https://www.example.com/"


def seen(url: str = HOME, referrer: str = "", app: str | None = None) -> Touch:
    return touch_of(PageView(url=url, referrer=referrer, at=AT, own_domains=OWN, app=app))


@pytest.mark.parametrize(
    ("referrer", "kept"),
    [
        pytest.param("https://www.google.com/", "https://www.google.com/", id="outside"),
        pytest.param("https://blog.test/a?b=c#d", "https://blog.test/a?b=c", id="no fragment"),
        pytest.param("https://www.example.com/a", "", id="the page's own host"),
        pytest.param("https://shop.example.com/a", "", id="the page's registrable domain"),
        pytest.param("https://www.example.shop/", "", id="another own domain"),
        pytest.param("https://www.example.org/", "https://www.example.org/", id="a look-alike"),
        pytest.param("https://www.paypal.com/checkout", "", id="a payment host sends nobody"),
        pytest.param("https://accounts.google.com/", "", id="a sign-in host sends nobody"),
        pytest.param("https://semalt.com/", "", id="referrer spam sends nobody"),
        pytest.param("about:blank", "", id="no URL"),
        pytest.param("", "", id="none"),
        pytest.param("android-app://com.example/", "android-app://com.example/", id="an app"),
        pytest.param(
            "https://u:p@blog.test/?to=a%40blog.test&x=1", "https://blog.test/?x=1", id="no e-mail"
        ),
        pytest.param("https://list.test/?mc_eid=1", "https://list.test/", id="names nobody"),
        pytest.param(
            "https://blog.test/?" + "a" * 500, "https://blog.test/", id="too long: without query"
        ),
        pytest.param(
            "https://blog.test/" + "a" * 9000, "https://blog.test/" + "a" * 482, id="cut"
        ),
    ],
)
def test_only_an_outside_referrer_is_kept(referrer: str, kept: str) -> None:
    touch = seen(referrer=referrer)
    assert touch.referrer == kept
    assert len(touch.referrer) <= 500
    assert touch.is_direct is (kept == "")


def test_hosts_without_a_suffix_stand_for_themselves() -> None:
    local = seen("http://localhost:8000/", "http://localhost:9000/")
    assert local.referrer == ""
    other = seen("http://127.0.0.1:8000/", "http://127.0.0.2:8000/")
    assert other.referrer == "http://127.0.0.2:8000/"


@pytest.mark.parametrize(
    ("url", "page"),
    [
        (f"{HOME}a?utm_source=x&gclid=y&id=5#top", f"{HOME}a?id=5"),
        (f"{HOME}a?gclid=y", f"{HOME}a"),
        (f"{HOME}?_check=code&id=5", f"{HOME}?id=5"),
        (f"{HOME}?mc_eid=1&mail=a@b.example", HOME),
        (f"{HOME}?q=a+b%20c", f"{HOME}?q=a+b%20c"),
        ("https://u:p@www.example.com:8443/", "https://www.example.com:8443/"),
        (f"{HOME}#/route?utm_source=x", HOME),
        (f"{HOME}a?x={'1' * 2000}", f"{HOME}a"),
        (HOME + "a" * 3000, HOME + "a" * (2000 - len(HOME))),
        ("nonsense", ""),
    ],
)
def test_the_landing_page_is_kept_without_what_stands_elsewhere(url: str, page: str) -> None:
    assert seen(url).landing_page == page


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("a#x", "a#y", True, id="an anchor"),
        pytest.param("a?utm_id=1#x", "a?utm_id=1", True, id="an anchor behind parameters"),
        pytest.param("", "", True, id="itself"),
        pytest.param("a", "b", False, id="path"),
        pytest.param("a?x=1", "a?x=2", False, id="query"),
        pytest.param("a?utm_id=1", "a?utm_id=2", False, id="a campaign parameter"),
        pytest.param("a?gclid=1", "a?gclid=2", False, id="a click id"),
        pytest.param("a", "a?utm_id=1", False, id="a parameter or none"),
    ],
)
def test_landing_pages_are_told_apart_by_their_hash(one: str, other: str, same: bool) -> None:
    first, second = seen(HOME + one), seen(HOME + other)
    assert (first.landing_hash == second.landing_hash) is same
    assert len(first.landing_hash) == 8


def test_hosts_and_ports_are_different_pages() -> None:
    pages = ["https://a.example.com/", "https://b.example.com/", "https://a.example.com:8443/"]
    assert len({seen(page).landing_hash for page in pages}) == 3


def test_a_touch_reads_as_json_in_the_documented_shape() -> None:
    touch = seen(
        f"{HOME}?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=Cj0", "https://g.test/"
    )
    assert render_touch(touch) == {
        "at": "2026-11-24T02:15:00.000Z",
        "source": "google",
        "medium": "cpc",
        "campaign": "spring",
        "term": None,
        "content": None,
        "channel": "Paid Search",
        "channel_rule": "paid-search",
        "parameters": {
            "utm_source": "google",
            "utm_medium": "cpc",
            "utm_campaign": "spring",
            "gclid": "Cj0",
        },
        "referrer": "https://g.test/",
        "landing_page": HOME,
        "reason": "gclid",
    }


def test_a_direct_view_reads_as_direct() -> None:
    rendered = render_touch(seen())
    assert (rendered["source"], rendered["medium"]) == ("(direct)", "(none)")
    assert rendered["referrer"] is None
    assert rendered["reason"] == "direct"


def test_a_dropped_click_id_still_says_whose_it_was() -> None:
    touch = Touch(AT, {}, "", HOME, "hash", None, ("gclid",))
    assert not touch.is_direct
    assert touch.has_click_id()
    rendered = render_touch(touch)
    assert (rendered["source"], rendered["channel"]) == ("google", "Paid Search")
    assert rendered["parameters"] == {}
    assert rendered["reason"] == "gclid; dropped: gclid"
    assert touch.reason() == "gclid; dropped: gclid"


def test_click_ids_are_the_parameters_that_name_a_click() -> None:
    touch = seen(f"{HOME}?utm_id=1&gclid=2&gad_source=3&fbclid=4")
    assert touch.click_ids() == {("gclid", "2"), ("fbclid", "4")}
    assert touch.has_click_id()
    assert not seen(f"{HOME}?utm_id=1").has_click_id()


def test_the_in_app_browser_is_kept_for_the_conclusion() -> None:
    touch = seen(f"{HOME}?fbclid=1", app="instagram")
    assert touch.classification() == classify({"fbclid": "1"}, "", "instagram")
    assert touch.classification().source == "instagram"


@given(st.text(), st.text(), st.text() | st.none())
def test_no_view_raises_and_every_touch_can_be_written(
    url: str, referrer: str, app: str | None
) -> None:
    touch = seen(f"{HOME}{url}", f"https://blog.test/{referrer}", app and app[:5])
    clean = msgspec.structs.replace(touch, app=None)
    assert msgspec.json.decode(msgspec.json.encode(clean), type=Touch) == clean
    render_touch(touch)
    seen(url, referrer)
