"""What an installation adds of its own, wherever attribution looks."""

from __future__ import annotations

import pytest

from collector.domain.attribution import choose_touch, is_known, merge, metadata_of
from collector.domain.channels import TABLE_VERSION, classify
from collector.domain.lead_attribution import Evidence, Rules, conclude
from collector.domain.parameters import (
    PARAMETERS,
    SHIPPED,
    Parameter,
    ParameterTable,
    known_parameter,
)
from collector.domain.shrink import shrink
from collector.domain.sites import split_url
from collector.domain.tables import SHIPPED_TABLES, Tables
from collector.domain.times import DAY
from collector.domain.token import TokenSigner
from collector.domain.touch import PageView, Touch, touch_of
from collector.domain.url_parameters import impersonal_query, written_pairs
from tests.unit.domain.views import OWN, START, nobody

PROMO = Parameter("promo")
AWIN = Parameter("zanpid", "awin", "awin", "affiliate", click_id=True)
MAIL = Parameter("crm_mail", names_person=True)
TABLES = Tables([PROMO, AWIN, MAIL], ["pay.test"])
HOME = "https://www.example.com/"


def seen(query: str = "", *, referrer: str = "", at: int = 0, tables: Tables = TABLES) -> Touch:
    return touch_of(
        PageView(
            url=HOME + query, referrer=referrer, at=START + at, own_domains=OWN, tables=tables
        )
    )


def test_an_own_parameter_is_kept_by_the_rules_of_its_kind() -> None:
    found = seen("?PROMO=a+b&zanpid=a+b%2B&crm_mail=x&promo=c&rest=1")
    assert found.parameters == {"promo": "a b", "zanpid": "a+b+"}
    assert found.landing_page == f"{HOME}?rest=1"
    assert seen("?promo=a&zanpid=b", tables=SHIPPED_TABLES).parameters == {}


def test_an_own_click_id_implies_source_and_medium_and_explicit_utms_win() -> None:
    found = seen("?zanpid=1").classification(TABLES)
    assert (found.source, found.medium, found.channel) == ("awin", "affiliate", "Affiliates")
    assert found.reason == "zanpid"
    explicit = seen("?zanpid=1&utm_source=news&utm_medium=email").classification(TABLES)
    assert (explicit.source, explicit.medium, explicit.reason) == ("news", "email", "zanpid")


def test_by_the_shipped_tables_the_same_touch_says_nothing_of_awin() -> None:
    found = seen("?zanpid=1")
    assert found.classification(TABLES).source == "awin"
    assert found.classification().source == "(not set)"
    assert found.classification(TABLES).source == "awin"


def test_the_same_own_click_id_is_never_a_new_touch() -> None:
    known = merge(nobody(), seen("?zanpid=1"), TABLES).attribution
    again = seen("other?zanpid=1&x=2", at=DAY)
    assert merge(known, again, TABLES).reason == "same click id"
    assert merge(known, again).reason.startswith("new touch")
    assert is_known(known, again, TABLES)
    assert not is_known(known, again)


def test_an_own_click_id_is_kept_between() -> None:
    known = nobody()
    for number in range(7):
        query = "?zanpid=1" if number == 1 else f"?utm_id={number}"
        known = merge(known, seen(query, at=number * DAY), TABLES).attribution
    assert [touch.has_click_id(TABLES) for touch in known.touches] == [False, True, *[False] * 3]


def test_an_own_click_id_is_never_cut() -> None:
    known = merge(nobody(), seen(f"?zanpid={'1' * 400}"), TABLES).attribution

    def lengths(tables: Tables) -> set[int]:
        steps = [step.touches[0] for step in shrink(known, tables) if step.touches]
        return {len(touch.parameters.get("zanpid", "")) for touch in steps}

    assert lengths(TABLES) == {400, 0}
    assert lengths(SHIPPED_TABLES) == {400, 255, 0}


