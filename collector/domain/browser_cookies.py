"""Cookies that other scripts keep in the browser, read leniently: a bad one is as good as none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from urllib.parse import unquote

import msgspec

from collector.domain.sites import registrable_domain

_LONGEST = 3_000
_NAMES = frozenset(
    (
        *("_ga", "_fbp", "_fbc", "_gcl_aw", "_uetmsclkid"),
        *("_epik", "li_fat_id", "_ttp", "hubspotutk"),
    )
)
_PREFIXES = ("_ga_", "_gac_")

Values = dict[str, list[str]]
"""The values of cookies by name, each name's in the order they came in."""


class BrowserIds(msgspec.Struct, frozen=True):
    """What the cookies say; None and no click ids where they say nothing usable."""

    ga_client_id: str | None = None
    ga_session_id: str | None = None
    fbp: str | None = None
    fbc: str | None = None
    click_ids: dict[str, str] = {}
    ttp: str | None = None
    hubspotutk: str | None = None


NO_IDS = BrowserIds()

_GA_CLIENT_ID = re.compile(r"(?:.*\.)?(\d{1,20}\.\d{1,20})", re.ASCII | re.DOTALL)
_GA_DEPTH = re.compile(r"GA\d+\.(\d+)", re.ASCII)
_SESSION_ID = re.compile(r"s?(\d{1,20})", re.ASCII)
_FBP = re.compile(r"fb\.\d{1,2}\.\d{1,20}\.\d{1,10}(?:\.(?:[\w-]{8}|[\w-]{2}))?", re.ASCII)
_FBC = re.compile(
    r"fb\.\d{1,2}\.(\d{1,20})\.([\w-]{1,2000})(?:\.(?:[\w-]{8}|[\w-]{2}))?", re.ASCII
)
_FBCLID = re.compile(r"[\w-]{1,2000}", re.ASCII)
_GCLID = re.compile(r"[\w-]{10,2000}", re.ASCII)
_MSCLKID = re.compile(r"(?:_uet)?([0-9a-f]{32})(?:-[01])?", re.ASCII | re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_TTP = re.compile(r"[\w.~-]{8,128}", re.ASCII)
_HUBSPOTUTK = re.compile(r"[0-9a-f]{32}", re.ASCII | re.IGNORECASE)
_EPIK = re.compile(r"[\w~.-]{1,2000}", re.ASCII)


def is_read(name: str) -> bool:
    """Whether anything is read from a cookie of that name: no other is looked at."""
    return name in _NAMES or name.startswith(_PREFIXES)


def read_cookies(cookies: Mapping[str, str] | Iterable[tuple[str, str]], host: str) -> BrowserIds:
    """Read the ids out of a browser's cookies; pairs may repeat a name.

    Of several `_ga` the one of the site's registrable domain counts. Sources: `_ga` second field =
    labels of the cookie's domain; `_fbp` and `_fbc` as in Meta's parameter builder.
    """
    pairs = cookies.items() if isinstance(cookies, Mapping) else cookies
    values: Values = {}
    for name, value in pairs:
        if is_read(name) and len(value) <= _LONGEST:
            values.setdefault(name, []).append(_unquoted(value))
    if not values:
        return NO_IDS
    return BrowserIds(
        ga_client_id=_client_id(values["_ga"], host) if "_ga" in values else None,
        ga_session_id=_session_id(values),
        fbp=_first(_FBP, values, "_fbp"),
        fbc=_first(_FBC, values, "_fbc"),
        click_ids=_click_ids(values),
        ttp=_first(_TTP, values, "_ttp"),
        hubspotutk=_first(_HUBSPOTUTK, values, "hubspotutk"),
    )


def refuses_analytics(said: Mapping[str, str]) -> bool:
    """Whether a page names `_ga` with no client id: its visitor lets nobody read Analytics."""
    named = said.get("_ga", "")
    return named != "" and client_id_of(_unquoted(named)) is None


def allowed_cookies(
    said: Mapping[str, str], came: Iterable[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Join what a page said with the request's cookies: a refusal leaves out all of Analytics'."""
    pairs = [*said.items(), *came]
    if not refuses_analytics(said):
        return pairs
    return [(name, value) for name, value in pairs if name != "_ga" and name[:4] != "_ga_"]


def _unquoted(value: str) -> str:
    return unquote(value) if "%" in value else value


def client_id_of(value: str) -> str | None:
    """Read a GA client id: the last two dot-separated fields, whatever stands before them."""
    match = _GA_CLIENT_ID.fullmatch(value)
    return match[1] if match else None


def session_id_of(value: str) -> str | None:
    """Read a GA session id out of a GS1 (by place) or GS2 (by prefix, in any order) cookie."""
    fields = value.split(".", 2)
    if len(fields) != 3:  # noqa: PLR2004  (version, depth, the rest)
        return None
    by_prefix = "$" in fields[2] or fields[2].startswith("s")
    wanted = (
        (field for field in fields[2].split("$") if field.startswith("s"))
        if by_prefix
        else iter(fields[2].split(".")[:1])
    )
    match = _SESSION_ID.fullmatch(next(wanted, ""))
    return match[1] if match else None


def fbclid_of(fbc: str | None) -> str | None:
    """Read the click id inside an `_fbc`."""
    match = _FBC.fullmatch(fbc or "")
    return match[2] if match else None


def renewed_fbc(fbc: str | None, fbclid: str, at: int, site: str) -> str | None:
    """Make the `_fbc` of a click seen at a time, microseconds UTC, unless a kept one is better.

    One with the same click id is better when it is older, one with another when it is newer. The
    subdomain index is the number of labels of the registrable domain less one.
    """
    if not _FBCLID.fullmatch(fbclid):
        return fbc
    made = f"fb.{site.count('.')}.{at // 1000}.{fbclid}"
    if fbc is None:
        return made
    choose = min if fbclid_of(fbc) == fbclid else max
    return choose(fbc, made, key=_made_at)


def newer_fbc(kept: str | None, seen: str | None) -> str | None:
    """Choose between a kept `_fbc` and the browser's: for one click the latter, else the newer."""
    if kept is None or seen is None or fbclid_of(kept) == fbclid_of(seen):
        return seen or kept
    return max(kept, seen, key=_made_at)


def _made_at(fbc: str) -> int:
    match = _FBC.fullmatch(fbc)
    return int(match[1]) if match else 0


def _client_id(values: list[str], host: str) -> str | None:
    """Prefer the cookie of the registrable domain: that is where GA writes by default."""
    good = [(value, found) for value in values if (found := client_id_of(value))]
    if len(good) > 1:
        labels = registrable_domain(host).count(".") + 1
        good.sort(key=lambda one: _depth(one[0]) != labels)
    return good[0][1] if good else None


def _depth(value: str) -> int | None:
    match = _GA_DEPTH.match(value)
    return int(match[1]) if match else None


def _session_id(values: Values) -> str | None:
    """Take the newest: a session id is the time it began."""
    written = (value for name in values if name[:4] == "_ga_" for value in values[name])
    return max(filter(None, map(session_id_of, written)), key=int, default=None)


def _first(pattern: re.Pattern[str], values: Values, name: str) -> str | None:
    if name not in values:
        return None
    return next((value for value in values[name] if pattern.fullmatch(value)), None)


def _gclid_of(value: str) -> str | None:
    """Read `GCL.<s>.<gclid>`, `1.<s>.<gclid>`, or `<version>.<depth>.k<gclid>$i<s>`."""
    last = value.rpartition(".")[2]
    last = last.partition("$")[0].removeprefix("k") if "$" in last else last
    return last if "." in value and _GCLID.fullmatch(last) else None


def _matched(pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    def read(value: str) -> str | None:
        match = pattern.fullmatch(value)
        return match[match.lastindex or 0] if match else None

    return read


_CLICK_ID_COOKIES: tuple[tuple[str, str, Callable[[str], str | None]], ...] = (
    ("_gcl_aw", "gclid", _gclid_of),
    ("_gac_", "gclid", _gclid_of),
    ("_uetmsclkid", "msclkid", _matched(_MSCLKID)),
    ("li_fat_id", "li_fat_id", _matched(_UUID)),
    ("_epik", "epik", _matched(_EPIK)),
)
"""By how the names begin of the cookies that are read, the better one first."""


def _click_ids(values: Values) -> dict[str, str]:
    found: dict[str, str] = {}
    for cookie, click_id, read in _CLICK_ID_COOKIES:
        for name in values:
            if name.startswith(cookie) and click_id not in found:
                usable = filter(None, map(read, values[name]))
                found.update((click_id, first) for first in islice(usable, 1))
    return found
