from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from collector.web.client import Client, ClientReader, bare_host, is_loopback
from collector.web.incoming import Incoming

READER = ClientReader((ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8"), ip_network("::1/128")))


async def no_body() -> Any:
    raise AssertionError


def read(peer: str | None, **headers: str) -> Client:
    raw = [
        (name.replace("_", "-").encode(), value.encode("latin-1"))
        for name, value in headers.items()
    ]
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "headers": raw,
        "client": (peer, 1) if peer else None,
    }
    return READER.read(Incoming(scope, no_body))


@pytest.mark.parametrize(
    ("peer", "via", "address"),
    [
        ("203.0.113.9", "1.1.1.1", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "1.1.1.1, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "1.1.1.1, 198.51.100.7, 10.0.0.3", "198.51.100.7"),
        ("127.0.0.1", "10.0.0.2, 10.0.0.3", "10.0.0.2"),
        ("127.0.0.1", "evil", "127.0.0.1"),
        ("127.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("::1", "198.51.100.7", "198.51.100.7"),
        (None, "198.51.100.7", "198.51.100.7"),
    ],
    ids=[
        "an untrusted peer's header is ignored",
        "a trusted proxy is believed",
        "what a visitor wrote in front is ignored",
        "a chain of own proxies is walked back",
        "everybody is ours",
        "no address at all",
        "IPv6",
        "a proxy on IPv6 loopback",
        "a unix socket is the proxy",
    ],
)
def test_forwarded_addresses_count_from_trusted_proxies_only(
    peer: str | None, via: str, address: str
) -> None:
    assert read(peer, x_forwarded_for=via).address == address


FORWARDED = {
    "host": "10.1.1.1:8000",
    "x_forwarded_proto": "https",
    "x_forwarded_host": "www.example.com",
    "x_forwarded_prefix": "/_lc/",
}


def test_a_trusted_proxy_says_scheme_host_and_prefix() -> None:
    client = read("127.0.0.1", **FORWARDED)
    assert (client.scheme, client.host, client.prefix) == ("https", "www.example.com", "/_lc")
    assert client.cookie_path == "/_lc"


def test_nobody_else_does() -> None:
    client = read("203.0.113.9", **FORWARDED)
    assert (client.scheme, client.host, client.prefix) == ("http", "10.1.1.1", "")
    assert client.cookie_path == "/"


@pytest.mark.parametrize("prefix", ["/a b", "/a;Domain=evil", "relative", "//evil", "/a\u00e9"])
def test_a_prefix_that_could_break_a_cookie_is_dropped(prefix: str) -> None:
    assert read("127.0.0.1", x_forwarded_prefix=prefix).prefix == ""


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "::ffff:198.51.100.7"),
    ],
)
def test_a_rate_counts_a_household(address: str, key: str) -> None:
    assert read(address).rate_key == key


@pytest.mark.parametrize(
    ("host", "bare"),
    [
        ("Example.com:8000", "example.com"),
        ("[::1]:80", "[::1]"),
        ("", ""),
        ("a b", ""),
        ("x/../y", "x"),
    ],
)
def test_a_host_header_is_read_without_its_port(host: str, bare: str) -> None:
    assert bare_host(host) == bare


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("shop.localhost", True),
        ("127.0.0.9", True),
        ("[::1]", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("localhost.evil.example", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine_by_any_name(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
