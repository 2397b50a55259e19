"""Percent-decoding that changes nothing it cannot decode."""

from __future__ import annotations

import re

_RUN = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_ESCAPE_LENGTH = 3


def percent_decode(text: str) -> str:
    """Decode `%XX` once as UTF-8; what is no valid UTF-8 stays exactly as it was written."""
    return _RUN.sub(_decode_run, text) if "%" in text else text


def _decode_run(match: re.Match[str]) -> str:
    run = match.group()
    data = bytes.fromhex(run.replace("%", ""))
    try:
        return data.decode()
    except UnicodeDecodeError:
        return _decode_partly(run, data.decode("utf-8", "surrogateescape"))


def _decode_partly(run: str, text: str) -> str:
    """Put the written form back for bytes that did not decode: they came out as surrogates."""
    parts = []
    at = 0
    for character in text:
        invalid = "\udc80" <= character <= "\udcff"
        length = _ESCAPE_LENGTH * (1 if invalid else len(character.encode()))
        parts.append(run[at : at + length] if invalid else character)
        at += length
    return "".join(parts)
