"""Names of people: where a whole one is split. A guess, which is why a mapping must ask for it."""

from __future__ import annotations

from typing import Final

_TITLES = "mr mrs ms miss mx sir madam herr frau hr fr dr prof dipl ing dipl-ing mag med"
TITLES: Final = frozenset(_TITLES.split())
"""Words before a name that are no part of it, without their full stop."""

_PARTICLES = "von vom zu zum zur van der den de del della di da du des la le el al bin ten ter"
PARTICLES: Final = frozenset(_PARTICLES.split())
"""Words that begin a family name."""


def first_name_of(whole: str) -> str:
    """Take the given names: all before the family name, or after the comma."""
    return _split(whole)[0]


def last_name_of(whole: str) -> str:
    """Take the family name: the last word with the particles before it, or all before a comma."""
    return _split(whole)[1]


def _split(whole: str) -> tuple[str, str]:
    family, comma, given = whole.strip(" ,").partition(",")
    if comma and given.strip():
        return " ".join(_without_titles(given.split())), " ".join(_without_titles(family.split()))
    words = _without_titles(family.split())
    if len(words) < 2:  # noqa: PLR2004  (one word is a given name)
        return " ".join(words), ""
    start = next(
        (at for at, word in enumerate(words[1:-1], 1) if word.lower() in PARTICLES), len(words) - 1
    )
    return " ".join(words[:start]), " ".join(words[start:])


def _without_titles(words: list[str]) -> list[str]:
    while len(words) > 1 and words[0].lower().rstrip(".") in TITLES:
        words = words[1:]
    return words
