"""The builder of campaign links: a landing page, a template, what fills its blanks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from collector.domain.errors import InputError
from collector.domain.link import Link, encode_value, render_link, split_link
from collector.domain.link_rules import LinkRules
from collector.domain.link_values import holds_placeholder
from collector.domain.said import Said

ORDER: Final = ("source", "medium", "campaign", "term", "content", "id")
"""UTMs of a built link, in this order; others follow as the template has them."""

_BLANK: Final = re.compile(r"<([a-z0-9_]+)>")


def build_link(
    page: str,
    rules: LinkRules,
    *,
    template: str | None = None,
    values: Mapping[str, str],
    blanks: Mapping[str, str],
) -> str:
    """Write a campaign link: the template's values, `values` (by UTM name) over them.

    Spelt by the rules. Raises InputError for an unknown template and for a blank without a value.
    """
    named = _template(rules, template) | {f"utm_{name}": value for name, value in values.items()}
    filled = {name: _fill(name, value, blanks) for name, value in named.items()}
    order = [f"utm_{name}" for name in ORDER]
    names = sorted(filled, key=lambda name: order.index(name) if name in order else len(order))
    link = split_link(page.strip())
    kept = tuple(pair for pair in link.pairs if pair[0] not in filled)
    added = tuple((name, encode_value(_spelt(name, filled[name], rules))) for name in names)
    return render_link(Link(link.head, kept + added, link.fragment))


def blanks_of(values: Mapping[str, str]) -> list[str]:
    """Name the blanks of a template in their order."""
    return list(dict.fromkeys(name for value in values.values() for name in _BLANK.findall(value)))


def _spelt(name: str, value: str, rules: LinkRules) -> str:
    """Spell a value by the rules; what a platform fills in stays as the platform knows it."""
    return value if holds_placeholder(value) else rules.canonical(name, value)


def _template(rules: LinkRules, name: str | None) -> dict[str, str]:
    if name is None:
        return {}
    if name not in rules.templates:
        known = ", ".join(sorted(rules.templates)) or "none"
        said = Said("there is no template {name}; there are: {known}", name=name, known=known)
        raise InputError(said, field="template")
    return dict(rules.templates[name])


def _fill(name: str, value: str, blanks: Mapping[str, str]) -> str:
    missing = [blank for blank in _BLANK.findall(value) if blank not in blanks]
    if missing:
        said = Said("{name}: fill in {blank} with --set {blank}=…", name=name, blank=missing[0])
        raise InputError(said, field=name)
    return _BLANK.sub(lambda match: blanks[match.group(1)], value)
