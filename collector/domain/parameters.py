"""Query parameters worth keeping, as data, and how they are read out of a landing URL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from collector.domain.emails import holds_email, without_emails
from collector.domain.percent import percent_decode
from collector.domain.sites import Url, registrable_domain, split_url

MAX_VALUE = 2_000
"""The longest value that is kept, in characters."""


class Parameter(msgspec.Struct, frozen=True):
    """A known parameter: its name as rendered, whose it is and what it says of a page view.

    `source` and `medium` are implied where UTMs are missing. A click id names one click and is
    byte-exact. One that names a person is never kept.
    """

    name: str
    network: str = ""
    source: str = ""
    medium: str = ""
    click_id: bool = False
    names_person: bool = False

    @property
    def paid(self) -> bool:
        """Whether it stands for a paid click; some ids mark every link, shared ones too."""
        return self.medium in _PAID_MEDIUMS


_PAID_MEDIUMS = frozenset({"cpc", "display", "paid social"})


def _click(name: str, network: str, source: str = "", medium: str = "") -> Parameter:
    return Parameter(name, network, source, medium, click_id=True)


_CAMPAIGN_NAMES = (
    "utm_id utm_source utm_medium utm_campaign utm_source_platform utm_term utm_content"
    " utm_creative_format utm_marketing_tactic utm_keyword"
    " hsa_acc hsa_cam hsa_grp hsa_ad hsa_src hsa_tgt hsa_kw hsa_mt hsa_net hsa_ver"
    " gclsrc mtm_cid pk_cid s_cid _openstat"
)
_PERSON_NAMES = (
    "mc_eid mkt_tok vero_id vero_conv ml_subscriber ml_subscriber_hash _kx _hsenc __hstc __hssc"
    " __hsfp __s oly_anon_id oly_enc_id et_rid ss_email_id vgo_ee wickedid bsft_uid"
    " at_recipient_id at_recipient_list"
)

PARAMETERS: tuple[Parameter, ...] = (
    _click("gclid", "google", "google", "cpc"),
    _click("wbraid", "google", "google", "cpc"),
    _click("gbraid", "google", "google", "cpc"),
    _click("dclid", "google", "google", "display"),
    _click("msclkid", "microsoft", "bing", "cpc"),
    _click("ttclid", "tiktok", "tiktok", "paid social"),
    _click("li_fat_id", "linkedin", "linkedin", "paid social"),
    _click("twclid", "twitter", "twitter", "paid social"),
    _click("rdt_cid", "reddit", "reddit", "paid social"),
    _click("epik", "pinterest", "pinterest", "paid social"),
    _click("ScCid", "snapchat", "snapchat", "paid social"),
    _click("qclid", "quora", "quora", "paid social"),
    _click("yclid", "yandex", "yandex", "cpc"),
    _click("ymclid", "yandex", "yandex", "cpc"),
    _click("oppref", "openai", "chatgpt.com", "cpc"),
    _click("irclickid", "impact", "impact", "affiliate"),
    _click("irclid", "impact", "impact", "affiliate"),
    _click("awc", "awin", "awin", "affiliate"),
    _click("cjevent", "cj", "cj", "affiliate"),
    _click("tblci", "taboola", "taboola", "cpc"),
    _click("dicbo", "outbrain", "outbrain", "cpc"),
    _click("ob_click_id", "outbrain", "outbrain", "cpc"),
    _click("ysclid", "yandex", "yandex", "organic"),
    _click("fbclid", "meta", "facebook", "social"),
    _click("igshid", "meta", "instagram", "social"),
    _click("srsltid", "google"),
    _click("rb_clickid", ""),
    Parameter("gad_campaignid", "google", "google", "cpc"),
    Parameter("gad_source", "google", "google", "cpc"),
    Parameter("mc_cid", "mailchimp", "mailchimp", "email"),
    *(Parameter(name) for name in _CAMPAIGN_NAMES.split()),
    *(Parameter(name, names_person=True) for name in _PERSON_NAMES.split()),
)
"""The table; of one network's parameters in a URL the one that stands first here speaks."""

BY_NAME = {parameter.name.lower(): parameter for parameter in PARAMETERS}
CLICK_IDS = frozenset(parameter.name for parameter in PARAMETERS if parameter.click_id)
_OWN_NAMES = {"_check": Parameter("_check", names_person=True)}
"""Names that are ours alone: they never stay in a kept URL either."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SEPARATOR = re.compile(r"([?#]|\\u0026)")
_ENCODED_SIGN = re.compile("%(?:25)?3|%26")
_ENCODED_AMPERSAND = re.compile("(%26)")
_ENCODED_EQUALS = re.compile("%3D", re.IGNORECASE)
_ESCAPED_AMPERSAND = re.compile("(?:(?:amp|0*38|x0*26);)+")
"""What is left before a name of an `&` that was written as HTML, once or more often."""

_LONGEST_NAME = 64
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


def known_parameter(name: str) -> Parameter | None:
    """Find a parameter by a name as written: any case, percent-encoded, `amp;`, brackets."""
    return _known_parameter(name) if len(name) <= _LONGEST_NAME else None


@lru_cache(maxsize=4096)
def _known_parameter(name: str) -> Parameter | None:
    name = percent_decode(percent_decode(name)).lower().strip(" \t+/!?#")
    if ";" in name:
        name = _ESCAPED_AMPERSAND.sub("", name, count=1)
    name = name.partition("[")[0]
    return BY_NAME.get(name) or _OWN_NAMES.get(name)


def clean_value(parameter: Parameter, value: str) -> str:
    """Clean a decoded value by its parameter's rules; empty means there is nothing to keep."""
    if not value.isprintable() and _CONTROL.search(value):
        value = "" if parameter.click_id else _CONTROL.sub("", value)
    if parameter.name.startswith("utm_"):
        value = without_emails(value)
    return "" if value.isspace() or len(value) > MAX_VALUE else value


