from __future__ import annotations

import re

import pytest

from collector.domain.note_texts import NOTES, tell
from collector.domain.receipt import RELEASED
from collector.domain.said import Said
from collector.domain.sent_event import REASON
from collector.domain.submission import CLEANED_NOTE


@pytest.mark.parametrize(
    ("note", "text"),
    [
        ("page: new touch: gclid", "the form's page: a new touch, told by gclid"),
        (
            "new touch: utm; dropped: gclid, fbclid",
            "a new touch, told by UTM parameters; gclid, fbclid dropped as unusable",
        ),
        ("hidden inputs: gclid dropped", "hidden inputs: gclid dropped as unusable"),
        ("referrer: same click id", "the page before: the same click id again, no new touch"),
        ("token rejected: expired", "the visitor cookie was not used, it is too old"),
        ("origin absent", "the browser did not say from which site it was sent"),
        ("kept in fields: body.a, metadata.b", "kept among the fields: body.a, metadata.b"),
        ("utm", "UTM parameters"),
    ],
)
def test_a_note_is_told_for_people_with_its_parts(note: str, text: str) -> None:
    told = tell(note)
    assert told == text
    assert isinstance(told, Said)


@pytest.mark.parametrize("note", ["gclid", "", "something of another version"])
def test_what_has_no_text_stays_as_it_is(note: str) -> None:
    assert tell(note) == note


def test_notes_of_the_code_have_a_text() -> None:
    for note in (RELEASED, CLEANED_NOTE, REASON):
        assert isinstance(tell(note), Said)


def test_every_place_of_a_text_is_filled_by_its_pattern() -> None:
    for pattern, text in NOTES.items():
        assert set(re.findall(r"{(\w+)}", text)) == set(re.compile(pattern).groupindex)
