"""How parameters are read out of a landing URL, whatever a redirect or a mail made of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from collector.domain.emails import holds_email
from collector.domain.parameters import (
    MAX_VALUE,
    SHIPPED,
    Parameter,
    ParameterTable,
    clean_value,
    known_parameter,
)
from collector.domain.percent import percent_decode
from collector.domain.remembered import remembered
from collector.domain.sites import Url, registrable_domain, split_url

_SEPARATOR = re.compile(r"([?#]|\\u0026)")
_ENCODED_SIGN = re.compile("%(?:25)?3|%26")
_ENCODED_AMPERSAND = re.compile("(%26)")
_ENCODED_EQUALS = re.compile("%3D", re.IGNORECASE)

_LONGEST_WRITTEN = 12 * MAX_VALUE
"""How long a value can be as written: one character takes four bytes of three characters."""


_MOST_LINKS = 50
_MOST_PAIRS = 1_000
"""How many pairs are looked at: what has more was not written for people."""


class ReadQuery(msgspec.Struct, frozen=True):
    """What one URL carries: its captured parameters in the order they stand in, and the rest.

    `dropped` names click ids whose values could not be kept.
    """

    parameters: dict[str, str]
    rest: str
    dropped: tuple[str, ...] = ()


def read_query(
    url: Url, table: ParameterTable = SHIPPED, *, named_pages: bool = True
) -> ReadQuery:
    """Read a URL's parameters out of its query and its fragment, and say what else is asked.

    The rest is the query without known parameters and without pairs that hold an e-mail address.
    Where there are none, those of a page of the same site that the query names count, unless
    `named_pages` says otherwise.
    """
    found: dict[str, str] = {}
    dropped: list[str] = []
    rest = _take(url.query, found, dropped, table) if url.query else []
    if url.fragment:
        _take(url.fragment, found, dropped, table)
    if named_pages and not found and not dropped and "%" in url.query:
        _take_named_page(url, found, dropped, table)
    lost = tuple(name for name in dropped if name not in found) if dropped else ()
    return ReadQuery(found, "&".join(rest), lost)


def written_pairs(url: Url, table: ParameterTable = SHIPPED) -> Iterator[tuple[str, str]]:
    """Yield each name and value as written, in the order and with the cuts of `read_query`."""
    for pair in _pairs(f"{url.query}&{url.fragment}", table):
        name, _, value = pair.partition("=")
        if pair:
            yield name, value


def _take_named_page(
    url: Url, found: dict[str, str], dropped: list[str], table: ParameterTable
) -> None:
    """Capture what the first page of the same site carries that stands encoded in a query.

    Redirects to a sign-in and back leave a landing page so: `?next=%2Foffer%3Fgclid%3Da`.
    """
    site = registrable_domain(url.host)
    for pair in url.query.split("&", _MOST_LINKS)[:_MOST_LINKS]:
        page = pair.partition("=")[2]
        for _ in range(2 if len(page) <= MAX_VALUE else 0):
            page = percent_decode(page) if "?" not in page else page
        if "?" in page and _site_of(page, url) == site:
            _take(page.partition("?")[2].partition("#")[0], found, dropped, table)
        if found or dropped:
            return


def _site_of(page: str, base: Url) -> str:
    """Name the registrable domain of a page that is written as a link on another."""
    if page.startswith("/"):
        page = f"https:{page}" if page.startswith("//") else f"https://{base.host}{page}"
    url = split_url(page)
    return registrable_domain(url.host) if url else ""


def impersonal_query(query: str, table: ParameterTable = SHIPPED) -> str:
    """Take out of a query what names a person: known parameters and e-mail addresses."""
    return "&".join(pair for pair in query.split("&") if not _names_person(pair, table))


def _names_person(pair: str, table: ParameterTable) -> bool:
    parameter = known_parameter(pair.partition("=")[0], table)
    return holds_email(pair) or (parameter is not None and parameter.names_person)


def _take(
    text: str, found: dict[str, str], dropped: list[str], table: ParameterTable
) -> list[str]:
    """Capture the known parameters of a query or fragment, and give back the rest of its pairs."""
    rest = []
    for pair in _pairs(text, table):
        parameter, value, lost = _read_pair(pair, table)
        if parameter is None:
            if 0 < len(pair) <= MAX_VALUE and not holds_email(pair):
                rest.append(pair)
        elif parameter.name not in found:
            if value:
                found[parameter.name] = value
            elif lost and parameter.name not in dropped:
                dropped.append(parameter.name)
    return rest


class _Pair(NamedTuple):
    """A pair as read: `lost` says that it is a click id which cannot be kept."""

    parameter: Parameter | None
    value: str = ""
    lost: bool = False


@remembered(most=2048, longest=200)
def _read_pair(pair: str, table: ParameterTable) -> _Pair:
    """Read one; all who follow a campaign's link bring the same, but for their click ids."""
    name, _, value = pair.partition("=")
    parameter = known_parameter(name, table)
    if parameter is None or not value or parameter.names_person:
        return _Pair(parameter)
    if not parameter.click_id:
        value = value.replace("+", " ")
    decoded = percent_decode(value) if len(value) <= _LONGEST_WRITTEN else value
    value = clean_value(parameter, decoded)
    return _Pair(parameter, value, not value and parameter.click_id and not decoded.isspace())


def _pairs(text: str, table: ParameterTable) -> list[str]:
    """Split a query or fragment into pairs, wherever a known name begins one."""
    pairs = text.split("&", _MOST_PAIRS)
    del pairs[_MOST_PAIRS:]
    if ("?" in text or "#" in text or "\\" in text) and _few(text, "?", "#", "\\"):
        pairs = [part for pair in pairs for part in _split_at_known_names(pair, _SEPARATOR, table)]
    if "%" in text and _ENCODED_SIGN.search(text) and _few(text, "%3", "%26", "%253"):
        pairs = [part for pair in pairs for part in _split_encoded(pair, table)]
    return pairs


def _few(text: str, *signs: str) -> bool:
    return sum(map(text.count, signs)) <= _MOST_PAIRS


def _split_at_known_names(
    pair: str, separator: re.Pattern[str], table: ParameterTable
) -> Iterator[str]:
    """Split at each separator before a known name and `=`; any other belongs to the value."""
    first, *pieces = separator.split(pair)
    part = [first]
    for found, piece in zip(pieces[::2], pieces[1::2], strict=True):
        encoded = separator is _ENCODED_AMPERSAND and "=" not in piece
        named = _ENCODED_EQUALS.sub("=", piece, count=1) if encoded else piece
        name, equals, _ = named.partition("=")
        if equals and known_parameter(name, table):
            yield "".join(part)
            part = [named]
        else:
            part += (found, piece)
    yield "".join(part)


def _split_encoded(pair: str, table: ParameterTable) -> Iterable[str]:
    """Split where `=` and `&` came encoded before a known name, but never within a click id."""
    name, equals, value = pair.partition("=")
    if not equals or "%3" in name:
        once = pair.replace("%25", "%") if "%25" in pair else pair
        whole = once.replace("%26", "&").replace("%3D", "=").replace("%3d", "=")
        name, equals, _ = whole.partition("=")
        return whole.split("&") if equals and known_parameter(name, table) else [pair]
    parameter = known_parameter(name, table)
    if "%26" not in value or parameter is None or parameter.click_id:
        return [pair]
    return _split_at_known_names(pair, _ENCODED_AMPERSAND, table)
