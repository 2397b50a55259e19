from __future__ import annotations

import pytest

from collector.domain.errors import InputError
from collector.domain.link import split_link
from collector.domain.link_build import blanks_of, build_link
from collector.domain.link_lint import lint_link
from collector.domain.link_rules import LinkRules, parse_link_rules
from collector.domain.link_templates import TEMPLATES
from collector.domain.link_values import holds_placeholder

RULES = parse_link_rules(
    {
        "separator": "-",
        "sources": {"google": ["adwords"]},
        "templates": {
            "search": {
                "utm_term": "{keyword}",
                "utm_source": "google",
                "utm_medium": "cpc",
                "utm_campaign": "<country>-<theme>",
            }
        },
    }
)
PAGE = "https://example.com/offer?lang=de#form"


def test_values_are_spelt_by_the_rules_in_a_fixed_order_before_the_fragment() -> None:
    values = {"campaign": "Spring Sale & more", "medium": "cpc", "source": "AdWords"}
    assert build_link(PAGE, RULES, values=values, blanks={}) == (
        "https://example.com/offer?lang=de"
        "&utm_source=google&utm_medium=cpc&utm_campaign=spring-sale-%26-more#form"
    )


def test_a_template_is_filled_in_and_keeps_what_the_platform_fills() -> None:
    blanks = {"country": "DE", "theme": "shoes"}
    assert build_link(PAGE, RULES, template="search", values={}, blanks=blanks) == (
        "https://example.com/offer?lang=de&utm_source=google&utm_medium=cpc"
        "&utm_campaign=de-shoes&utm_term={keyword}#form"
    )


def test_what_stands_in_the_page_already_is_replaced() -> None:
    text = build_link(
        "https://example.com/?utm_source=old", LinkRules(), values={"source": "new"}, blanks={}
    )
    assert text == "https://example.com/?utm_source=new"


def test_a_blank_without_a_value_and_an_unknown_template_are_named() -> None:
    with pytest.raises(InputError, match="--set country="):
        build_link(PAGE, RULES, template="search", values={}, blanks={"theme": "a"})
    with pytest.raises(InputError, match="there are: search"):
        build_link(PAGE, RULES, template="serach", values={}, blanks={})


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_that_comes_along_builds_a_sound_link(name: str) -> None:
    values = TEMPLATES[name]
    rules = LinkRules(templates={name: dict(values)}, allow_placeholders=True)
    blanks = dict.fromkeys(blanks_of(values), "spring")
    link = build_link("https://a.test/", rules, template=name, values={}, blanks=blanks)
    assert lint_link(link, rules).findings == ()
    macros = {
        one for one, value in values.items() if holds_placeholder(value) and "<" not in value
    }
    pairs = dict(split_link(link).pairs)
    assert {one: pairs[one] for one in macros} == {one: values[one] for one in macros}
