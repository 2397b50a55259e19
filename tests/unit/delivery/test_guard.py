from __future__ import annotations

import socket
from ipaddress import ip_address, ip_network

import pytest

from collector.delivery.guard import AddressPolicy, BlockedAddress
from collector.domain.errors import InputError

STRICT = AddressPolicy()
LOOPBACK = AddressPolicy(allow=(ip_network("127.0.0.0/8"), ip_network("::1/128")))
EVERYTHING = AddressPolicy(allow=(ip_network("0.0.0.0/0"), ip_network("::/0")))

BLOCKED = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:0:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::7f00:1",
    "64:ff9b:1::",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:0:808:808:0:0:80ff:fffe",
    "2001:10::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "100.128.0.1",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
]
METADATA = [
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fe80::a9fe:a9fe",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
]


@pytest.mark.parametrize("address", BLOCKED)
def test_private_reserved_and_embedded_addresses_are_blocked(address: str) -> None:
    assert not STRICT.allows(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_reachable(address: str) -> None:
    assert STRICT.allows(ip_address(address))


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_an_operator_may_allow_private_ranges(address: str) -> None:
    assert LOOPBACK.allows(ip_address(address))
    assert not LOOPBACK.allows(ip_address("10.0.0.1"))


@pytest.mark.parametrize("address", METADATA)
def test_metadata_services_stay_blocked_whatever_is_allowed(address: str) -> None:
    assert not EVERYTHING.allows(ip_address(address))


def test_a_socket_is_opened_only_to_what_is_allowed() -> None:
    target = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))
    with pytest.raises(BlockedAddress):
        STRICT.open_socket(target)
    with LOOPBACK.open_socket(target) as opened:
        assert opened.family == socket.AF_INET


def test_a_scope_does_not_hide_an_address() -> None:
    target = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1%eth0", 80, 0, 2))
    with pytest.raises(BlockedAddress):
        EVERYTHING.open_socket(target)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("file:///etc/passwd", "begin with https://"),
        ("gopher://example.com/", "begin with https://"),
        ("ftp://example.com/", "begin with https://"),
        ("javascript:alert(1)", "begin with https://"),
        ("//example.com/x", "begin with https://"),
        ("example.com/x", "begin with https://"),
        ("http://", "begin with https://"),
        ("", "begin with https://"),
        ("http://user@example.com/", "no user or password"),
        ("http://user:password@example.com/", "no user or password"),
        ("http://a@127.0.0.1", "no user or password"),
        ("http://example.com\\@evil.example/", "without spaces, backslashes"),
        ("http://example.com#@evil.example/", "no #"),
        ("http://example.com/a\r\nX-Evil: 1", "without spaces, backslashes"),
        ("http://exam ple.com/", "without spaces, backslashes"),
        ("http://example.com/\x00", "without spaces, backslashes"),
        ("http://example.com:22/", "its port belongs"),
        ("http://example.com:25/", "its port belongs"),
        ("http://example.com:6379/", "its port belongs"),
        ("http://example.com:99999/", "not an address"),
        ("http://[::1", "not an address"),
        ("http://127.0.0.1/", "private or reserved"),
        ("http://[::ffff:127.0.0.1]/", "private or reserved"),
        ("http://[::ffff:7f00:1]/", "private or reserved"),
        ("http://[::]/", "private or reserved"),
        ("http://[fe80::1%25eth0]/", "private or reserved"),
        ("http://①②⑦.⓪.⓪.①/", "private or reserved"),
        ("http://169.254.169.254/latest/meta-data", "private or reserved"),
    ],
)
def test_an_address_that_cannot_be_right_is_refused_with_its_cure(url: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault) as raised:
        STRICT.check_url(url)
    assert raised.value.field == "url"


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/in?key=a%20b",
        "http://example.com:8080/",
        "https://bücher.example/",
        "https://[2606:4700::1111]/",
    ],
)
def test_an_ordinary_address_passes(url: str) -> None:
    STRICT.check_url(url)


def test_an_allowed_private_address_passes() -> None:
    LOOPBACK.check_url("http://127.0.0.1:8000/v2/event")
