"""The values of a link's UTMs: placeholders, personal data, and the operator's naming rules."""

from __future__ import annotations

import re
from typing import Final

from collector.domain.emails import holds_email
from collector.domain.link import Link, decode_value, encode_value
from collector.domain.link_findings import Finding, finding
from collector.domain.link_rules import RULED, LinkRules

_PLACEHOLDER: Final = re.compile(
    r"\{\{[^{}]*\}\}|\$?\{[\w:.\- ]+\}|\[\[[^\[\]]*\]\]|\[[A-Z_ ]{3,}\]|%%[\w.]+%%|__[A-Z_]+__"
    r"|\*\|[\w:]+\|\*|<[\w .\-]+>|\{\{|\}\}|^\(not set\)$|^(?:undefined|null|NaN)$",
)
"""How ad platforms, mailers and programs write what they replace, and what they leave if not."""

_PHONE: Final = re.compile(
    r"\+[ ]?\d[\d /().-]{8,18}\d|00[1-9]\d{9,13}|\b0[1-9]\d{1,4}[ /-]\d{5,}"
)
_ENCODED_TWICE: Final = re.compile(r"%[0-9A-Fa-f]{2}")

_PLAIN: Final = re.compile(r"(?!undefined$|null$)[a-z1-9][a-z1-9_.-]*")
"""Most values: no placeholder, nothing encoded, no capital, and no 0 with which numbers of phones
begin. All else is looked at."""

Found = list[Finding]


def holds_placeholder(written: str) -> bool:
    """Whether a value as written holds what a platform should have replaced."""
    return _PLACEHOLDER.search(decode_value(written)) is not None


def holds_person(value: str) -> bool:
    """Whether a value names a person: an e-mail address or a phone number in it."""
    return holds_email(value) or _PHONE.search(value) is not None


def mend_values(link: Link, rules: LinkRules, found: Found) -> Link:
    """Mend the values of the UTMs, noting each fault; those that name a person are taken out."""
    pairs = []
    for name, written in link.pairs:
        if not name.startswith("utm_"):
            pairs.append((name, written))
            continue
        if _PLAIN.fullmatch(written) and _is_allowed(name, written, rules):
            pairs.append((name, written))
            continue
        value = decode_value(written)
        mended = _mended(name, value, written, rules, found)
        if mended is not None:
            pairs.append((name, written if mended == value else encode_value(mended)))
    return Link(link.head, tuple(pairs), link.fragment)


def _is_allowed(name: str, value: str, rules: LinkRules) -> bool:
    """Whether a plain value is certainly as the rules want it."""
    if name not in RULED:
        return True
    allowed = rules.allowed.get(name)
    return value in allowed if allowed else rules.separator == "any"


def _mended(name: str, value: str, written: str, rules: LinkRules, found: Found) -> str | None:
    """Mend one value; None takes the parameter out."""
    if _PLACEHOLDER.search(value):
        if not rules.allow_placeholders:
            found.append(finding("placeholder", f"{name}={value}"))
        return value
    if _ENCODED_TWICE.search(value):
        found.append(finding("double_encoded", f"{name}={written}"))
        value = decode_value(value)
    if holds_person(value):
        found.append(finding("personal_data", name))  # what it was stands in no report either
        return None
    return _by_the_rules(name, value, rules, found) if name in RULED else value


def _by_the_rules(name: str, value: str, rules: LinkRules, found: Found) -> str:
    allowed = rules.allowed.get(name, {})
    if value in allowed or (not allowed and rules.is_plain(value)):
        return value
    spaced = " " in value.strip() or value != value.strip()
    cased, mended = rules.cased(value), rules.canonical(name, value)
    separated = rules.separated(cased)
    if cased != value:
        found.append(finding("case", f"{name}={value}"))
    if separated != cased:
        found.append(finding("space" if spaced else "separator", f"{name}={value}"))
    if mended != separated:
        found.append(finding("spelling", f"{name}={value}"))
    if allowed and mended not in allowed:
        found.append(finding(f"unknown_{name.removeprefix('utm_')}", f"{name}={value}"))
    return mended
