"""Transforms as they are written on a command line: `trim`, `case:title`, or JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from collector.domain.errors import InputError
from collector.domain.transforms import Transform

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
        return {"do": name.strip()}
    if name not in _ARGUMENT:
        raise InputError(f"{text}: {name} takes no argument in this notation; write it as JSON")
    value: Any = argument.split("|") if name == "date" else argument
    return {"do": name, _ARGUMENT[name]: value}


def parse_transforms(text: str) -> list[dict[str, Any]]:
    """Read several, divided by semicolons, or a JSON list. Raises InputError."""
    if text.lstrip().startswith("["):
        try:
            found: list[dict[str, Any]] = json.loads(text)
        except ValueError as error:
            raise InputError(f"{text}: {error}") from error
        return found
    return [parse_transform(part.lstrip()) for part in text.split(";") if part.strip()]


def render_transforms(transforms: Sequence[Transform]) -> str:
    """Write transforms so that `parse_transforms` reads them again: short where that can be."""
    plain: list[dict[str, Any]] = json.loads(msgspec.json.encode(transforms))
    short = "; ".join(map(_short, plain))
    try:
        same = parse_transforms(short) == plain
    except InputError:
        same = False
    return short if same else json.dumps(plain)


def _short(transform: dict[str, Any]) -> str:
    name = transform["do"]
    arguments = [value for key, value in transform.items() if key != "do"]
    if not arguments:
        return str(name)
    (value, *_) = arguments
    return f"{name}:{'|'.join(value) if isinstance(value, list) else value}"
