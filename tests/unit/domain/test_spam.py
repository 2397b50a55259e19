from __future__ import annotations

from typing import Any

import pytest

from collector.domain.spam import spam_reason

LINKS = "see https://a.example https://b.example www.c.example http://d.example https://e.example"


@pytest.mark.parametrize(
    ("fields", "honeypot", "reason"),
    [
        ({"email": "a@b.de"}, "x", "honeypot"),
        ({"message": f"{LINKS} [url=https://f.example]f[/url]"}, None, "link markup, 6 links"),
        (
            {"name": "Win https://x.example now", "message": "https://y.example"},
            None,
            "2 links, a link as a name",
        ),
        ({"message": "Please look at https://my.example and https://old.example"}, None, None),
        ({"name": "Zoë Müller", "message": "Bitte um Rückruf", "age": 7}, None, None),
        ({"message": LINKS}, None, None),
    ],
    ids=["honeypot", "link farm", "a link as a name", "two links", "a person", "links alone"],
)
def test_spam_says_why(fields: dict[str, Any], honeypot: str | None, reason: str | None) -> None:
    assert spam_reason(fields, honeypot) == reason
