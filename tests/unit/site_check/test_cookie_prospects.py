from __future__ import annotations

import pytest

from collector.domain.sites import split_url
from collector.site_check.cookie_prospects import Resolved, prospect_of

PAGE = "https://www.example.com/"
HERE = Resolved(("198.51.100.7", "2001:db8:1:2::7"))

CASES = {
    "the same host": ("https://www.example.com/_lc/t.js", HERE, HERE, "path", False),
    "another port": ("https://www.example.com:8443/t.js", HERE, HERE, "subdomain", False),
    "another scheme": ("http://www.example.com/t.js", HERE, HERE, "foreign", False),
    "another site": ("https://collector.example.net/t.js", HERE, HERE, "foreign", False),
    "16 bits in common": ("https://l.example.com/t.js", HERE, Resolved(("198.51.9.9",)), "subdomain", False),
    "15 bits in common": ("https://l.example.com/t.js", HERE, Resolved(("198.50.100.7",)), "subdomain", True),
    "64 bits in common": ("https://l.example.com/t.js", HERE, Resolved(("2001:db8:1:2:ffff::",)), "subdomain", False),
    "63 bits in common": ("https://l.example.com/t.js", HERE, Resolved(("2001:db8:1:3::7",)), "subdomain", True),
    "unknown": ("https://l.example.com/t.js", HERE, Resolved(), "subdomain", False),
    "a CNAME within": ("https://l.example.com/t.js", HERE, Resolved(("203.0.113.1",), "lb.example.com"), "subdomain", False),
    "a CNAME elsewhere": ("https://l.example.com/t.js", HERE, Resolved(("198.51.100.7",), "lb.cloud.net"), "subdomain", True),
    "the page's own CNAME": ("https://l.example.com/t.js", Resolved(HERE.addresses, "www.cloud.net"), Resolved(("203.0.113.1",), "lb.cloud.net"), "subdomain", False),
}  # fmt: skip


@pytest.mark.parametrize(
    ("collector", "at", "leads", "topology", "capped"), CASES.values(), ids=CASES
)
def test_safari_caps_other_machines(
    collector: str, at: Resolved, leads: Resolved, topology: str, capped: bool
) -> None:
    page, other = split_url(PAGE), split_url(collector)
    assert page
    assert other
    prospect = prospect_of(page, other, at, leads)
    assert (prospect.topology, prospect.capped is not None) == (topology, capped)
