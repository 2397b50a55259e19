"""Links out of what people have: a pasted list, or a table in any encoding they export it in."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Sequence
from typing import Final

from collector.domain.errors import InputError
from collector.domain.said import Said

_DELIMITERS: Final = ",;\t|"
_HEADINGS: Final = ("final url", "url", "link", "landing", "address", "adresse", "ziel")
"""What the column of links is called in exports of ad platforms and in people's tables."""

_URL: Final = re.compile(r"[\"'<\s]*https?://", re.IGNORECASE)
_EDGES: Final = "\"'<> \t"
_BEGINNING: Final = 20
"""Lines within which a heading stands: exports begin with a title and a time."""
_SAMPLE: Final = 200
_COLUMN: Final = "no column holds the links; there are: {columns}"
_CUT: Final = 300
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

Row = list[str]


def decode_list(raw: bytes) -> str:
    """Decode a file: by its mark, else UTF-16 by its zero bytes, UTF-8, Windows-1252."""
    named = next((encoding for mark, encoding in _BOMS if raw.startswith(mark)), None)
    if named is None and b"\0" in raw[:_SAMPLE]:
        named = "utf-16-be" if raw[:1] == b"\0" else "utf-16-le"
    if named is not None:
        return raw.decode(named, "replace")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def read_list(text: str, column: str | None = None) -> list[str]:
    """Read a list, one link a line, or the column of a table that holds the links.

    The column is the one named, else found by its heading, else by what stands in it.
    Raises InputError naming the columns.
    """
    lines = [line for line in text.removeprefix("\ufeff").splitlines() if line.strip()]
    delimiter = ""
    if lines and re.fullmatch(r'"?sep=(.)"?', lines[0], re.IGNORECASE):
        delimiter = lines.pop(0).strip('"')[4]
    delimiter = delimiter or _delimiter_of(lines, named=column is not None)
    if not delimiter:
        bare = (line.strip(_EDGES) for line in lines)
        return [line for line in bare if line and line.lower() not in _HEADINGS]
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error as error:
        raise InputError("this is no table that can be read", field="links") from error
    first, place = _place_of(rows, column)
    cells = (row[place].strip() for row in rows[first:] if len(row) > place)
    return [cell for cell in cells if cell]


def _delimiter_of(lines: Sequence[str], *, named: bool) -> str:
    """Find what divides the columns; empty where the lines are links, one in each."""
    beginning = lines[:_BEGINNING]
    first = beginning[0] if beginning else ""
    if "\t" in "".join(beginning):
        return "\t"
    if not named and _URL.match(first):
        return ""
    heading = max(beginning, key=lambda line: len(_divided(line)), default="")
    return max(_DELIMITERS, key=heading.count) if named or _divided(heading) else ""


def _divided(line: str) -> str:
    """Give the delimiters of a line that is no link by itself."""
    return "" if _URL.match(line) else "".join(sign for sign in line if sign in _DELIMITERS)


def _place_of(rows: Sequence[Row], column: str | None) -> tuple[int, int]:
    """Find the row after the heading, and the column. Raises InputError."""
    headings = [
        (number, place, cell.strip().lower())
        for number, row in enumerate(rows[:_BEGINNING])
        for place, cell in enumerate(row)
        if "://" not in cell
    ]
    wanted = [column.strip().lower()] if column is not None else _HEADINGS
    named = [
        (number + 1, place)
        for one in wanted
        for number, place, cell in headings
        if (cell == one if column is not None else one in cell)
    ]
    if column is None:
        named = [one for one in named if _links_in(rows, *one)] + _by_content(rows) + named
    if not named:
        widest = max(rows[:_BEGINNING], key=len)
        columns = ", ".join(widest)[:_CUT]
        raise InputError(Said(_COLUMN, columns=columns), field="links")
    return named[0]


def _links_in(rows: Sequence[Row], first: int, place: int) -> int:
    """Count the links in the beginning of a column."""
    sample = rows[first : first + _SAMPLE]
    return sum(len(row) > place and _URL.match(row[place]) is not None for row in sample)


def _by_content(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Give the column with most links, and the row of its first."""
    width = max(map(len, rows[:_SAMPLE]), default=0)
    place = max(range(width), key=lambda one: _links_in(rows, 0, one), default=0)
    if not _links_in(rows, 0, place):
        return []
    return [(next(n for n, row in enumerate(rows) if _links_in([row], 0, place)), place)]
