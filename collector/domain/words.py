"""The words a lead is found by: what people type into a search, and what narrows a list.

A search word is plain and is found by its beginning, with accents or without; a phone number
stands backwards, so that its end is its beginning whatever country code was written. A facet word
is a fingerprint of a capture and a value, so that a list of one capture reads no other's.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Final
from unicodedata import combining, normalize

from collector.domain.glance import Contact, Glance

MOST_TOKENS: Final = 8
LONGEST: Final = 64
FACETS: Final = ("campaign", "page", "click", "channel")
"""What narrows a list by a word, those first of which few leads have the same."""

_PHONE: Final = re.compile(r"[+\d][\d\s()/.-]{4,}")
_LEAST_DIGITS: Final = 5
_PHONE_SIGN: Final = "~"
_FACET_SIGN: Final = "#"
_PART: Final = re.compile(r"\w+")
_WRITTEN_OUT: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def search_words(
    lead: Contact, metadata: Mapping[str, str], click_ids: Mapping[str, str], own: str
) -> frozenset[str]:
    """Name the words that a lead is searched by; `own` is its sender's id of it."""
    texts = [own, *click_ids.values(), *(metadata.get(one, "") for one in ("gclid", "fbclid"))]
    mail = _plain(lead.email)
    words = [*map(_plain, texts), mail, mail.rpartition("@")[2], _backwards(lead.phone)]
    for text in (lead.name, lead.company):
        words += _PART.findall(_plain(text))
    found = (one for word in words if len(word) > 1 for one in spellings(word))
    return frozenset(word[:LONGEST] for word in found)


def spellings(word: str) -> tuple[str, ...]:
    """Give a word as it is, without its accents, and with umlauts written out: each once."""
    if word.isascii():
        return (word,)
    bare = "".join(sign for sign in normalize("NFKD", word) if not combining(sign))
    return tuple(dict.fromkeys((word, normalize("NFC", bare), word.translate(_WRITTEN_OUT))))


def facet_words(lead: Glance) -> Iterator[str]:
    """Name the words of a lead's facets."""
    values = {"campaign": (lead.campaign,), "page": (lead.page,), "channel": (lead.channel,)}
    for facet, found in (values | {"click": lead.click_ids}).items():
        for value in filter(None, found):
            yield facet_word(lead.source_id, facet, value)


def facet_word(source_id: str, facet: str, value: str) -> str:
    """Name the word under which the leads of a capture stand that have a facet's value."""
    digest = blake2b(f"{source_id}\n{facet}\n{value}".encode(), digest_size=9).digest()
    return _FACET_SIGN + urlsafe_b64encode(digest).decode()


def parse_search(text: str) -> tuple[str, ...]:
    """Read a search as beginnings of words, each of which a lead must have."""
    whole = text.strip()
    if _PHONE.fullmatch(whole) and (digits := _backwards(whole)):
        return (digits,)
    tokens = (_plain(part).lstrip(_FACET_SIGN)[:LONGEST] for part in whole.split())
    return tuple(dict.fromkeys(filter(None, tokens)))[:MOST_TOKENS]


def parts_of(token: str) -> list[str]:
    """Take a token apart as names are: `meyer-landrut` are two words."""
    return [] if token.startswith(_PHONE_SIGN) else _PART.findall(token)


def matches(tokens: tuple[str, ...], words: frozenset[str]) -> bool:
    """Whether each token, or each of its parts, begins one of the words."""
    return all(_begins(token, words) or _parts_begin(token, words) for token in tokens)


def _begins(token: str, words: frozenset[str]) -> bool:
    written = spellings(token)
    return any(word.startswith(written) for word in words)


def _parts_begin(token: str, words: frozenset[str]) -> bool:
    parts = parts_of(token)
    return bool(parts) and all(_begins(part, words) for part in parts)


def _plain(text: str) -> str:
    return normalize("NFKC", text).casefold().strip()


def _backwards(phone: str) -> str:
    """Write a phone number's digits from the end, without zeros that only dial; else empty."""
    digits = re.sub(r"[^0-9]", "", phone).lstrip("0")
    return _PHONE_SIGN + digits[::-1] if len(digits) >= _LEAST_DIGITS else ""
