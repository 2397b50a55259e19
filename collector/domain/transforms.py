"""Transforms: small changes to one value on its way through a mapping, each a piece of data.

`apply` gets what came, never anything empty, and gives the new value, or None for nothing left.
It raises ValueRefused where it cannot do its work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache, partial
from typing import Any, Literal, Protocol

import msgspec

from collector.domain.faults import ValueRefused
from collector.domain.field_values import (
    choice_key,
    is_country,
    is_empty,
    read_number,
    read_phone,
    text_of,
)
from collector.domain.person_names import first_name_of, last_name_of
from collector.domain.said import Said

Scalar = str | int | float | bool
Step = Callable[[Any], Any]

_WORD = re.compile(r"[^\W\d_]+(?:['’](?=[^\W\d_]{2})[^\W\d_]+|['’][^\W\d_])*")  # noqa: RUF001  (a typographic apostrophe is one)
_DATE_PARTS = {"YYYY": r"(?P<year>\d{4})", "MM": r"(?P<month>\d{1,2})", "DD": r"(?P<day>\d{1,2})"}
_DATE_PART = re.compile("(YYYY|MM|DD)")


class _Applied(Protocol):
    def apply(self, value: Any) -> Any:
        """Change one value."""


class _Transform(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What all have in common: nothing can be wrong with them unless they say so."""

    def step(self: _Applied) -> Step:
        """Make ready what applies it to many values."""
        return self.apply

    def problems(self) -> Iterator[str]:
        """Say what is wrong with how it is written."""
        yield from ()


def _each(value: Any, change: Callable[[str], Any]) -> Any:
    """Change a text; of a list, each item."""
    if isinstance(value, list):
        return [change(text_of(item)) for item in value if not is_empty(item)]
    return change(text_of(value))


class Trim(_Transform, frozen=True, tag_field="do", tag="trim"):
    """Take the space around a text away."""

    def apply(self, value: Any) -> Any:
        """Trim."""
        return _each(value, str.strip)


class Case(_Transform, frozen=True, tag_field="do", tag="case"):
    """Write a text in `lower` or `upper` case, or each word with a capital first (`title`)."""

    to: Literal["lower", "upper", "title"]

    def apply(self, value: Any) -> Any:
        """Change the case."""
        changes = {"lower": str.lower, "upper": str.upper, "title": _title}
        return _each(value, changes[self.to])


def _title(text: str) -> str:
    return _WORD.sub(lambda word: _capitalized(word[0]), text)


def _capitalized(word: str) -> str:
    """Write `o'neil` as `O'Neil`, and leave `it's` one word."""
    first, apostrophe, rest = word.partition("'")
    return first.capitalize() + apostrophe + (rest.capitalize() if len(rest) > 1 else rest.lower())


class Join(_Transform, frozen=True, tag_field="do", tag="join"):
    """Join several values, of several fields or of one list, with a separator."""

    separator: str = " "

    def apply(self, value: Any) -> Any:
        """Join what is not empty."""
        items = value if isinstance(value, list) else [value]
        return self.separator.join(text_of(item).strip() for item in items if not is_empty(item))


class Split(_Transform, frozen=True, tag_field="do", tag="split"):
    """Take one part of a text: `part` counts from 1, from the end where it is negative."""

    separator: str
    part: int = 1

    def apply(self, value: Any) -> Any:
        """Split; a part that is not there is nothing."""
        parts = text_of(value).split(self.separator)
        at = self.part - 1 if self.part > 0 else self.part
        return parts[at].strip() if -len(parts) <= at < len(parts) else None

    def problems(self) -> Iterator[str]:
        """Refuse part 0, and nothing to split at."""
        if self.part == 0:
            yield Said("part counts from 1, or from -1 at the end")
        if not self.separator:
            yield Said("separator is empty")


class NamePart(_Transform, frozen=True, tag_field="do", tag="name_part"):
    """Take the `first` or `last` name out of a whole one."""

    part: Literal["first", "last"]

    def apply(self, value: Any) -> Any:
        """Split the name."""
        return (first_name_of if self.part == "first" else last_name_of)(text_of(value)) or None


class Phone(_Transform, frozen=True, tag_field="do", tag="phone"):
    """Write a phone number in E.164; one without `+` is of `country` (ISO 3166-1, such as DE)."""

    country: str | None = None

    def apply(self, value: Any) -> Any:
        """Read the number."""
        return read_phone(value, self.country)

    def problems(self) -> Iterator[str]:
        """Refuse what is no country."""
        if self.country is not None and not is_country(self.country):
            yield Said(
                "'{found}' is no country; write its ISO 3166-1 code, such as DE",
                found=self.country,
            )


class Date(_Transform, frozen=True, tag_field="do", tag="date"):
    """Read a date by the first of its formats that fits, such as `DD.MM.YYYY`; write ISO 8601."""

    formats: tuple[str, ...]

    def apply(self, value: Any) -> Any:
        """Read the date."""
        text = text_of(value).strip()
        for pattern in map(_date_pattern, self.formats):
            found = pattern.fullmatch(text)
            if found:
                return _iso_date(found)
        raise ValueRefused("date")

    def problems(self) -> Iterator[str]:
        """Refuse a format that does not name year, month and day once each."""
        if not self.formats:
            yield Said("formats is empty; write such as DD.MM.YYYY")
        for text in self.formats:
            if sorted(_DATE_PART.findall(text)) != ["DD", "MM", "YYYY"]:
                yield Said(
                    "'{found}' is no format of a date; write DD, MM and YYYY once each", found=text
                )


@cache
def _date_pattern(text: str) -> re.Pattern[str]:
    parts = (_DATE_PARTS.get(part) or re.escape(part) for part in _DATE_PART.split(text))
    return re.compile("".join(parts), re.ASCII)


def _iso_date(found: re.Match[str]) -> str:
    try:
        return date(*(int(found[part]) for part in ("year", "month", "day"))).isoformat()
    except ValueError:
        raise ValueRefused("date") from None


class Number(_Transform, frozen=True, tag_field="do", tag="number"):
    """Read a number whose `decimal` sign is `.` or `,`; the other one only groups digits."""

    decimal: Literal[".", ","] = "."

    def apply(self, value: Any) -> Any:
        """Read the number."""
        if not isinstance(value, str):
            return read_number(value)
        grouping = "," if self.decimal == "." else "."
        plain = re.sub(r"\s|'", "", value).replace(grouping, "")
        return read_number(plain.replace(self.decimal, "."))


class Choice(_Transform, frozen=True, tag_field="do", tag="choice"):
    """Replace a value by the table, whatever its case; `otherwise` is for what is not in it."""

    table: dict[str, Scalar]
    otherwise: Literal["refuse", "keep", "drop"] = "refuse"

    def apply(self, value: Any) -> Any:
        """Look the value up."""
        return self.step()(value)

    def step(self) -> Step:
        """Fold the table once."""
        by_key = {choice_key(old): new for old, new in self.table.items()}

        def look_up(text: str) -> Any:
            key = choice_key(text)
            if key not in by_key and self.otherwise == "refuse":
                raise ValueRefused("choice")
            return by_key.get(key, text if self.otherwise == "keep" else None)

        return partial(_each, change=look_up)

    def problems(self) -> Iterator[str]:
        """Refuse an empty table."""
        if not self.table:
            yield Said("table is empty")


Transform = Trim | Case | Join | Split | NamePart | Phone | Date | Number | Choice
