"""Cookies that other scripts keep in the browser, read leniently: a bad one is as good as none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
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
    usable = [
        (name, unquote(value)) for name, value in pairs if is_read(name) and len(value) <= _LONGEST
    ]
    if not usable:
        return NO_IDS
    return BrowserIds(
        ga_client_id=_client_id([value for name, value in usable if name == "_ga"], host),
        ga_session_id=_session_id([value for name, value in usable if name.startswith("_ga_")]),
        fbp=_first(_FBP, usable, "_fbp"),
        fbc=_first(_FBC, usable, "_fbc"),
        click_ids=_click_ids(usable),
        ttp=_first(_TTP, usable, "_ttp"),
        hubspotutk=_first(_HUBSPOTUTK, usable, "hubspotutk"),
    )


def refuses_analytics(said: Mapping[str, str]) -> bool:
    """Whether a page names `_ga` with no client id: its visitor lets nobody read Analytics."""
    named = said.get("_ga", "")
    return named != "" and client_id_of(unquote(named)) is None


def allowed_cookies(
    said: Mapping[str, str], came: Iterable[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Join what a page said with the request's cookies: a refusal leaves out all of Analytics'."""
    pairs = [*said.items(), *came]
    if not refuses_analytics(said):
        return pairs
    return [(name, value) for name, value in pairs if name != "_ga" and name[:4] != "_ga_"]


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
    labels = registrable_domain(host).count(".") + 1
    good = [value for value in values if client_id_of(value)]
    best = next((value for value in good if _depth(value) == labels), good[0] if good else "")
    return client_id_of(best)


def _depth(value: str) -> int | None:
    match = _GA_DEPTH.match(value)
    return int(match[1]) if match else None


def _session_id(values: list[str]) -> str | None:
    """Take the newest: a session id is the time it began."""
    return max(filter(None, map(session_id_of, values)), key=int, default=None)


def _first(pattern: re.Pattern[str], pairs: list[tuple[str, str]], wanted: str) -> str | None:
    values = (value for name, value in pairs if name == wanted)
    return next((value for value in values if pattern.fullmatch(value)), None)


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


_CLICK_ID_COOKIES: tuple[tuple[re.Pattern[str], str, Callable[[str], str | None]], ...] = (
    (re.compile("_gcl_aw"), "gclid", _gclid_of),
    (re.compile("_gac_.+"), "gclid", _gclid_of),
    (re.compile("_uetmsclkid"), "msclkid", _matched(_MSCLKID)),
    (re.compile("li_fat_id"), "li_fat_id", _matched(_UUID)),
    (re.compile("_epik"), "epik", _matched(_EPIK)),
)


def _click_ids(pairs: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for cookie, click_id, read in _CLICK_ID_COOKIES:
        for name, value in pairs:
            if cookie.fullmatch(name) and click_id not in found and (text := read(value)):
                found[click_id] = text
    return found
