"""A campaign link in parts that can be mended and written again, all else as it was written."""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from collector.domain.percent import percent_decode

_SAFE = "-._~!*'():@/{}[]|$,"
"""What may stand in a query value as it is; braces and brackets keep placeholders readable."""


class Link(msgspec.Struct, frozen=True, gc=False):
    """All before the query, its pairs, and what follows the `#`; each as written."""

    head: str
    pairs: tuple[tuple[str, str], ...] = ()
    fragment: str = ""


def split_link(text: str) -> Link:
    """Split an address at its first `#` and its first `?`."""
    before, _, fragment = text.partition("#")
    head, _, query = before.partition("?")
    return Link(head, split_pairs(query), fragment)


def split_pairs(query: str) -> tuple[tuple[str, str], ...]:
    """Split a query into names and values."""
    parts = (pair.partition("=") for pair in query.split("&") if pair)
    return tuple((name, value) for name, _, value in parts)


def render_link(link: Link) -> str:
    """Write the address again."""
    query = "&".join(f"{name}={value}" if value else name for name, value in link.pairs)
    text = f"{link.head}?{query}" if query else link.head
    return f"{text}#{link.fragment}" if link.fragment else text


def decode_value(written: str) -> str:
    """Read a value of a query: `+` is a space, `%XX` is decoded once."""
    return percent_decode(written.replace("+", " ")) if written else written


def encode_value(value: str) -> str:
    """Write a value into a query."""
    return quote(value, safe=_SAFE)
