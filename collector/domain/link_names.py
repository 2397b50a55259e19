"""The names of a link's parameters: case, spelling, repeats, and those that belong in no link."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from collector.domain.link import Link
from collector.domain.link_findings import Finding, finding
from collector.domain.link_values import holds_placeholder
from collector.domain.parameters import PARAMETERS, Parameter, known_parameter

_UTMS: Final = [one.name for one in PARAMETERS if one.name.startswith("utm_")]
_NEAR: Final = 0.75

Pair = tuple[str, str]


def mend_names(link: Link, found: list[Finding], *, placeholders: bool) -> Link:
    """Mend the names, and take out what belongs in no link, noting each fault."""
    if all(value for _, value in link.pairs) and _are_sound(tuple(name for name, _ in link.pairs)):
        return link
    kept: list[Pair] = []
    seen: set[str] = set()
    for name, value in link.pairs:
        name = _spelled(name, found)  # noqa: PLW2901  (the rest looks at the mended name)
        parameter = known_parameter(name)
        if parameter is None:
            kept.append((name, value))
            continue
        if name in seen:
            found.append(finding("repeated_name", f"{name}={value}"))
            continue
        seen.add(name)
        unused = _unused(parameter, value, placeholders=placeholders)
        if unused:
            found.append(finding(unused, f"{name}={value}"))
        else:
            kept.append((name, value))
    return Link(link.head, _with_term(tuple(kept), found), link.fragment)


@lru_cache(maxsize=1024)
def _are_sound(names: tuple[str, ...]) -> bool:
    """Whether nothing is to be mended in these names, whatever their values."""
    known = [parameter for name in names if (parameter := known_parameter(name))]
    odd = any(one.names_person or one.click_id or one.name == "utm_keyword" for one in known)
    repeated = len({one.name for one in known}) < len(known)
    return not (odd or repeated or any(_mended_name(name)[1] for name in names))


def _unused(parameter: Parameter, value: str, *, placeholders: bool) -> str | None:
    """Say why a parameter should not be in the link at all."""
    if parameter.names_person:
        return "personal_data"
    if not value:
        return "empty_value"
    if not parameter.click_id:
        return None
    if holds_placeholder(value):
        return None if placeholders else "placeholder"
    return "click_id"


def _spelled(name: str, found: list[Finding]) -> str:
    mended, code = _mended_name(name)
    if code:
        found.append(finding(code, name))
    return mended


def fault_of_name(name: str) -> str:
    """Say by its code what is wrong with a parameter's name; nothing where it is sound."""
    parameter = known_parameter(name)
    is_keyword = parameter is not None and parameter.name == "utm_keyword"
    return _mended_name(name)[1] or ("keyword_for_term" if is_keyword else "")


def meant_name(name: str) -> str | None:
    """Say what a parameter is called that was written with a fault; None where nobody can tell."""
    meant = _mended_name(name)[0]
    meant = "utm_term" if meant == "utm_keyword" else meant
    return None if meant == name else meant


@lru_cache(maxsize=1024)
def _mended_name(name: str) -> tuple[str, str]:
    """Spell a name as the parameter table does, and say what was wrong with it."""
    parameter = known_parameter(name)
    if parameter is not None:
        code = "name_case" if name.lower() == parameter.name.lower() else "misspelt_name"
        return parameter.name, "" if name == parameter.name else code
    lower = name.lower().replace("-", "_")
    if not lower.startswith("utm"):
        return name, ""
    nearest = get_close_matches(lower, _UTMS, n=1, cutoff=_NEAR)
    if nearest:
        return nearest[0], "misspelt_name"
    return name, "unknown_name" if lower.startswith("utm_") else ""


def _with_term(pairs: tuple[Pair, ...], found: list[Finding]) -> tuple[Pair, ...]:
    names = {name for name, _ in pairs}
    if "utm_keyword" not in names:
        return pairs
    found.append(finding("keyword_for_term", "utm_keyword"))
    if "utm_term" in names:
        return pairs
    return tuple(("utm_term" if name == "utm_keyword" else name, value) for name, value in pairs)
