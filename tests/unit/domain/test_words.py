from __future__ import annotations

import pytest

from collector.domain.glance import Glance, contact_of
from collector.domain.words import (
    facet_word,
    facet_words,
    matches,
    parse_search,
    parts_of,
    search_words,
    spellings,
)

LEAD = Glance(
    id="1",
    received_at=1,
    source_id="s",
    event_type="lead",
    name="",
    email="",
    channel="Email",
    source="",
    medium="",
    campaign="",
    page="www.example.com/",
    click_id=True,
    ga=False,
    marks=(),
    click_ids=("gclid", "fbclid"),
)


def test_a_lead_is_searched_by_name_address_phone_company_and_ids() -> None:
    fields = {"name": "Ada Löwe", "email": "A@B.example", "phone": "(030) 901820", "firma": "X1"}
    found = search_words(
        contact_of(fields), {"gclid": "M1", "utm_source": "no"}, {"fbclid": "C1"}, "Own-1"
    )
    assert found == {
        *(
            "ada",
            "löwe",
            "lowe",
            "loewe",
            "a@b.example",
            "b.example",
            "~02810903",
            "x1",
            "m1",
            "c1",
            "own-1",
        )
    }


def test_a_lead_without_anything_has_no_word() -> None:
    assert search_words(contact_of({"name": "A", "phone": "030 1"}), {}, {}, "") == frozenset()


def test_facets_of_one_capture_are_no_words_of_another() -> None:
    expected = {
        facet_word("s", "channel", "Email"),
        facet_word("s", "page", "www.example.com/"),
        facet_word("s", "click", "gclid"),
        facet_word("s", "click", "fbclid"),
    }
    assert set(facet_words(LEAD)) == expected
    assert facet_word("t", "channel", "Email") not in expected
    assert facet_word("s", "page", "Email") not in expected


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("  Ada  LÖWE ada ", ("ada", "löwe")),
        ("+49 (30) 901820", ("~0281090394",)),
        ("030/901820", ("~02810903",)),
        ("0000000", ("0000000",)),
        ("#x", ("x",)),
        ("", ()),
        ("a b c d e f g h i j", tuple("abcdefgh")),
    ],
)
def test_a_search_is_read_as_beginnings_of_words(text: str, tokens: tuple[str, ...]) -> None:
    assert parse_search(text) == tokens


def test_each_token_must_begin_a_word_whole_or_in_parts() -> None:
    words = frozenset({"meyer", "landrut", "order-7"})
    assert matches(("meyer-land", "order-7"), words)
    assert not matches(("meyer-x",), words)
    assert not matches(("landrut", "eyer"), words)
    assert not matches(("--",), words)
    assert matches((), frozenset())
    assert parts_of("~123") == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("zoe", ("zoe",)),
        ("zoë", ("zoë", "zoe")),
        ("müller", ("müller", "muller", "mueller")),
        ("nguyễn", ("nguyễn", "nguyen")),
        ("김", ("김",)),
    ],
)
def test_a_word_has_its_own_spelling_and_plainer_ones(
    word: str, expected: tuple[str, ...]
) -> None:
    assert spellings(word) == expected


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        *(
            (asked, "Zoë Müller")
            for asked in ("zoe", "ZOË", "muller", "mueller", "Müller", "müll")
        ),
        *((asked, "Zoe Mueller") for asked in ("zoë", "müller")),
        ("müller-x", "Muller Xaver"),
    ],
)
def test_accents_are_no_hindrance(asked: str, name: str) -> None:
    words = search_words(contact_of({"name": name}), {}, {}, "")
    assert matches(parse_search(asked), words)
    assert not matches(parse_search("moller"), words)
