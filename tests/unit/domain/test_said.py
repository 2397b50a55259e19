from __future__ import annotations

import json

from collector.domain.said import Said

INNER = Said("its CNAME leads to {name}", name="lb.{x}.example")
WHOLE = Said("Safari cuts the cookie to {count} days: {found}", count=7, found=INNER)


def test_what_is_said_is_the_filled_in_text() -> None:
    assert WHOLE == "Safari cuts the cookie to 7 days: its CNAME leads to lb.{x}.example"
    assert WHOLE.text == "Safari cuts the cookie to {count} days: {found}"
    assert WHOLE.values == {"count": "7", "found": INNER}


def test_a_value_may_have_any_name() -> None:
    assert Said("{text}, {cls}", text="a", cls="b") == "a, b"


def test_what_was_taken_apart_for_json_is_put_together_again() -> None:
    again = Said.put_together(json.loads(json.dumps(WHOLE.taken_apart())))
    assert (again, again.text, again.values) == (WHOLE, WHOLE.text, WHOLE.values)
    found = again.values["found"]
    assert isinstance(found, Said)
    assert found.text == INNER.text


def test_a_list_says_one_after_the_other() -> None:
    listed = Said.listed(["{a}", INNER])
    assert listed == f"{{a}}; {INNER}"
    assert listed.values["part1"] is INNER
