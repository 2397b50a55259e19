"""What each notation reads, refuses and shows."""

from __future__ import annotations

import re
import subprocess
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from collector.config import notation
from collector.config.notation import LOOPBACK, Notation, one_of, whole_number

FERNET = "A" * 43 + "="
PORT = whole_number(0, 65_535)

READ: dict[str, tuple[Notation, str, Any]] = {
    "zero": (PORT, "0", 0),
    "the highest": (PORT, "65535", 65_535),
    "a word": (one_of("text", "json"), "json", "json"),
    "a folder": (notation.FOLDER, "./data", Path("data")),
    "an sqlite file": (notation.DATABASE_URL, "sqlite:///a b.db", "sqlite:///a b.db"),
    "an absolute sqlite file": (notation.DATABASE_URL, "sqlite:////a.db", "sqlite:////a.db"),
    "a postgresql database": (
        notation.DATABASE_URL,
        "postgresql://u:p%40@[::1]:5432/leads?sslmode=require",
        "postgresql://u:p%40@[::1]:5432/leads?sslmode=require",
    ),
    "a postgresql socket": (
        notation.DATABASE_URL,
        "postgresql:///leads?host=/run/postgresql",
        "postgresql:///leads?host=/run/postgresql",
    ),
    "two keys": (notation.SECRET_KEYS, f"{'n' * 32}, {'o' * 40}", ("n" * 32, "o" * 40)),
    "a key a line": (notation.SECRET_KEYS, f"{'n' * 32}\n{'o' * 32}", ("n" * 32, "o" * 32)),
    "a comma at the end": (notation.SECRET_KEYS, f"{'n' * 32},", ("n" * 32,)),
    "a Fernet key": (notation.ENCRYPTION_KEYS, FERNET, (FERNET,)),
    "a token": (notation.BEARER_TOKEN, "a-b._~+/9==", "a-b._~+/9=="),
    "an address": (notation.BASE_URL, "https://Leads.Example.com/", "https://leads.example.com"),
    "an address with port and path": (
        notation.BASE_URL,
        "http://[::1]:8000/_LC/",
        "http://[::1]:8000/_LC",
    ),
    "an IPv6 address": (notation.HOST, "::", "::"),
    "a host name": (notation.HOST, "localhost", "localhost"),
    "odd characters of a token": (notation.COOKIE_NAME, "a!#$%&'*+-.^_`|~9", "a!#$%&'*+-.^_`|~9"),
    "ranges": (
        notation.NETWORKS,
        "10.0.0.0/8,fd00::/8,192.0.2.7",
        (ip_network("10.0.0.0/8"), ip_network("fd00::/8"), ip_network("192.0.2.7/32")),
    ),
    "loopback and more": (
        notation.NETWORKS,
        "loopback, 10.0.0.0/8",
        (*LOOPBACK, ip_network("10.0.0.0/8")),
    ),
    "no range at all": (notation.NETWORKS, "none", ()),
}

