"""Lines of a report: what a value brought, its spellings added up by the naming rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from collector.domain.link_rules import LinkRules
from collector.domain.summary import share_of

SPELT: Final = ("source", "medium", "campaign", "content")
"""Dimensions that people write in links, and spell in many ways."""


class Line(msgspec.Struct, kw_only=True):
    """What a value brought: touches, and leads by each model.

    `spellings` are the values as they were written, the one with most leads first.
    """

    value: str
    spellings: tuple[str, ...] = ()
    touches: int = 0
    decided: int = 0
    first: int = 0
    last: int = 0
    last_paid: int = 0
    click_ids: int = 0

    def leads(self, model: str) -> int:
        """Count its leads by a model."""
        count: int = getattr(self, model)
        return count

    def rate(self, model: str) -> float | None:
        """Give leads per touch."""
        return share_of(self.leads(model), self.touches)

    @property
    def clicked(self) -> float | None:
        """Give the share of its leads whose touch had a click id."""
        return share_of(self.click_ids, self.decided)


NUMBERS: Final = Line.__struct_fields__[2:]


def canonical(rules: LinkRules, dimension: str, value: str) -> str:
    """Spell a value of a dimension as reports show it."""
    return rules.canonical(f"utm_{dimension}", value) if dimension in SPELT else value


def lines_of(
    rows: Iterable[Mapping[str, Any]], dimension: str, rules: LinkRules, model: str = "decided"
) -> list[Line]:
    """Add rows up that differ in spelling alone; most leads first, then most touches."""
    found: dict[str, Line] = {}
    for row in rows:
        value = canonical(rules, dimension, row["value"])
        line = found.setdefault(value, Line(value=value))
        line.spellings = (*line.spellings, row["value"])
        for name in NUMBERS:
            setattr(line, name, getattr(line, name) + row[name])
    return sorted(found.values(), key=lambda one: (-one.leads(model), -one.touches, one.value))
