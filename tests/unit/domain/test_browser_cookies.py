from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain.browser_cookies import (
    NO_IDS,
    BrowserIds,
    allowed_cookies,
    client_id_of,
    fbclid_of,
    newer_fbc,
    read_cookies,
    renewed_fbc,
)

HOST = "www.example.com"
FBP = "fb.1.1596403881668.1116446470"
FBC = "fb.1.1554763741205.IwAR2F4-dbP0l7Mn1IawQQGCINEz7PYXQvwjNwB"
GCLID = "Cj0KCQjw-eKLMNO_wcB"
UUID = "0e3f1f1a-2b3c-4d5e-8f90-0123456789ab"


def read(**cookies: str) -> BrowserIds:
    return read_cookies(cookies, HOST)


@pytest.mark.parametrize(
    ("value", "client_id"),
    [
        pytest.param("GA1.1.1234567890.1700000000", "1234567890.1700000000", id="GA1.1"),
        pytest.param("GA1.2.1234567890.1700000000", "1234567890.1700000000", id="GA1.2"),
        pytest.param("GA1.3.1234567890.1700000000", "1234567890.1700000000", id="GA1.3"),
        pytest.param("GA1.2-2.1234567890.1700000000", "1234567890.1700000000", id="path depth"),
        pytest.param("GA9.7.x.1234567890.1700000000", "1234567890.1700000000", id="a new prefix"),
        pytest.param("1234567890.1700000000", "1234567890.1700000000", id="no prefix"),
        pytest.param("GA1%2E1%2E12345%2E17000", "12345.17000", id="percent-encoded"),
        pytest.param("GA1.1.abc.1700000000", None, id="no digits"),
        pytest.param("GA1.1.1234567890.", None, id="cut"),
        pytest.param("GA1.1.123.٤٥٦", None, id="digits of another script"),
        pytest.param("1234567890", None, id="one field"),
        pytest.param("amp-abcdef", None, id="AMP's own id"),
        pytest.param("GA1.1.123.456;x", None, id="more behind it"),
        pytest.param("", None, id="empty"),
        pytest.param("GA1.1." + "1" * 21 + ".1", None, id="too many digits"),
        pytest.param("x" * 5000 + ".1.2", None, id="too long"),
    ],
)
def test_the_client_id_is_the_last_two_fields(value: str, client_id: str | None) -> None:
    assert read(_ga=value).ga_client_id == client_id


@pytest.mark.parametrize(
    ("host", "pairs", "client_id"),
    [
        pytest.param(HOST, ["GA1.3.1.1", "GA1.2.2.2"], "2.2", id="the site's own"),
        pytest.param(HOST, ["GA1.2.2.2", "GA1.3.1.1"], "2.2", id="in any order"),
        pytest.param("a.example.co.uk", ["GA1.2.1.1", "GA1.3.2.2"], "2.2", id="a longer suffix"),
        pytest.param(HOST, ["GA1.1.1.1", "GA1.4.2.2"], "1.1", id="none of it: the first"),
        pytest.param(HOST, ["bad", "GA1.4.2.2"], "2.2", id="a bad one is passed over"),
        pytest.param(HOST, ["bad", "worse"], None, id="only bad ones"),
    ],
)
def test_of_several_client_ids_the_sites_own_counts(
    host: str, pairs: list[str], client_id: str | None
) -> None:
    assert read_cookies([("_ga", value) for value in pairs], host).ga_client_id == client_id


@pytest.mark.parametrize(
    ("value", "session_id"),
    [
        pytest.param("GS1.1.1661938742.1.0.1661938742.0.0.0", "1661938742", id="GS1"),
        pytest.param("GS2.1.s1747132561$o1$g0$t1747132655$j0$l0$h0", "1747132561", id="GS2"),
        pytest.param("GS2.1.o1$g0$s1747132561$t1", "1747132561", id="GS2 in another order"),
        pytest.param("GS2.1.z9$s1747132561", "1747132561", id="GS2 with an unknown prefix"),
        pytest.param("GS2.1.s1747132561", "1747132561", id="GS2 with one field"),
        pytest.param("GS3.1.s1747132561$o1", "1747132561", id="a later version"),
        pytest.param("GS2%2E1%2Es1747132561%24o1", "1747132561", id="percent-encoded"),
        pytest.param("GS2.1.o1$g0", None, id="GS2 without a session"),
        pytest.param("GS2.1.sabc$o1", None, id="GS2 without digits"),
        pytest.param("GS1.1.abc.1", None, id="GS1 without digits"),
        pytest.param("GS1.1", None, id="cut"),
        pytest.param("", None, id="empty"),
    ],
)
def test_the_session_id_is_read_from_both_formats(value: str, session_id: str | None) -> None:
    assert read(_ga_ABC123=value).ga_session_id == session_id


