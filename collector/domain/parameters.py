"""Query parameters worth keeping, as data, and how they are read out of a landing URL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

import msgspec

from collector.domain.emails import holds_email, without_emails
from collector.domain.percent import percent_decode
from collector.domain.sites import Url

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

_OWN_NAMES = {"_check": Parameter("_check", names_person=True)}
"""Names that are ours alone: they never stay in a kept URL either."""


class ParameterTable:
    """The parameters an installation knows, looked up by name; made once, never changed.

    `own` are the installation's rows: they stand behind the shipped ones, and one that has the
    name of a shipped row stands in its place.
    """

    __slots__ = ("by_name", "click_ids", "implying", "rank")

    by_name: Mapping[str, Parameter]
    click_ids: frozenset[str]
    implying: Mapping[str, Parameter]
    rank: Mapping[str, int]

    def __init__(self, own: Iterable[Parameter] = ()) -> None:
        rows = {parameter.name.lower(): parameter for parameter in PARAMETERS}
        for row in own:
            name = rows.get(row.name.lower(), row).name
            rows[name.lower()] = msgspec.structs.replace(row, name=name)
        implying = {row.name: row for row in rows.values() if row.source}
        self.by_name = MappingProxyType(rows)
        self.click_ids = frozenset(row.name for row in rows.values() if row.click_id)
        self.implying = MappingProxyType(implying)
        self.rank = MappingProxyType({name: rank for rank, name in enumerate(implying)})


SHIPPED = ParameterTable()
"""The table without rows of an installation's own."""

BY_NAME = SHIPPED.by_name
CLICK_IDS = SHIPPED.click_ids

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SEPARATOR = re.compile("([?#])")
_ENCODED_PAIR = re.compile("%26|%3D", re.IGNORECASE)
_LONGEST_NAME = 64
_PREFIX = "amp;"


class ReadQuery(msgspec.Struct, frozen=True):
    """What one URL carries: its captured parameters in the order they stand in, and the rest."""

    parameters: dict[str, str]
    rest: str


def known_parameter(name: str, table: ParameterTable = SHIPPED) -> Parameter | None:
    """Find a parameter by a name as written: any case, percent-encoded, `amp;`, brackets."""
    return _known_parameter(name, table) if len(name) <= _LONGEST_NAME else None


@lru_cache(maxsize=4096)
def _known_parameter(name: str, table: ParameterTable) -> Parameter | None:
    name = percent_decode(percent_decode(name)).lower().strip(" \t+/!?#")
    while name.startswith(_PREFIX):
        name = name.removeprefix(_PREFIX)
    name = name.partition("[")[0]
    return table.by_name.get(name) or _OWN_NAMES.get(name)


def clean_value(parameter: Parameter, value: str) -> str:
    """Clean a decoded value by its parameter's rules; empty means there is nothing to keep."""
    if not value.isprintable() and _CONTROL.search(value):
        value = "" if parameter.click_id else _CONTROL.sub("", value)
    if parameter.name.startswith("utm_"):
        value = without_emails(value)
    return "" if value.isspace() or len(value) > MAX_VALUE else value


def read_query(url: Url, table: ParameterTable = SHIPPED) -> ReadQuery:
    """Read a URL's parameters out of its query and its fragment, and say what else is asked.

    The rest is the query without known parameters and without pairs that hold an e-mail address.
    """
    found: dict[str, str] = {}
    rest = []
    for pair in _pairs(url.query, table) if url.query else ():
        name, _, value = pair.partition("=")
        parameter = known_parameter(name, table)
        if parameter is not None:
            _capture(found, parameter, value)
        elif pair and not holds_email(pair):
            rest.append(pair)
    for pair in _pairs(url.fragment, table) if url.fragment else ():
        name, _, value = pair.partition("=")
        parameter = known_parameter(name, table)
        if parameter is not None:
            _capture(found, parameter, value)
    return ReadQuery(found, "&".join(rest))


def written_pairs(url: Url, table: ParameterTable = SHIPPED) -> Iterator[tuple[str, str]]:
    """Yield each name and value as written, in the order and with the cuts of `read_query`."""
    for pair in _pairs(f"{url.query}&{url.fragment}", table):
        name, _, value = pair.partition("=")
        if pair:
            yield name, value


def captured_parameters(url: Url) -> dict[str, str]:
    """Read the parameters worth keeping out of a URL, in the order they stand in."""
    return read_query(url).parameters if url.query or url.fragment else {}


def impersonal_query(query: str, table: ParameterTable = SHIPPED) -> str:
    """Take out of a query what names a person: known parameters and e-mail addresses."""
    return "&".join(pair for pair in query.split("&") if not _names_person(pair, table))


def _names_person(pair: str, table: ParameterTable) -> bool:
    parameter = known_parameter(pair.partition("=")[0], table)
    return holds_email(pair) or (parameter is not None and parameter.names_person)


def _capture(found: dict[str, str], parameter: Parameter, value: str) -> None:
    if not value or parameter.names_person or parameter.name in found:
        return
    if not parameter.click_id:
        value = value.replace("+", " ")
    value = clean_value(parameter, percent_decode(value))
    if value:
        found[parameter.name] = value


def _pairs(text: str, table: ParameterTable) -> list[str]:
    """Split a query or fragment into pairs, wherever a known name begins one."""
    pairs = text.split("&")
    if "?" in text or "#" in text:
        pairs = [part for pair in pairs for part in _split_at_known_names(pair, table)]
    if "%3" in text:
        pairs = [part for pair in pairs for part in _split_encoded(pair, table)]
    return pairs


def _split_at_known_names(pair: str, table: ParameterTable) -> Iterator[str]:
    """Split at each `?` or `#` before a known name and `=`; any other belongs to the value."""
    first, *pieces = _SEPARATOR.split(pair)
    part = [first]
    for separator, piece in zip(pieces[::2], pieces[1::2], strict=True):
        name, equals, _ = piece.partition("=")
        if equals and known_parameter(name, table):
            yield "".join(part)
            part = [piece]
        else:
            part += (separator, piece)
    yield "".join(part)


def _split_encoded(pair: str, table: ParameterTable) -> list[str]:
    """Split a pair whose own `=` and `&` came encoded, when it begins with a known name."""
    name, equals, _ = _ENCODED_PAIR.sub(_decode_separator, pair).partition("=")
    if "=" in pair or not equals or known_parameter(name, table) is None:
        return [pair]
    return _ENCODED_PAIR.sub(_decode_separator, pair).split("&")


def _decode_separator(match: re.Match[str]) -> str:
    return percent_decode(match.group())
