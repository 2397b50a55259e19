"""What a page by https shows; all else stands in tests/unit/site_check/test_check.py."""

from __future__ import annotations

import pytest

from collector.site_check.html_page import Page, read_page
from collector.site_check.landing_forms import check_forms
from collector.site_check.landing_page import check_page
from collector.site_check.landing_tag import check_tag, find_tags
from tests.broken_sites import SOURCE

HTTPS = "https://www.example.com/"
TAG = f'<script src="https://www.example.com/_lc/t.js" data-source="{SOURCE}"></script>'
FORM = f'<form method=post action="https://www.example.com/_lc/f/{SOURCE}"><input type=email name=m></form>'

PAGES = {
    "healthy": (HTTPS, TAG + FORM, set()),
    "a script by http": (HTTPS, TAG.replace("https:", "http:") + FORM, {"tag_mixed_content"}),
    "a form by http": (HTTPS, TAG + FORM.replace("https:", "http:"), {"form_mixed_content"}),
    "a page by http": ("http://www.example.com/", TAG + FORM, {"page_on_http"}),
    "a relative script": (HTTPS, TAG.replace("https://www.example.com", "") + FORM, set()),
}  # fmt: skip


def codes(page: Page) -> set[str]:
    tags = find_tags(page)
    found = [
        *check_tag(page, tags, [], SOURCE),
        *check_forms(page, tags[0], [], SOURCE),
        *check_page(page, {}, []),
    ]
    return {one.code for one in found}


@pytest.mark.parametrize(("url", "html", "wanted"), PAGES.values(), ids=PAGES)
def test_what_is_mixed_is_named(url: str, html: str, wanted: set[str]) -> None:
    assert codes(read_page(url, html)) == wanted