def test_of_several_streams_the_newest_session_counts() -> None:
    ids = read(_ga_A="GS1.1.1661938742.1", _ga_B="GS2.1.s1747132561$o1", _ga_C="bad")
    assert ids.ga_session_id == "1747132561"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (FBP, True),
        (f"{FBP}.AQIBAgEB", True),
        (f"{FBP}.de", True),
        ("fb.2.1596403881668.1", True),
        ("fb.1.1596403881668", False),
        ("fb.1.abc.1116446470", False),
        ("fb.1.1596403881668.abc", False),
        (f"{FBP}.x.y", False),
        (f"{FBP}.abc", False),
        ("xx.1.1596403881668.1", False),
        ("", False),
    ],
)
def test_fbp_is_kept_when_it_is_valid(value: str, kept: bool) -> None:
    assert read(_fbp=value).fbp == (value if kept else None)


@pytest.mark.parametrize(
    ("value", "fbclid"),
    [
        (FBC, "IwAR2F4-dbP0l7Mn1IawQQGCINEz7PYXQvwjNwB"),
        (f"{FBC}.AQIBAgEB", "IwAR2F4-dbP0l7Mn1IawQQGCINEz7PYXQvwjNwB"),
        ("fb.2.1554763741205.abc_aem_X", "abc_aem_X"),
        ("fb.1.1554763741205.", None),
        ("fb.1.1554763741205", None),
        ("fb.1.x.abc", None),
        ("fb.1.1554763741205.a.b.c", None),
        ("", None),
    ],
)
def test_fbc_is_kept_when_it_is_valid(value: str, fbclid: str | None) -> None:
    assert read(_fbc=value).fbc == (value if fbclid else None)
    assert fbclid_of(value) == fbclid


@pytest.mark.parametrize(
    ("cookies", "click_ids"),
    [
        pytest.param({"_gcl_aw": f"GCL.1661938742.{GCLID}"}, {"gclid": GCLID}, id="_gcl_aw"),
        pytest.param(
            {"_gcl_aw": f"2.1.k{GCLID}$i1747132561"}, {"gclid": GCLID}, id="2025's format"
        ),
        pytest.param({"_gcl_aw": f"XYZ.9.{GCLID}"}, {"gclid": GCLID}, id="an unknown version"),
        pytest.param({"_gac_UA-1-2": f"1.1661938742.{GCLID}"}, {"gclid": GCLID}, id="_gac_"),
        pytest.param({"_gcl_aw": "GCL.1661938742."}, {}, id="no id"),
        pytest.param({"_gcl_aw": GCLID}, {}, id="no version"),
        pytest.param({"_gcl_aw": "GCL.1.a b c d e f g h"}, {}, id="not in the alphabet"),
        pytest.param({"_gcl_gb": f"GCL.1.{GCLID}"}, {}, id="no gclid is claimed for braids"),
        pytest.param(
            {"_uetmsclkid": "_uet" + "ab" * 16}, {"msclkid": "ab" * 16}, id="_uetmsclkid"
        ),
        pytest.param(
            {"_uetmsclkid": "_uet" + "ab" * 16 + "-1"}, {"msclkid": "ab" * 16}, id="UET's suffix"
        ),
        pytest.param({"_uetmsclkid": "_uetx"}, {}, id="no msclkid"),
        pytest.param({"li_fat_id": UUID}, {"li_fat_id": UUID}, id="li_fat_id"),
        pytest.param({"li_fat_id": "x"}, {}, id="no UUID"),
        pytest.param({"_epik": "dj0yJnU9abc"}, {"epik": "dj0yJnU9abc"}, id="_epik"),
        pytest.param(
            {"_gac_UA-1": f"1.1.{GCLID}2", "_gcl_aw": f"GCL.1.{GCLID}1"},
            {"gclid": f"{GCLID}1"},
            id="_gcl_aw before _gac_",
        ),
        pytest.param({"gclid": GCLID, "session": "secret"}, {}, id="other cookies are not read"),
    ],
)
def test_click_ids_are_read_out_of_other_scripts_cookies(
    cookies: dict[str, str], click_ids: dict[str, str]
) -> None:
    assert read(**cookies).click_ids == click_ids


