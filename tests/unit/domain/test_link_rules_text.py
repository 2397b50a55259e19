from __future__ import annotations

import tomllib

import pytest

from collector.domain.errors import InputError
from collector.domain.link_rules import LinkRules, parse_link_rules
from collector.domain.link_rules_text import (
    LONGEST,
    MOST,
    check_rules,
    check_template,
    parse_spellings,
    parse_template,
    render_rules,
    render_spellings,
    render_template,
)

SOURCES = {"google": ("adwords", "google ads"), "newsletter": ()}


def test_spellings_are_read_as_they_are_written() -> None:
    text = render_spellings(SOURCES)
    assert text == "google = adwords, google ads\nnewsletter"
    assert parse_spellings(f"\n  {text}  \n\n", "sources") == SOURCES
    assert parse_spellings("", "sources") == {}


@pytest.mark.parametrize(
    "text",
    ["= google", "a\na", f"{'x' * (LONGEST + 1)}", "\n".join(f"v{n}" for n in range(MOST + 1))],
    ids=["no value", "twice", "too long", "too many"],
)
def test_spellings_that_cannot_be_kept_are_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_spellings(text, "mediums")
    assert refused.value.field == "mediums"


def test_a_template_is_read_as_it_is_written() -> None:
    values = {"utm_source": "google", "utm_campaign": "a=<b> {c}"}
    assert parse_template(render_template(values)) == values


@pytest.mark.parametrize(
    ("name", "values", "field"),
    [
        ("Own name", {"utm_source": "x"}, "name"),
        ("own", {}, "lines"),
        ("own", {"utm source": "x"}, "lines"),
        ("own", {"utm_source": ""}, "lines"),
        ("own", {"utm_source": "x" * (LONGEST + 1)}, "lines"),
    ],
)
def test_a_template_that_builds_no_link_is_refused(
    name: str, values: dict[str, str], field: str
) -> None:
    with pytest.raises(InputError) as refused:
        check_template(name, values)
    assert refused.value.field == field


def test_one_spelling_means_one_value() -> None:
    check_rules(LinkRules(sources={"google": ("Google", "goo-gle"), "bing": ()}))
    with pytest.raises(InputError, match="goo gle means both google and bing") as refused:
        check_rules(LinkRules(mediums={"google": (), "bing": ("goo gle",)}))
    assert refused.value.field == "mediums"


def test_rules_are_written_as_the_toml_they_are_read_from() -> None:
    rules = LinkRules(
        case="any",
        separator="-",
        sources={"google": ('the "big" one', "ä\\b\x7f\n"), "a.b c": ()},
        mediums={"cpc": ("ppc",)},
        own_domains=frozenset({"b.example", "a.example"}),
        allow_placeholders=True,
        templates={"mail": {"utm_source": "news", "utm_campaign": "issue-<issue>"}},
    )
    assert parse_link_rules(tomllib.loads(render_rules(rules))) == rules
    assert parse_link_rules(tomllib.loads(render_rules(LinkRules()))) == LinkRules()
