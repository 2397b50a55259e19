"""The shape of a campaign link: separators, fragments, spaces, scheme; found and mended."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from collector.domain.link import Link, render_link, split_link, split_pairs
from collector.domain.link_findings import Finding, finding
from collector.domain.parameters import known_parameter

_NAMES: Final = r"utm_[a-z_]+|gclid|gbraid|wbraid|fbclid|msclkid|ttclid|li_fat_id|dclid|mc_[ce]id"
_NAMED: Final = re.compile(rf"(?:{_NAMES})=", re.IGNORECASE)
_ENCODED: Final = re.compile(
    rf"(?:(?<=[?&])|%(?:25)*(?:3f|26))({_NAMES})%(?:25)*3d|%(?:25)*(?:3f|26)({_NAMES})=",
    re.IGNORECASE,
)
_SPACE: Final = re.compile(r"\s")
_NESTED: Final = re.compile(r"(?:https?)?(?::|%3a)?(?:/|%2f){1,2}", re.IGNORECASE)
"""How a value begins that is an address itself: its own separators must be encoded."""

Found = list[Finding]


def mend_shape(text: str, found: Found) -> Link:
    """Mend an address until it splits into its parts, noting each fault."""
    for mend in _MENDING:
        text = mend(text, found)
    return _query_first(split_link(text), found)


def _spaces(text: str, found: Found) -> str:
    if not _SPACE.search(text):
        return text
    found.append(finding("space_in_link", text))
    return "%20".join(text.split())


def _html(text: str, found: Found) -> str:
    if "&amp;" not in text:
        return text
    found.append(finding("html_escape", "&amp;"))
    while "&amp;" in text:
        text = text.replace("&amp;", "&")
    return text


def _scheme(text: str, found: Found) -> str:
    if text[:7].lower() != "http://":
        return text
    found.append(finding("http", "http://"))
    return f"https://{text[7:]}"


def _encoded(text: str, found: Found) -> str:
    """Write separators plain that stand encoded before a known name, but not in nested links."""
    if "%" not in text or not _ENCODED.search(text):
        return text
    before, sharp, fragment = text.partition("#")
    parts = before.split("&")
    mended = [part if _is_nested(part) else _ENCODED.sub(_plain, part) for part in parts]
    plain = "&".join(mended).replace("?&", "?")
    if plain != before:
        found.append(finding("encoded_separator", before))
    if "?" not in plain:
        plain = plain.replace("&", "?", 1)
    return plain + sharp + fragment


def _is_nested(pair: str) -> bool:
    name, equals, value = pair.rpartition("?")[2].partition("=")
    return bool(equals and "%" not in name and _NESTED.match(value))


def _plain(match: re.Match[str]) -> str:
    joint = "&" if match.group().startswith("%") else ""
    return f"{joint}{match.group(1) or match.group(2)}="


def _questions(text: str, found: Found) -> str:
    """Have one `?`, and have it where the first parameter stands."""
    before, sharp, fragment = text.partition("#")
    head, question, query = before.partition("?")
    if not question and "&" in head and _NAMED.match(head.partition("&")[2]):
        found.append(finding("missing_question", before))
        head, _, query = head.partition("&")
    elif "?" in query and any(_NAMED.match(part) for part in query.split("?")):
        found.append(finding("double_question", query))
        query = re.sub(rf"\?+(?=(?:{_NAMES})=)", "&", query, flags=re.IGNORECASE).lstrip("&")
    else:
        return text
    return f"{head}?{query}{sharp}{fragment}"


_MENDING: Final[tuple[Callable[[str, Found], str], ...]] = (
    _spaces,
    _html,
    _scheme,
    _encoded,
    _questions,
)


def _query_first(link: Link, found: Found) -> Link:
    """Move parameters that stand behind the `#` to the query."""
    if "=" not in link.fragment:
        return link
    place, _, query = link.fragment.partition("?")
    if not query:
        place, query = ("", place) if _NAMED.match(place) else place.partition("&")[::2]
    pairs = split_pairs(query)
    if not any(known_parameter(name) for name, _ in pairs):
        return link
    found.append(finding("fragment_before_query", f"#{link.fragment}"))
    return split_link(render_link(Link(link.head, link.pairs + pairs, place)))
