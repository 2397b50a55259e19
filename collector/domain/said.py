"""What the code says to people: a text that pages can look up, and what is filled into it."""

from __future__ import annotations

from typing import Self

import msgspec


class Said(msgspec.Struct, frozen=True):
    """A text with `{…}` in it, and what stands there; the text itself never holds a value.

    So a page looks the text up in its own language before it is filled in.
    """

    text: str
    values: dict[str, str] = {}

    def __str__(self) -> str:
        return self.text.format(**self.values)


class Told(str):
    """A text that is filled in already and knows how it was made: a page makes it in its language.

    Everybody else takes it for the text that it is.
    """

    __slots__ = ("text", "values")

    text: str
    values: dict[str, str]

    def __new__(cls, text: str, **values: object) -> Self:
        """Fill a text in."""
        filled = {name: str(value) for name, value in values.items()}
        made = super().__new__(cls, text.format(**filled))
        made.text, made.values = text, filled
        return made
