"""The naming rules of an operator's campaign links, as data; and one spelling for reports."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, Literal

import msgspec

from collector.domain.errors import InputError

Case = Literal["lower", "any"]
Separator = Literal["-", "_", ".", "any"]

RULED: Final = ("utm_source", "utm_medium", "utm_campaign", "utm_content")
"""Parameters whose values follow the rules; what people typed in a search does not."""

_SEPARATORS: Final = " -_."
_NO_SEPARATORS: Final = dict.fromkeys(map(ord, _SEPARATORS))


class LinkRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """What links should look like.

    `sources` and `mediums` map each allowed value to other spellings of it; where there are none,
    every value is allowed. A template maps parameter names to values, in which `<name>` is a blank
    to be filled in.
    """

    case: Case = "lower"
    separator: Separator = "any"
    sources: dict[str, tuple[str, ...]] = {}
    mediums: dict[str, tuple[str, ...]] = {}
    own_domains: frozenset[str] = frozenset()
    allow_placeholders: bool = False
    templates: dict[str, dict[str, str]] = {}

    @cached_property
    def allowed(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """By parameter: the values it may have; a parameter without any may have all."""
        tables = {"utm_source": self.sources, "utm_medium": self.mediums}
        return {name: table for name, table in tables.items() if table}

    @cached_property
    def spellings(self) -> Mapping[str, Mapping[str, str]]:
        """By parameter: every known spelling, loosened, and the one to use."""
        return {
            name: {
                self.loosened(other): one
                for one, others in table.items()
                for other in (one, *others)
            }
            for name, table in self.allowed.items()
        }

    @staticmethod
    def loosened(value: str) -> str:
        """Reduce a value to what its spellings have in common."""
        return value.lower().translate(_NO_SEPARATORS)

    def is_plain(self, value: str) -> bool:
        """Whether case and separators are certainly right, which they are nearly always."""
        return self.separator == "any" and value.islower() and " " not in value

    def cased(self, value: str) -> str:
        """Apply the rule for upper and lower case."""
        return value.lower() if self.case == "lower" else value

    def separated(self, value: str) -> str:
        """Apply the rule for separators; runs of spaces are always replaced."""
        joint = "-" if self.separator == "any" else self.separator
        if " " in value:
            value = joint.join(value.split())
        if self.separator == "any":
            return value
        return value.translate({ord(sign): joint for sign in _SEPARATORS})

    def canonical(self, name: str, value: str) -> str:
        """Spell a value as reports show it: the allowed spelling, else by case and separator."""
        known = self.spellings[name].get(self.loosened(value)) if name in self.spellings else None
        if known is not None or name not in RULED:
            return known or value
        return value if value.startswith("(") else self.separated(self.cased(value))


def parse_link_rules(given: Mapping[str, Any]) -> LinkRules:
    """Read a set of rules, as a TOML file gives it. Raises InputError naming the member."""
    try:
        return msgspec.convert(given, LinkRules)
    except msgspec.ValidationError as error:
        raise InputError(f"the naming rules cannot be read: {error}") from error
