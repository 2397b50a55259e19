"""JSON from outside, settled at the door: what comes out can be stored by every database."""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any, NoReturn

import msgspec

from collector.domain.errors import NotJson, TooComplex

MAX_DEPTH = 32
REPLACEMENT = "\ufffd"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean_text(text: str) -> str:
    """Replace NUL and lone surrogates, which no database keeps, by U+FFFD."""
    return _UNSTORABLE.sub(REPLACEMENT, text)


def _refuse_constant(name: str) -> NoReturn:
    raise NotJson(f"{name} is not JSON; send a number, a string or null")


def _parse_big_int(digits: str) -> int | str:
    """Keep an integer that floats or databases would change as the text it was sent as."""
    return int(digits) if len(digits) <= 18 else digits  # noqa: PLR2004  (10**18 fits 64 bits)


def _parse_float(digits: str) -> float | str:
    """Keep a number that no float holds as the text it was sent as."""
    value = float(digits)
    return value if isfinite(value) else digits


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotJson(f"{clean_text(twice)[:64]!r} stands twice in one object; send it once")
    return found


def decode_json(body: bytes, *, unique_names: bool = False) -> Any:
    """Read a JSON body of any shape; a byte order mark is passed over.

    Raises NotJson when it is none, or, if asked for, when an object has a name twice, where RFC
    8259 leaves open which one counts; TooComplex when it is nested deeper than 32.
    """
    if body[:3] == b"\xef\xbb\xbf":
        body = body[3:]
    _check_depth(body)
    try:
        value = json.loads(
            body.decode("utf-8", "surrogatepass"),
            parse_constant=_refuse_constant,
            parse_int=_parse_big_int,
            parse_float=_parse_float,
            object_pairs_hook=_unique if unique_names else None,
        )
    except ValueError as error:
        raise NotJson(f"the body is not JSON: {error}") from error
    return value


def _check_depth(body: bytes) -> None:
    """Refuse deep nesting before a recursive parser meets it; brackets in strings do not count."""
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for bracket in re.finditer(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', body, re.DOTALL):
        sign = bracket.group()
        if sign in (b"[", b"{"):
            depth += 1
            if depth > MAX_DEPTH:
                raise TooComplex(f"the body is nested deeper than {MAX_DEPTH} levels")
        elif sign in (b"]", b"}"):
            depth -= 1


def clean_json(value: Any) -> Any:
    """Clean every text of a decoded JSON value."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [clean_json(item) for item in value]
    if isinstance(value, dict):
        return {clean_text(key): clean_json(item) for key, item in value.items()}
    return value


def encode_json(value: Any) -> str:
    """Write a value as compact JSON text."""
    return msgspec.json.encode(value).decode()
