from __future__ import annotations

import pytest

from collector.domain.errors import InputError
from collector.domain.link_rules import LinkRules, parse_link_rules

RULES = parse_link_rules(
    {
        "separator": "_",
        "sources": {"google": ["adwords"], "LinkedIn": ["linked-in"]},
        "mediums": {"paid_social": ["paidsocial"]},
    }
)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("utm_source", "Google", "google"),
        ("utm_source", "AdWords", "google"),
        ("utm_source", "linkedin", "LinkedIn"),
        ("utm_source", "Other Site", "other_site"),
        ("utm_source", "(direct)", "(direct)"),
        ("utm_medium", "Paid-Social", "paid_social"),
        ("utm_campaign", "Spring Sale-2026", "spring_sale_2026"),
        ("utm_term", "Red Shoes", "Red Shoes"),
    ],
)
def test_reports_show_one_spelling(name: str, value: str, shown: str) -> None:
    assert RULES.canonical(name, value) == shown


def test_without_rules_only_case_and_spaces_are_levelled() -> None:
    assert LinkRules().canonical("utm_campaign", "Spring Sale_a.b") == "spring-sale_a.b"
    assert LinkRules(case="any").canonical("utm_campaign", "Spring") == "Spring"


@pytest.mark.parametrize(
    ("given", "named"),
    [({"seperator": "-"}, "seperator"), ({"case": "upper"}, "case"), ({"sources": []}, "sources")],
)
def test_rules_that_cannot_be_read_are_named(given: dict[str, object], named: str) -> None:
    with pytest.raises(InputError, match=named):
        parse_link_rules(given)
