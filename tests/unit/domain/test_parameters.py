from __future__ import annotations

import pytest

from collector.domain.parameters import (
    BY_NAME,
    CLICK_IDS,
    PARAMETERS,
    clean_value,
    known_parameter,
)
from collector.domain.sites import Url, split_url
from collector.domain.url_parameters import read_query


def page(rest: str) -> Url:
    url = split_url(f"https://www.example.com/{rest}")
    assert url is not None
    return url


CAMPAIGN = [  # https://support.google.com/analytics/answer/10917952: GA4's nine, utm_keyword, HubSpot's, Mailchimp's
    *("utm_id", "utm_source", "utm_medium", "utm_campaign", "utm_source_platform", "utm_term"),
    *("utm_content", "utm_creative_format", "utm_marketing_tactic", "utm_keyword"),
    *("hsa_acc", "hsa_cam", "hsa_grp", "hsa_ad", "hsa_src", "hsa_tgt", "hsa_kw", "hsa_mt"),
    *("hsa_net", "hsa_ver", "mc_cid"),
    *("gclsrc", "gad_source", "gad_campaignid", "mtm_cid", "pk_cid", "s_cid", "_openstat"),
]
IDS = [  # as the networks document them, each beside its row in the table
    *("gclid", "gbraid", "wbraid", "dclid", "srsltid", "fbclid", "msclkid", "ttclid"),
    *("li_fat_id", "twclid", "rdt_cid", "epik", "ScCid", "qclid", "irclid", "irclickid"),
    *("igshid", "yclid", "ysclid", "ymclid", "rb_clickid", "oppref"),
    *("awc", "cjevent", "tblci", "dicbo", "ob_click_id"),  # Awin, CJ, Taboola, Outbrain
]
PERSONS = [  # they name the recipient of an e-mail: browsers strip them
    *("mc_eid", "mkt_tok", "vero_id", "ml_subscriber", "_kx", "_hsenc", "__s", "oly_enc_id"),
]


@pytest.mark.parametrize("name", [*CAMPAIGN, *IDS])
def test_every_known_parameter_is_captured_under_its_own_name(name: str) -> None:
    assert read_query(page(f"?{name}=Value-1")).parameters == {name: "Value-1"}
    assert read_query(page(f"?{name.upper()}=Value-1")).parameters == {name: "Value-1"}


@pytest.mark.parametrize("name", PERSONS)
def test_what_names_a_person_is_never_captured(name: str) -> None:
    read = read_query(page(f"?a=1&{name}=Value-1&b=2"))
    assert read.parameters == {}
    assert read.rest == "a=1&b=2"


def test_the_table_knows_click_ids_from_campaign_parameters() -> None:
    assert set(IDS) == CLICK_IDS
    assert not CLICK_IDS & set(CAMPAIGN)
    assert len(BY_NAME) == len(PARAMETERS), "a name stands in the table once"


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("gclid", "a\ud800", ""),
        ("utm_source", "a\ud800", "a"),
        ("gclid", "a%2Bb", "a%2Bb"),
        ("hsa_kw", "someone@example.com", "someone@example.com"),
    ],
)
def test_a_decoded_value_is_cleaned_by_its_parameters_rules(
    name: str, value: str, kept: str
) -> None:
    assert clean_value(BY_NAME[name], value) == kept


def test_a_name_that_is_too_long_is_unknown() -> None:
    assert known_parameter("amp;" * 20 + "gclid") is None
    assert known_parameter("amp;" * 3 + "gclid") is BY_NAME["gclid"]
