"""What the code says to people: a text that pages can look up, and what is filled into it."""

from __future__ import annotations

import msgspec


class Said(msgspec.Struct, frozen=True):
    """A text with `{…}` in it, and what stands there; the text itself never holds a value.

    So a page looks the text up in its own language before it is filled in.
    """

    text: str
    values: dict[str, str] = {}

    def __str__(self) -> str:
        return self.text.format(**self.values)
