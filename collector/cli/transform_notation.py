"""Transforms as they are written on a command line: `trim`, `case:title`, or JSON."""

from __future__ import annotations

import json
from typing import Any

from collector.domain.errors import InputError

_ARGUMENT = {
    "case": "to",
    "join": "separator",
    "name_part": "part",
    "phone": "country",
    "date": "formats",
    "number": "decimal",
}
"""Which member of a transform the text behind the colon is."""


def parse_transform(text: str) -> dict[str, Any]:
    """Read one transform into the object that a mapping holds. Raises InputError."""
    if text.lstrip().startswith("{"):
        try:
            found: dict[str, Any] = json.loads(text)
        except ValueError as error:
            raise InputError(f"{text}: {error}") from error
        return found
    name, colon, argument = text.partition(":")
    if not colon:
        return {"do": name}
    if name not in _ARGUMENT:
        raise InputError(f"{text}: {name} takes no argument in this notation; write it as JSON")
    value: Any = argument.split("|") if name == "date" else argument
    return {"do": name, _ARGUMENT[name]: value}
