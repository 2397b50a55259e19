"""Naming rules as people write them: spellings in lines, templates in lines, all of it as TOML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from collector.domain.errors import InputError
from collector.domain.link_rules import LinkRules
from collector.domain.said import Said

MOST: Final = 500
"""How many values a list may have, and how many parameters and templates."""
LONGEST: Final = 200
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_PARAMETER: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")

_LINE: Final = "write value = other spelling, another: {line}"
_BOTH: Final = "{one} means both {first} and {second}"

Spellings = dict[str, tuple[str, ...]]


def parse_spellings(text: str, field: str) -> Spellings:
    """Read `value = other spelling, another`, one value a line. Raises InputError."""
    found: Spellings = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        value, _, others = (part.strip() for part in line.partition("="))
        spelt = tuple(filter(None, map(str.strip, others.split(","))))
        if not value or max(map(len, (value, *spelt))) > LONGEST:
            raise InputError(Said(_LINE, line=line[:60]), field=field)
        if value in found:
            raise InputError(Said("{value} stands there twice", value=value), field=field)
        found[value] = spelt
    if len(found) > MOST:
        raise InputError("at most 500 values", field=field)
    return found


def render_spellings(spellings: Mapping[str, tuple[str, ...]]) -> str:
    """Write spellings as `parse_spellings` reads them."""
    lines = (
        f"{one} = {', '.join(others)}" if others else one for one, others in spellings.items()
    )
    return "\n".join(lines)


def parse_template(text: str) -> dict[str, str]:
    """Read `utm_source = google`, one parameter a line. Raises InputError."""
    pairs = [line.partition("=") for line in text.splitlines() if line.strip()]
    found = {name.strip(): value.strip() for name, _, value in pairs}
    check_template("own", found)
    return found


def render_template(values: Mapping[str, str]) -> str:
    """Write a template as `parse_template` reads it."""
    return "\n".join(f"{name} = {value}" for name, value in values.items())


def check_template(name: str, values: Mapping[str, str]) -> None:
    """Refuse a template that no link could be built from. Raises InputError."""
    if not _NAME.fullmatch(name):
        raise InputError("a template's name has small letters, digits, - and _", field="name")
    wrong = [one for one, value in values.items() if not _PARAMETER.fullmatch(one) or not value]
    if wrong or not values or len(values) > MOST:
        raise InputError("write utm_source = value, one parameter a line", field="lines")
    if max(map(len, values.values())) > LONGEST:
        raise InputError("a value has at most 200 characters", field="lines")


def check_rules(rules: LinkRules) -> None:
    """Refuse rules in which one spelling means two values. Raises InputError."""
    for name, table in rules.allowed.items():
        seen: dict[str, str] = {}
        for value, others in table.items():
            for one in (value, *others):
                if seen.setdefault(rules.loosened(one), value) != value:
                    both = Said(_BOTH, one=one, first=seen[rules.loosened(one)], second=value)
                    field = f"{name.removeprefix('utm_')}s"
                    raise InputError(both, field=field)


def render_rules(rules: LinkRules) -> str:
    """Write rules and templates as the TOML that `--rules` reads."""
    lines = [
        f"case = {_quoted(rules.case)}",
        f"separator = {_quoted(rules.separator)}",
        f"own_domains = {_listed(sorted(rules.own_domains))}",
        f"allow_placeholders = {str(rules.allow_placeholders).lower()}",
    ]
    for name, table in (("sources", rules.sources), ("mediums", rules.mediums)):
        lines += ["", f"[{name}]"]
        lines += (f"{_key(value)} = {_listed(others)}" for value, others in table.items())
    for name, values in rules.templates.items():
        lines += ["", f"[templates.{_key(name)}]"]
        lines += (f"{_key(one)} = {_quoted(value)}" for one, value in values.items())
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """Write a basic string of TOML: JSON's escapes are all among its own, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _listed(texts: list[str] | tuple[str, ...]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _key(text: str) -> str:
    return text if _BARE.fullmatch(text) else _quoted(text)