@pytest.mark.parametrize(
    ("value", "ttp"),
    [
        pytest.param(
            "2Yb3kXq8Qm1s5dC7h0fJt9WzUvA", "2Yb3kXq8Qm1s5dC7h0fJt9WzUvA", id="27 letters"
        ),
        pytest.param("01HX3ABCDEF_.tt.1", "01HX3ABCDEF_.tt.1", id="2024's format"),
        pytest.param("01HX3ABCDEF_%2Ett%2E1", "01HX3ABCDEF_.tt.1", id="percent-encoded"),
        pytest.param("short", None, id="too short"),
        pytest.param("x" * 129, None, id="too long"),
        pytest.param("a b c d e f", None, id="not in the alphabet"),
        pytest.param("", None, id="empty"),
    ],
)
def test_tiktoks_browser_id_is_read(value: str, ttp: str | None) -> None:
    assert read(_ttp=value).ttp == ttp


@pytest.mark.parametrize(
    ("value", "known"),
    [("0123456789abcdef" * 2, True), ("0123456789ABCDEF" * 2, True), ("abc", False), ("", False)],
)
def test_hubspots_visitor_id_is_read(value: str, known: bool) -> None:
    assert read(hubspotutk=value).hubspotutk == (value if known else None)


AT = 1_700_000_000_000_000


@pytest.mark.parametrize(
    ("fbc", "fbclid", "made"),
    [
        pytest.param(None, "abc", "fb.1.1700000000000.abc", id="none yet: made by Meta's rule"),
        pytest.param("fb.1.1600000000000.abc", "abc", "fb.1.1600000000000.abc", id="it matches"),
        pytest.param(
            "fb.1.1600000000000.abc.AQIBAgEB",
            "abc",
            "fb.1.1600000000000.abc.AQIBAgEB",
            id="suffix",
        ),
        pytest.param("fb.1.1600000000000.old", "abc", "fb.1.1700000000000.abc", id="a new click"),
        pytest.param("fb.1.1800000000000.new", "abc", "fb.1.1800000000000.new", id="a late click"),
        pytest.param("fb.1.1800000000000.abc", "abc", "fb.1.1700000000000.abc", id="seen earlier"),
        pytest.param(None, "a.b", None, id="no click id that fits in"),
        pytest.param(None, "", None, id="no click id"),
    ],
)
def test_fbc_is_made_from_a_click_and_kept_when_it_matches(
    fbc: str | None, fbclid: str, made: str | None
) -> None:
    assert renewed_fbc(fbc, fbclid, AT, "example.com") == made


def test_the_subdomain_index_counts_the_labels_of_the_registrable_domain() -> None:
    assert renewed_fbc(None, "abc", AT, "example.co.uk") == "fb.2.1700000000000.abc"
    assert renewed_fbc(None, "abc", AT, "localhost") == "fb.0.1700000000000.abc"


@pytest.mark.parametrize(
    ("kept", "seen", "chosen"),
    [
        (None, None, None),
        (None, "fb.1.1.a", "fb.1.1.a"),
        ("fb.1.1.a", None, "fb.1.1.a"),
        ("fb.1.1.a", "fb.1.2.a.AQIBAgEB", "fb.1.2.a.AQIBAgEB"),
        ("fb.1.5.a", "fb.1.2.b", "fb.1.5.a"),
        ("fb.1.1.a", "fb.1.2.b", "fb.1.2.b"),
        ("garbage", "fb.1.2.b", "fb.1.2.b"),
    ],
)
def test_of_two_fbc_the_browsers_own_or_the_newer_counts(
    kept: str | None, seen: str | None, chosen: str | None
) -> None:
    assert newer_fbc(kept, seen) == chosen


def test_no_cookies_say_nothing() -> None:
    assert read() == NO_IDS


_names = st.sampled_from(["_ga", "_ga_X", "_fbp", "_fbc", "_gcl_aw", "_gac_X", "_uetmsclkid"])
_values = st.text() | st.text(alphabet="GAS12.$sofb%k", max_size=40)


@given(st.lists(st.tuples(_names | st.text(), _values)), st.text())
def test_no_cookie_raises(pairs: list[tuple[str, str]], host: str) -> None:
    ids = read_cookies(pairs, host)
    assert ids.ga_client_id is None or client_id_of(ids.ga_client_id) == ids.ga_client_id
    assert read_cookies(dict(pairs), host)


def test_who_refuses_analytics_leaves_out_all_of_its_cookies() -> None:
    came = [("_ga", "GA1.1.1.2"), ("_ga_X", "GS1.1.3"), ("_gallery", "1"), ("_fbp", FBP)]
    assert allowed_cookies({}, came) == came
    assert allowed_cookies({"_ga": "GA1.1.1.2"}, came) == [("_ga", "GA1.1.1.2"), *came]
    assert allowed_cookies({"_ga": "-"}, came) == [("_gallery", "1"), ("_fbp", FBP)]