REFUSED: dict[str, tuple[Notation, str, str]] = {
    "one too low": (whole_number(1, 400), "0", "is not from 1 to 400"),
    "one too high": (PORT, "65536", "is not from 0 to 65535"),
    "below zero": (PORT, "-1", "is not from 0 to 65535"),
    "a fraction": (PORT, "80.5", "is not a whole number"),
    "digits of another script": (PORT, "٨٠", "is not a whole number"),
    "another word": (one_of("text", "json"), "JSON", "is not text or json"),
    "a folder with NUL": (notation.FOLDER, "a\0b", "NUL"),
    "another database": (notation.DATABASE_URL, "mysql://u:p@h/db", "neither sqlite"),
    "a short scheme": (notation.DATABASE_URL, "postgres://u:p@h/db", "neither sqlite"),
    "two slashes": (notation.DATABASE_URL, "sqlite://a.db", "neither sqlite"),
    "no file": (notation.DATABASE_URL, "sqlite:///", "names no file"),
    "memory, which loses leads": (notation.DATABASE_URL, "sqlite:///:memory:", "names no file"),
    "a query after a file": (notation.DATABASE_URL, "sqlite:///a.db?mode=ro", "has a ? or #"),
    "no database": (notation.DATABASE_URL, "postgresql://u:p@h", "names no database"),
    "no database but a query": (notation.DATABASE_URL, "postgresql://h/?a=b", "names no database"),
    "a bare / in a password": (notation.DATABASE_URL, "postgresql://u:1/2@h/db", "has an @ after"),
    "a bare ? in a password": (notation.DATABASE_URL, "postgresql://u:1?2@h/db", "has an @ after"),
    "a bare # in a password": (notation.DATABASE_URL, "postgresql://u:1#2@h/db", "has a space"),
    "a port that is none": (notation.DATABASE_URL, "postgresql://h:x/db", "host or port"),
    "a short key": (notation.SECRET_KEYS, f"{'n' * 32},{'o' * 31}", "number 2 of 2"),
    "no key": (notation.SECRET_KEYS, " , ", "holds only separators"),
    "a key of another kind": (notation.ENCRYPTION_KEYS, "n" * 44, "32 bytes in URL-safe base64"),
    "not URL-safe": (notation.ENCRYPTION_KEYS, "+" * 43 + "=", "32 bytes in URL-safe base64"),
    "a token with a space": (notation.BEARER_TOKEN, "a b", "no bearer token"),
    "no scheme": (notation.BASE_URL, "leads.example.com", "begins with neither"),
    "a query": (notation.BASE_URL, "https://example.com/?a=b", "has a query"),
    "a user": (notation.BASE_URL, "https://u:p@example.com", "has a user name"),
    "no host": (notation.BASE_URL, "https:///path", "names no host"),
    "a semicolon, which ends a cookie's path": (
        notation.BASE_URL,
        "https://example.com/a;b",
        "no address has",
    ),
    "a host with a port": (notation.HOST, "0.0.0.0:80", "has a port"),
    "a host in brackets": (notation.HOST, "[::1]", "no address or host name has"),
    "a cookie's name with =": (notation.COOKIE_NAME, "a=b", "no cookie's name"),
    "a cookie's name with ü": (notation.COOKIE_NAME, "ü", "no cookie's name"),
    "a host prefix": (notation.COOKIE_NAME, "__Host-lc", "browsers keep"),
    "a secure prefix in any case": (notation.COOKIE_NAME, "__secure-lc", "browsers keep"),
    "bits after the prefix": (notation.NETWORKS, "10.0.0.1/8", "no address range"),
    "no range": (notation.NETWORKS, "example.com", "no address range"),
}

SHOWN: dict[str, tuple[Notation, str, Any]] = {
    "a password": (notation.DATABASE_URL, "postgresql://u:p@h/db", "postgresql://u:***@h/db"),
    "a password with @ and :": (
        notation.DATABASE_URL,
        "postgresql://u:p:q@r@h/db",
        "postgresql://u:***@h/db",
    ),
    "a password in the query": (
        notation.DATABASE_URL,
        "postgresql://h/db?user=u&password=p&sslpassword=q&a=b",
        "postgresql://h/db?user=u&password=***&sslpassword=***&a=b",
    ),
    "no password": (notation.DATABASE_URL, "postgresql://u@h/db", "postgresql://u@h/db"),
    "a file with @ and :": (notation.DATABASE_URL, "sqlite:////a:b@c", "sqlite:////a:b@c"),
    "keys": (notation.SECRET_KEYS, f"{'n' * 32},{'o' * 32}", "2 keys"),
    "one key": (notation.ENCRYPTION_KEYS, FERNET, "1 key"),
    "a token": (notation.BEARER_TOKEN, "sesame", "set"),
    "ranges": (notation.NETWORKS, "10.0.0.0/8", ["10.0.0.0/8"]),
    "a number": (PORT, "8000", 8000),
}


@pytest.mark.parametrize(("kind", "text", "value"), READ.values(), ids=READ)
def test_reads(kind: Notation, text: str, value: Any) -> None:
    assert kind.parse(text) == value


@pytest.mark.parametrize(("kind", "text", "fault"), REFUSED.values(), ids=REFUSED)
def test_refuses(kind: Notation, text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=re.escape(fault)):
        kind.parse(text)


@pytest.mark.parametrize(("kind", "text", "shown"), SHOWN.values(), ids=SHOWN)
def test_shows(kind: Notation, text: str, shown: Any) -> None:
    assert kind.render(kind.parse(text)) == shown


@pytest.mark.parametrize(
    "kind", [notation.SECRET_KEYS, notation.ENCRYPTION_KEYS], ids=["signing", "encryption"]
)
def test_the_line_that_is_offered_makes_a_key_that_is_accepted(kind: Notation) -> None:
    line = kind.wanted.partition("make one with: ")[2]
    made = subprocess.run(line, shell=True, check=True, capture_output=True, text=True).stdout
    assert len(kind.parse(made)) == 1
