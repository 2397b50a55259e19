from __future__ import annotations

import json
import shlex

import pytest

from collector.domain.way import checked_page, form_tag, script_tag, way_to
from tests.installation import SITE, SOURCE, new_capture


def test_the_tags_name_the_capture_at_the_public_address() -> None:
    base = "https://www.example.com/_lc"
    script = f'<script async src="{base}/t.js" data-source="{SOURCE}"></script>'
    assert script_tag(base, SOURCE) == script
    assert form_tag(base, SOURCE) == f'<form method="post" action="{base}/f/{SOURCE}">'


def test_the_line_for_a_shell_survives_quotes() -> None:
    capture = new_capture(event_name='It\'s a "test" drive')
    words = shlex.split(way_to(capture, "https://leads.example.com", ("1-x", 1)).curl)
    assert json.loads(words[words.index("-d") + 1])["event_name"] == 'It\'s a "test" drive'
    assert words[-1] == "https://leads.example.com/v2/event?check=1-x"


@pytest.mark.parametrize(
    ("origins", "page"),
    [
        ((SITE,), f"{SITE}/?_check=c"),
        (("https://*.example.com", SITE), f"{SITE}/?_check=c"),
        ((), "https://YOUR-PAGE/?_check=c"),
    ],
)
def test_a_page_for_a_test_is_one_that_there_is(origins: tuple[str, ...], page: str) -> None:
    assert checked_page(new_capture(origins=origins), "c") == page