def read_query(url: Url) -> ReadQuery:
    """Read a URL's parameters out of its query and its fragment, and say what else is asked.

    The rest is the query without known parameters and without pairs that hold an e-mail address.
    Where there are none, those of a page of the same site that the query names count.
    """
    found: dict[str, str] = {}
    dropped: list[str] = []
    rest = _take(url.query, found, dropped) if url.query else []
    if url.fragment:
        _take(url.fragment, found, dropped)
    if not found and not dropped and "%" in url.query:
        _take_named_page(url, found, dropped)
    lost = tuple(name for name in dropped if name not in found) if dropped else ()
    return ReadQuery(found, "&".join(rest), lost)


def captured_parameters(url: Url) -> dict[str, str]:
    """Read the parameters worth keeping out of a URL, in the order they stand in."""
    return read_query(url).parameters if url.query or url.fragment else {}


def _take_named_page(url: Url, found: dict[str, str], dropped: list[str]) -> None:
    """Capture what the first page of the same site carries that stands encoded in a query.

    Redirects to a sign-in and back leave a landing page so: `?next=%2Foffer%3Fgclid%3Da`.
    """
    site = registrable_domain(url.host)
    for pair in url.query.split("&", _MOST_LINKS)[:_MOST_LINKS]:
        page = pair.partition("=")[2]
        for _ in range(2 if len(page) <= MAX_VALUE else 0):
            page = percent_decode(page) if "?" not in page else page
        if "?" in page and _site_of(page, url) == site:
            _take(page.partition("?")[2].partition("#")[0], found, dropped)
        if found or dropped:
            return


def _site_of(page: str, base: Url) -> str:
    """Name the registrable domain of a page that is written as a link on another."""
    if page.startswith("/"):
        page = f"https:{page}" if page.startswith("//") else f"https://{base.host}{page}"
    url = split_url(page)
    return registrable_domain(url.host) if url else ""


def impersonal_query(query: str) -> str:
    """Take out of a query what names a person: known parameters and e-mail addresses."""
    return "&".join(pair for pair in query.split("&") if not _names_person(pair))


def _names_person(pair: str) -> bool:
    parameter = known_parameter(pair.partition("=")[0])
    return holds_email(pair) or (parameter is not None and parameter.names_person)


def _take(text: str, found: dict[str, str], dropped: list[str]) -> list[str]:
    """Capture the known parameters of a query or fragment, and give back the rest of its pairs."""
    rest = []
    for pair in _pairs(text):
        name, _, value = pair.partition("=")
        parameter = known_parameter(name)
        if parameter is not None:
            _capture(found, dropped, parameter, value)
        elif 0 < len(pair) <= MAX_VALUE and not holds_email(pair):
            rest.append(pair)
    return rest


def _capture(found: dict[str, str], dropped: list[str], parameter: Parameter, value: str) -> None:
    if not value or parameter.names_person or parameter.name in found:
        return
    if not parameter.click_id:
        value = value.replace("+", " ")
    decoded = percent_decode(value) if len(value) <= _LONGEST_WRITTEN else value
    value = clean_value(parameter, decoded)
    if value:
        found[parameter.name] = value
    elif parameter.click_id and not decoded.isspace() and parameter.name not in dropped:
        dropped.append(parameter.name)


def _pairs(text: str) -> list[str]:
    """Split a query or fragment into pairs, wherever a known name begins one."""
    pairs = text.split("&", _MOST_PAIRS)
    del pairs[_MOST_PAIRS:]
    if ("?" in text or "#" in text or "\\" in text) and _few(text, "?", "#", "\\"):
        pairs = [part for pair in pairs for part in _split_at_known_names(pair, _SEPARATOR)]
    if "%" in text and _ENCODED_SIGN.search(text) and _few(text, "%3", "%26", "%253"):
        pairs = [part for pair in pairs for part in _split_encoded(pair)]
    return pairs


def _few(text: str, *signs: str) -> bool:
    return sum(map(text.count, signs)) <= _MOST_PAIRS


def _split_at_known_names(pair: str, separator: re.Pattern[str]) -> Iterator[str]:
    """Split at each separator before a known name and `=`; any other belongs to the value."""
    first, *pieces = separator.split(pair)
    part = [first]
    for found, piece in zip(pieces[::2], pieces[1::2], strict=True):
        encoded = separator is _ENCODED_AMPERSAND and "=" not in piece
        named = _ENCODED_EQUALS.sub("=", piece, count=1) if encoded else piece
        name, equals, _ = named.partition("=")
        if equals and known_parameter(name):
            yield "".join(part)
            part = [named]
        else:
            part += (found, piece)
    yield "".join(part)


def _split_encoded(pair: str) -> Iterable[str]:
    """Split where `=` and `&` came encoded before a known name, but never within a click id."""
    name, equals, value = pair.partition("=")
    if not equals or "%3" in name:
        once = pair.replace("%25", "%") if "%25" in pair else pair
        whole = once.replace("%26", "&").replace("%3D", "=").replace("%3d", "=")
        name, equals, _ = whole.partition("=")
        return whole.split("&") if equals and known_parameter(name) else [pair]
    parameter = known_parameter(name)
    if "%26" not in value or parameter is None or parameter.click_id:
        return [pair]
    return _split_at_known_names(pair, _ENCODED_AMPERSAND)
