"""multipart/form-data (RFC 7578): fields are read; the content of files is let go, or kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from collector.domain.errors import Incomplete, InputError, TooComplex
from collector.domain.remembered import remembered
from collector.domain.submission import MAX_FIELDS
from collector.web.incoming import too_large

FIELD_BYTES = 1024 * 1024
"""What all fields together may hold; only files may be larger."""


@dataclass(slots=True)
class _Part:
    headers: dict[bytes, bytes] = field(default_factory=dict)
    header_name: bytes = b""
    header_value: bytes = b""
    content: bytearray = field(default_factory=bytearray)
    size: int = 0
    name: str = ""
    filename: str | None = None


class FormReader:
    """Collects the parts of one body. A part with a file name keeps name, type and size.

    With `keep_files` it is its bytes: for people who are signed in, and small bodies.
    """

    def __init__(self, boundary: bytes, *, keep_files: bool = False) -> None:
        self._keep_files = keep_files
        self.pairs: list[tuple[str, Any]] = []
        self.has_files = False
        self._part = _Part()
        self._field_bytes = 0
        self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )

    async def read(self, chunks: AsyncIterator[bytes]) -> list[tuple[str, Any]]:
        """Read a whole body. Raises Incomplete when it stops before its closing boundary."""
        try:
            async for chunk in chunks:
                self._parser.write(chunk)
        except FormParserError as error:
            raise InputError(f"the multipart body cannot be read: {error}") from error
        if not self._ended:
            raise Incomplete("the form ended before its closing boundary; nothing was stored")
        return self.pairs

    def _begin(self) -> None:
        if len(self.pairs) >= MAX_FIELDS:
            raise TooComplex(f"a form has at most {MAX_FIELDS} fields")
        self._part = _Part()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._part.header_name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.header_value += data[start:end]

    def _header_end(self) -> None:
        part = self._part
        part.headers[part.header_name.lower()] = part.header_value
        part.header_name = part.header_value = b""

    def _headers_finished(self) -> None:
        disposition = self._part.headers.get(b"content-disposition", b"")
        self._part.name, self._part.filename = _names(disposition)
        if self._part.filename is not None:
            self.has_files = True

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._part.size += end - start
        if self._part.filename is not None:
            if self._keep_files:
                self._part.content += data[start:end]
            return
        self._field_bytes += end - start
        if self._field_bytes > FIELD_BYTES:
            raise too_large(FIELD_BYTES)
        self._part.content += data[start:end]

    def _end_part(self) -> None:
        if self._part.name:
            kept = self._keep_files and self._part.filename is not None
            value = bytes(self._part.content) if kept else _value(self._part)
            self.pairs.append((self._part.name, value))

    def _end(self) -> None:
        self._ended = True


@remembered(most=1024, longest=200)
def _names(disposition: bytes) -> tuple[str, str | None]:
    """Read the field's name and the file's out of a Content-Disposition."""
    _, options = parse_options_header(disposition)
    filename = options.get(b"filename")
    name = decode_text(options.get(b"name", b""))
    return name, None if filename is None else decode_text(filename)


def _value(part: _Part) -> Any:
    if not part.filename:
        return decode_text(bytes(part.content))
    content_type = part.headers.get(b"content-type", b"application/octet-stream")
    return {
        "name": part.filename,
        "type": decode_text(content_type),
        "size": part.size,
        "content": "not kept",
    }


def decode_text(raw: bytes) -> str:
    """Decode a form's text: UTF-8, else Windows-1252, which old pages in Europe still post."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
