"""What is wrong with the UTMs of a landing: their names, where they stand, whom they name.

Only names and pages are told, never a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

import msgspec

from collector.domain.emails import without_emails
from collector.domain.glance import page_name
from collector.domain.link import decode_value
from collector.domain.link_names import fault_of_name
from collector.domain.link_values import holds_person
from collector.domain.parameters import ParameterTable, known_parameter
from collector.domain.sites import Url, registrable_domain, split_url
from collector.domain.touch import PageView
from collector.domain.url_parameters import written_pairs

_LONGEST_NAME: Final = 60
_LONGEST_PAGE: Final = 200
_LONGEST_URL: Final = 4_000
_MOST_PAIRS: Final = 12
"""How many UTMs are looked at: there are ten of them."""

Pairs = tuple[tuple[str, str], ...]


class LandingFault(msgspec.Struct, frozen=True, order=True):
    """One fault of one landing, by the linter's code: which parameter, on which page."""

    code: str
    name: str
    page: str


def may_be_faulty(view: PageView) -> bool:
    """Whether a page view is worth a look: something in its address is called UTM."""
    short = len(view.url) <= _LONGEST_URL and len(view.referrer) <= _LONGEST_URL
    return short and "utm" in view.url.casefold()


def landing_faults(view: PageView) -> frozenset[LandingFault]:
    """Find what is wrong with the first UTMs of a page view, each fault once."""
    url = split_url(view.url)
    if url is None:
        return frozenset()
    table = view.tables.parameters
    utms = (pair for pair in written_pairs(url, table) if _is_utm(pair[0], table))
    pairs = tuple(islice(utms, _MOST_PAIRS))
    if not pairs:
        return frozenset()
    faults = _of_pairs(pairs, table)
    page = _page(view.url) if faults else ""
    found = {LandingFault(code, name, page) for code, name in faults}
    inside = _page_inside(view, url, pairs)
    if inside:
        found.add(LandingFault("own_domain", _spelled(pairs[0][0], table), inside))
    return frozenset(found)


@lru_cache(maxsize=256)
def _of_pairs(pairs: Pairs, table: ParameterTable) -> tuple[tuple[str, str], ...]:
    """Give code and name of each fault; all who follow one link come with the same UTMs."""
    return tuple(_faults_of_pairs(pairs, table))


def _faults_of_pairs(pairs: Pairs, table: ParameterTable) -> Iterator[tuple[str, str]]:
    for name, written in pairs:
        code = _fault_of_name(name, table)
        if code:
            yield code, _spelled(name, table) if holds_person(name) else _name(name)
        if _names_person(written):
            yield "personal_data", _spelled(name, table)


def _page_inside(view: PageView, url: Url, pairs: Pairs) -> str:
    """Name the page of the same site that links here with UTMs of its own, if one does.

    One that came with the same UTMs only hands them on, as redirects in the browser do.
    """
    referrer = split_url(view.referrer)
    if referrer is None:
        return ""
    domain = registrable_domain(referrer.host)
    if domain not in view.own_domains and domain != registrable_domain(url.host):
        return ""
    handed_on = set(pairs) <= set(written_pairs(referrer, view.tables.parameters))
    return "" if handed_on else _page(view.referrer)


@lru_cache(maxsize=1024)
def _is_utm(name: str, table: ParameterTable) -> bool:
    return name[:4].casefold() in {"utm_", "utm-"} or _spelled(name, table).startswith("utm_")


@lru_cache(maxsize=1024)
def _fault_of_name(name: str, table: ParameterTable) -> str:
    is_own = known_parameter(name) is None and known_parameter(name, table) is not None
    return "" if is_own else fault_of_name(name)


def _spelled(name: str, table: ParameterTable) -> str:
    """Give a name as the parameter table has it; of one that it has not, only the beginning."""
    parameter = known_parameter(name, table)
    if parameter is not None:
        return parameter.name
    return f"{name[:4]}…" if holds_person(name) else _name(name)


def _name(written: str) -> str:
    return _printable(written)[:_LONGEST_NAME]


def _names_person(written: str) -> bool:
    value = decode_value(written)
    began_with_plus = written[:1] == "+"  # as phone numbers do: nobody wrote a space
    return holds_person(f"+{value.strip()}" if began_with_plus else value)


def _page(url: str) -> str:
    return _printable(without_emails(page_name(url)))[:_LONGEST_PAGE]


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(filter(str.isprintable, text))
