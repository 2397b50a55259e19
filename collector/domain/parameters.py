"""Query parameters worth keeping, as data, and how their names and values are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

import msgspec

from collector.domain.emails import without_emails
from collector.domain.percent import percent_decode

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
_ESCAPED_AMPERSAND = re.compile("(?:(?:amp|0*38|x0*26);)+")
"""What is left before a name of an `&` that was written as HTML, once or more often."""
_LONGEST_NAME = 64


def known_parameter(name: str, table: ParameterTable = SHIPPED) -> Parameter | None:
    """Find a parameter by a name as written: any case, percent-encoded, `amp;`, brackets."""
    return _known_parameter(name, table) if len(name) <= _LONGEST_NAME else None


@lru_cache(maxsize=4096)
def _known_parameter(name: str, table: ParameterTable) -> Parameter | None:
    name = percent_decode(percent_decode(name)).lower().strip(" \t+/!?#")
    if ";" in name:
        name = _ESCAPED_AMPERSAND.sub("", name, count=1)
    name = name.partition("[")[0]
    return table.by_name.get(name) or _OWN_NAMES.get(name)


def clean_value(parameter: Parameter, value: str) -> str:
    """Clean a decoded value by its parameter's rules; empty means there is nothing to keep."""
    if not value.isprintable() and _CONTROL.search(value):
        value = "" if parameter.click_id else _CONTROL.sub("", value)
    if parameter.name.startswith("utm_"):
        value = without_emails(value)
    return "" if value.isspace() or len(value) > MAX_VALUE else value
