from __future__ import annotations

import pytest

from collector.site_check.csp import CONNECT, FORM, SCRIPT, Asked, blocking, parse_policies

PAGE = "https://www.example.com/offer"
OWN = "https://www.example.com/_lc/t.js"
OTHER = "https://leads.example.com/t.js"

SCRIPTS = [
    ("", OWN, True),
    ("img-src 'none'", OWN, True),
    ("script-src 'self'", OWN, True),
    ("script-src 'self'", OTHER, False),
    ("default-src 'self'", OTHER, False),
    ("default-src 'none'; script-src *", OTHER, True),
    ("script-src 'none'; script-src-elem *.example.com", OTHER, True),
    ("script-src *.example.com", "https://example.com/t.js", False),
    ("script-src https:", OTHER, True),
    ("script-src http:", OTHER, True),
    ("script-src leads.example.com", OTHER, True),
    ("script-src LEADS.example.com:443", OTHER, True),
    ("script-src leads.example.com:8443", OTHER, False),
    ("script-src leads.example.com/t.js", OTHER, True),
    ("script-src leads.example.com/js/", OTHER, False),
    ("script-src leads.example.com/", OTHER, True),
    ("script-src http://leads.example.com", OTHER, True),
    ("script-src 'nonce-abc'", OTHER, True),
    ("script-src 'nonce-other'", OTHER, False),
    ("script-src 'self' 'strict-dynamic' 'nonce-x'", OWN, False),
    ("script-src 'self', script-src 'none'", OWN, False),
    ("SCRIPT-SRC 'SELF'; script-src 'none'", OWN, True),
    ("script-src", OWN, False),
]


@pytest.mark.parametrize(("policy", "address", "allowed"), SCRIPTS)
def test_scripts(policy: str, address: str, allowed: bool) -> None:
    asked = Asked(address, PAGE, nonce="abc")
    assert (blocking(parse_policies([policy]), SCRIPT, asked) is None) == allowed


def test_nothing_stands_for_form_action_and_every_policy_counts() -> None:
    asked = Asked("https://www.example.com/_lc/f/x", PAGE)
    assert blocking(parse_policies(["default-src 'none'"]), FORM, asked) is None
    policies = parse_policies(["connect-src *", "connect-src https://api.example.com"])
    assert blocking(policies, CONNECT, asked) == "connect-src https://api.example.com"