def test_a_token_drops_an_own_click_id_whole_and_says_so() -> None:
    signer = TokenSigner(["k" * 32], "_lc", 90 * 86_400, TABLES)
    known = merge(nobody(), seen(f"?zanpid={'1' * 1900}"), TABLES).attribution
    known = merge(known, seen(f"?zanpid={'2' * 1900}", at=DAY), TABLES).attribution
    opened = signer.open(signer.sign(known), START + DAY, OWN)
    assert opened.touches[0].dropped == ("zanpid",)  # type: ignore[union-attr]
    assert opened.touches[0].reason(TABLES) == "zanpid; dropped: zanpid"  # type: ignore[union-attr]


def test_models_and_derived_utms_go_by_the_same_tables() -> None:
    own = Tables([Parameter("zclid", "zed", "zed", "cpc", click_id=True)])
    known = merge(nobody(), seen("?zclid=1", tables=own), own).attribution
    known = merge(known, seen("?utm_medium=email", at=DAY, tables=own), own).attribution
    touch, reason = choose_touch(known, "last_paid", own)
    assert reason == "last_paid: zclid"
    assert choose_touch(known, "last_paid")[1] == "last_paid/last_campaign: utm"
    derived = metadata_of(touch, None, derive_utm=True, tables=own)
    assert derived == {"utm_source": "zed", "utm_medium": "cpc"}


def test_a_hidden_input_named_like_an_own_parameter_counts() -> None:
    evidence = Evidence(at=START, page=HOME, hidden={"zanpid": "1", "crm_mail": "x"})
    found = conclude(evidence, Rules(own_domains=OWN, tables=TABLES))
    assert found.attribution["last"]["parameters"] == {"zanpid": "1"}
    assert conclude(evidence, Rules(own_domains=OWN)).attribution["last"]["parameters"] == {}


@pytest.mark.parametrize(
    ("referrer", "kept"),
    [
        ("https://pay.test/done", ""),
        ("https://www.pay.test/", ""),
        ("https://a.b.pay.test/", ""),
        ("https://notpay.test/", "https://notpay.test/"),
        ("https://pay.test.evil.example/", "https://pay.test.evil.example/"),
        ("https://www.paypal.com/", ""),
        ("https://news.test/?crm_mail=x&a=1", "https://news.test/?a=1"),
    ],
)
def test_an_own_silent_host_sends_nobody_on_label_boundaries(referrer: str, kept: str) -> None:
    assert seen(referrer=referrer).referrer == kept


def test_each_installation_reads_a_referrer_by_its_own_tables() -> None:
    assert seen(referrer="https://pay.test/").is_direct
    assert not seen(referrer="https://pay.test/", tables=SHIPPED_TABLES).is_direct


def test_an_own_row_stands_in_place_of_a_shipped_one_under_its_name() -> None:
    table = ParameterTable([Parameter("GCLID", names_person=True)])
    assert known_parameter("gclid", table) == Parameter("gclid", names_person=True)
    assert "gclid" not in table.click_ids
    assert len(table.by_name) == len(PARAMETERS)
    assert impersonal_query("gclid=1&a=2", table) == "a=2"


def test_own_rows_stand_behind_the_shipped_ones() -> None:
    found = classify({"zanpid": "1", "msclkid": "2"}, table=TABLES.parameters)
    assert (found.source, found.reason) == ("bing", "msclkid")


def test_the_version_tells_own_rows_whatever_their_order() -> None:
    assert SHIPPED_TABLES.version == Tables().version == TABLE_VERSION
    assert TABLES.version.startswith(f"{TABLE_VERSION}+")
    hosts = ["a.test", "b.test"]
    assert Tables([], hosts).version == Tables([], hosts[::-1]).version
    assert len({TABLES.version, Tables([PROMO]).version, Tables([], hosts).version}) == 3
    assert Tables().parameters is SHIPPED


def test_pairs_are_told_as_written_where_reading_cuts_them() -> None:
    url = split_url(f"{HOME}?a=1?zanpid=2&amp;promo=3&&b#/x?gclid=4")
    assert url is not None
    assert list(written_pairs(url, TABLES.parameters)) == [
        ("a", "1"),
        ("zanpid", "2"),
        ("amp;promo", "3"),
        ("b", ""),
        ("/x", ""),
        ("gclid", "4"),
    ]
