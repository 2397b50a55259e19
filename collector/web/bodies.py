"""The body of a form post, whatever its type, as names and values in order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from python_multipart.multipart import parse_options_header

from collector.domain.errors import FieldsRefused, InputError, TooComplex, UnsupportedType
from collector.domain.json_values import decode_json
from collector.domain.remembered import remembered
from collector.domain.submission import MAX_FIELDS, Submission, read_submission
from collector.web.incoming import Incoming
from collector.web.multipart import FIELD_BYTES, FormReader, decode_text

FORM_BYTES = FIELD_BYTES
FILES_BYTES = 20 * 1024 * 1024
FILES_NOTE = "files: only name, type and size are kept"

Pairs = list[tuple[str, Any]]


async def read_form(incoming: Incoming) -> Submission:
    """Read a form in any of its types.

    Raises UnsupportedType, BodyTooLarge, Incomplete, NotJson, FieldsRefused.
    """
    if incoming.header(b"content-encoding").strip().lower() not in ("", "identity"):
        raise UnsupportedType("send the body without Content-Encoding; it was not stored")
    reader = _READERS.get(_media_type(incoming))
    if reader is None:
        raise UnsupportedType(
            "post a form (application/x-www-form-urlencoded or multipart/form-data) or JSON"
        )
    try:
        pairs, notes = await reader(incoming)
        return read_submission(pairs, *notes)
    except TooComplex as error:
        raise FieldsRefused(str(error), {"fields": str(error)}) from error


def is_json(incoming: Incoming) -> bool:
    """Whether a request brought JSON."""
    return _READERS.get(_media_type(incoming)) is _read_json


def _media_type(incoming: Incoming) -> str:
    return incoming.header(b"content-type").partition(";")[0].strip().lower()


async def _read_urlencoded(incoming: Incoming) -> tuple[Pairs, tuple[str, ...]]:
    body = await incoming.body(FORM_BYTES)
    parts = body.split(b"&")
    if len(parts) > MAX_FIELDS:
        raise TooComplex(f"a form has at most {MAX_FIELDS} fields")
    pairs = [part.partition(b"=") for part in parts if part]
    return [(_name(name), _unquote(value)) for name, _, value in pairs if name], ()


@remembered(most=1024, longest=64)
def _name(raw: bytes) -> str:
    """Read a field's name; those of a site's forms are the same all day."""
    return _unquote(raw)


def _unquote(raw: bytes) -> str:
    raw = raw.replace(b"+", b" ")
    return decode_text(unquote_to_bytes(raw) if b"%" in raw else raw)


async def _read_multipart(incoming: Incoming) -> tuple[Pairs, tuple[str, ...]]:
    _, options = parse_options_header(incoming.header(b"content-type"))
    boundary = options.get(b"boundary")
    if not boundary:
        raise InputError("multipart/form-data names no boundary", field="Content-Type")
    reader = FormReader(boundary)
    pairs = await reader.read(incoming.chunks(FILES_BYTES))
    return pairs, (FILES_NOTE,) if reader.has_files else ()


async def _read_json(incoming: Incoming) -> tuple[Pairs, tuple[str, ...]]:
    value = decode_json(await incoming.body(FORM_BYTES))
    if not isinstance(value, dict):
        raise FieldsRefused(
            "the body is not a JSON object", {"body": "send an object of names and values"}
        )
    return list(value.items()), ()


_READERS: dict[str, Callable[[Incoming], Awaitable[tuple[Pairs, tuple[str, ...]]]]] = {
    "application/x-www-form-urlencoded": _read_urlencoded,
    "multipart/form-data": _read_multipart,
    "application/json": _read_json,
    "text/plain": _read_json,
}
