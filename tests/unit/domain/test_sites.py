from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain.sites import Url, origin_of, registrable_domain, split_url


def parts(text: str) -> Url:
    url = split_url(text)
    assert url is not None
    return url


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "https://www.example.com/a/b?c=d#e",
            Url("https", "www.example.com", None, "/a/b", "c=d", "e"),
            id="every part",
        ),
        pytest.param(
            "https://example.com", Url("https", "example.com", None, "", "", ""), id="bare host"
        ),
        pytest.param(
            "HTTPS://EXAMPLE.com/Path",
            Url("https", "example.com", None, "/Path", "", ""),
            id="scheme and host lower, path as written",
        ),
        pytest.param(
            "http://example.com:80/", Url("http", "example.com", None, "/", "", ""), id="port 80"
        ),
        pytest.param(
            "https://example.com:8443/",
            Url("https", "example.com", 8443, "/", "", ""),
            id="a port of its own",
        ),
        pytest.param(
            "https://example.com:/",
            Url("https", "example.com", None, "/", "", ""),
            id="empty port",
        ),
        pytest.param(
            "https://example.com./x",
            Url("https", "example.com", None, "/x", "", ""),
            id="trailing dot",
        ),
        pytest.param(
            "https://user:pa:ss@example.com/x",
            Url("https", "example.com", None, "/x", "", ""),
            id="a password is not kept",
        ),
        pytest.param(
            "https://example.com\\@evil.test/",
            Url("https", "example.com", None, "\\@evil.test/", "", ""),
            id="WHATWG: a backslash ends the host",
        ),
        pytest.param(
            "https://example.com?a=b?c#d#e",
            Url("https", "example.com", None, "", "a=b?c", "d#e"),
            id="only the first question mark and hash divide",
        ),
        pytest.param(
            "https://münchen.de/", Url("https", "xn--mnchen-3ya.de", None, "/", "", ""), id="IDNA"
        ),
        pytest.param(
            "https://straße.de/",
            Url("https", "xn--strae-oqa.de", None, "/", "", ""),
            id="UTS 46 without transition: ß is a letter of its own",
        ),
        pytest.param(
            "https://BÜCHER。example/",
            Url("https", "xn--bcher-kva.example", None, "/", "", ""),
            id="UTS 46: an ideographic full stop is a dot",
        ),
        pytest.param(
            "https://☃.net/",
            Url("https", "xn--n3h.net", None, "/", "", ""),
            id="emoji domains exist",
        ),
        pytest.param(
            "https://ex%41mple.com/",
            Url("https", "example.com", None, "/", "", ""),
            id="WHATWG: hosts are percent-decoded",
        ),
        pytest.param(
            "http://[2001:DB8:0:0::1]:8080/",
            Url("http", "[2001:db8::1]", 8080, "/", "", ""),
            id="IPv6 with port",
        ),
        pytest.param(
            "http://[::1]/", Url("http", "[::1]", None, "/", "", ""), id="IPv6 without port"
        ),
        pytest.param(
            "http://192.168.0.1:3000/",
            Url("http", "192.168.0.1", 3000, "/", "", ""),
            id="IPv4",
        ),
        pytest.param(
            "  https://example.com/ \n",
            Url("https", "example.com", None, "/", "", ""),
            id="white space around",
        ),
        pytest.param(
            "android-app://com.google.android.gm/",
            Url("android-app", "com.google.android.gm", None, "/", "", ""),
            id="an app's referrer",
        ),
        pytest.param(
            "https://my_shop.example.com/",
            Url("https", "my_shop.example.com", None, "/", "", ""),
            id="underscores are used in host names",
        ),
        pytest.param(
            "https://example.com/?x=\ud800",
            Url("https", "example.com", None, "/", "x=\ufffd", ""),
            id="a lone surrogate cannot be stored",
        ),
    ],
)
def test_a_url_is_split_as_browsers_split_it(text: str, expected: Url) -> None:
    assert split_url(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/path",
        "/path",
        "//example.com/",
        "about:blank",
        "javascript:alert(1)",
        "mailto:a@example.com",
        "https://",
        "https:///path",
        "https:/example.com",
        "https://:8080/",
        "https://example.com:port/",
        "https://example.com:99999/",
        "https://example.com:²/",
        "https://exa mple.com/",
        "https://a..b/",
        "https://.example.com/",
        "https://<script>/",
        "https://[::1/",
        "https://[nonsense]/",
        "https://[::1]x/",
        "https://\u200b/",
        "https://" + "a" * 254 + "/",
        "https://" + "ü" * 600 + ".de/",
        "https://" + "%61" * 400 + "/",
        "1https://example.com/",
    ],
)
def test_what_is_no_url_with_a_host_is_none(text: str) -> None:
    assert split_url(text) is None


def test_a_host_that_idna_cannot_map_is_none() -> None:
    assert split_url("https://a\u2e3c\U000e0100\u0378.de/") is None


def test_a_long_url_is_read_whole() -> None:
    url = parts("https://example.com/?" + "a=b&" * 25_000)
    assert len(url.query) == 100_000


@given(st.text())
def test_no_text_raises(text: str) -> None:
    split_url(text)
    split_url(f"https://{text}")
    registrable_domain(text)


@given(st.text(alphabet="https:/\\?#@[].:%exampl", max_size=40))
def test_no_text_that_looks_like_a_url_raises(text: str) -> None:
    split_url(text)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        pytest.param("www.example.com", "example.com", id="one label off"),
        pytest.param("a.b.c.example.co.uk", "example.co.uk", id="a suffix of two labels"),
        pytest.param("example.com", "example.com", id="itself"),
        pytest.param("WWW.Example.COM.", "example.com", id="any case, trailing dot"),
        pytest.param("visitor.github.io", "visitor.github.io", id="private suffix"),
        pytest.param("deep.visitor.github.io", "visitor.github.io", id="below a private suffix"),
        pytest.param("shop.myshopify.com", "shop.myshopify.com", id="every shop is a site"),
        pytest.param("www.city.kawasaki.jp", "city.kawasaki.jp", id="an exception of the list"),
        pytest.param("www.xn--mnchen-3ya.de", "xn--mnchen-3ya.de", id="punycode"),
        pytest.param("www.münchen.de", "xn--mnchen-3ya.de", id="as typed"),
        pytest.param("www.shop.test", "shop.test", id="an unknown last label is a suffix"),
        pytest.param("localhost", "localhost", id="no suffix"),
        pytest.param("intranet", "intranet", id="a name of one label"),
        pytest.param("co.uk", "co.uk", id="a suffix alone"),
        pytest.param("127.0.0.1", "127.0.0.1", id="IPv4"),
        pytest.param("[::1]", "[::1]", id="IPv6"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_the_registrable_domain_is_what_one_owner_registered(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://www.example.com:443/path?x", "https://www.example.com"),
        ("http://example.com:8080/", "http://example.com:8080"),
        ("http://[::1]:80/", "http://[::1]"),
        ("android-app://com.example/", None),
    ],
)
def test_the_origin_leaves_default_ports_out(text: str, origin: str | None) -> None:
    assert origin_of(parts(text)) == origin
