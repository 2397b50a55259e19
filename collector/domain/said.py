"""What the code says to people: a text that pages can look up, and what is filled into it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self


class Said(str):
    """A text with `{…}` in it, filled in, that knows how it was made.

    A page looks the text up in its own language and fills it in there, a value that was said in
    the same way; everybody else takes it for the text that it is.
    """

    __slots__ = ("text", "values")

    text: str
    values: dict[str, str]

    def __new__(cls, text: str, /, **values: object) -> Self:
        """Fill a text in."""
        filled = {name: one if isinstance(one, cls) else str(one) for name, one in values.items()}
        made = super().__new__(cls, text.format(**filled))
        made.text, made.values = text, filled
        return made

    @classmethod
    def listed(cls, parts: Iterable[str]) -> Self:
        """Say one after the other, a semicolon between."""
        named = {f"part{number}": part for number, part in enumerate(parts)}
        return cls("; ".join(f"{{{name}}}" for name in named), **named)

    def taken_apart(self) -> dict[str, Any]:
        """Give what JSON can hold; a value that was said is taken apart, too."""
        values = {
            name: one.taken_apart() if isinstance(one, Said) else one
            for name, one in self.values.items()
        }
        return {"text": self.text, "values": values}

    @classmethod
    def put_together(cls, apart: dict[str, Any]) -> Self:
        """Say again what was taken apart."""
        values = {
            name: cls.put_together(one) if isinstance(one, dict) else one
            for name, one in apart["values"].items()
        }
        return cls(apart["text"], **values)
