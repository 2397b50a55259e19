from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.domain.attribution import Attribution, merge, new_attribution, with_ids
from collector.domain.browser_cookies import BrowserIds
from collector.domain.channels import TABLE_VERSION
from collector.domain.consent import Consent
from collector.domain.lead_attribution import Evidence, Rules, conclude
from collector.domain.times import MINUTE
from tests.unit.domain.leads import (
    AT,
    GCLID,
    HOME,
    PAID_METADATA,
    RULES,
    TOKEN,
    concluded,
    evidence,
)
from tests.unit.domain.views import OWN, START, touched

EVERYTHING: dict[str, Any] = {
    "page": f"{HOME}?gclid=page",
    "referrer": f"{HOME}?fbclid=referrer",
    "token": with_ids(TOKEN, BrowserIds("1.1", "2", "fb.1.1.1", "fb.1.1.a")),
    "cookies": BrowserIds("3.3", "4", "fb.1.1.2", "fb.1.2.b", {"gclid": GCLID}),
    "hidden": {"utm_source": "hidden", "ga_client_id": "5.5"},
}


def test_denied_consent_takes_attribution_from_nothing() -> None:
    found = concluded(**EVERYTHING, consent=Consent(state="denied", by="gpc"))
    assert found.metadata == {}
    assert found.attribution == {
        "first": None,
        "last": None,
        "touches": 0,
        "ga_client_id": None,
        "ga_session_id": None,
        "fbc": None,
        "fbp": None,
        "model": "last_campaign",
        "reason": "consent",
        "notes": [],
        "table_version": TABLE_VERSION,
        "rules": {"own_domains": ["example.com"], "utm_keyword_from": None, "derive_utm": False},
    }


def test_consent_still_unknown_leaves_the_page_and_its_referrer() -> None:
    found = concluded(**EVERYTHING, consent=Consent(state="unknown", by="tcf"))
    assert found.metadata == {"gclid": "page"}
    assert found.attribution["touches"] == 2
    assert found.attribution["ga_client_id"] is None
    assert "consent unknown" in found.attribution["notes"]
    bare = concluded(
        token=TOKEN, hidden={"gclid": "h"}, consent=Consent(state="unknown", by="tcf")
    )
    assert bare.metadata == {}
    assert bare.attribution["reason"] == "consent unknown"


@pytest.mark.parametrize(
    "consent", [Consent(state="granted", by="tcf"), Consent(state="unknown", by="none"), Consent()]
)
def test_granted_consent_or_none_asked_for_allows_everything(consent: Consent) -> None:
    assert concluded(token=TOKEN, consent=consent).metadata == PAID_METADATA


@pytest.mark.parametrize(
    ("token_id", "cookie_id", "hidden_id", "client_id"),
    [
        ("1.1", None, None, "1.1"),
        (None, "3.3", None, "3.3"),
        (None, None, "GA1.1.5.5", "5.5"),
        ("1.1", "3.3", "5.5", "3.3"),
        ("1.1", None, "5.5", "1.1"),
        (None, None, "nonsense", None),
        (None, None, None, None),
    ],
)
def test_the_client_id_fills_in_from_wherever_it_is_known(
    token_id: str | None, cookie_id: str | None, hidden_id: str | None, client_id: str | None
) -> None:
    token = with_ids(TOKEN, BrowserIds(ga_client_id=token_id))
    hidden = {"ga_client_id": hidden_id} if hidden_id else {}
    found = concluded(token=token, cookies=BrowserIds(ga_client_id=cookie_id), hidden=hidden)
    assert found.metadata.get("ga_client_id") == client_id
    assert found.attribution["ga_client_id"] == client_id
    assert found.metadata["gclid"] == "paid"


def test_metas_ids_fill_in_without_a_touch() -> None:
    ids = BrowserIds(ga_session_id="9", fbp="fb.1.1.1", fbc="fb.1.1.abc")
    found = concluded(cookies=ids)
    assert found.metadata == {}
    rendered = found.attribution
    assert (rendered["fbp"], rendered["fbc"], rendered["ga_session_id"]) == (
        "fb.1.1.1",
        "fb.1.1.abc",
        "9",
    )


def test_the_ids_of_tiktok_and_hubspot_stand_beside_the_touches() -> None:
    seen = concluded(cookies=BrowserIds(ttp="seen-ttp", hubspotutk="seen-utk"))
    assert seen.attribution["ttp"] == "seen-ttp"
    assert seen.attribution["hubspotutk"] == "seen-utk"
    inputs = {"_ttp": "input-ttp", "hubspotutk": "ab" * 16}
    filled = concluded(hidden=inputs, cookies=BrowserIds(ttp="seen-ttp"))
    assert filled.attribution["ttp"] == "seen-ttp"
    assert filled.attribution["hubspotutk"] == "ab" * 16
    assert "ttp" not in concluded().attribution


def test_a_click_id_that_could_not_be_kept_is_named() -> None:
    page = concluded(page=f"{HOME}?gclid=a%00b")
    assert page.attribution["reason"] == "last_campaign: gclid; dropped: gclid"
    assert page.metadata == {}
    inputs = concluded(hidden={"gclid": "a\nb", "utm_source": "crm", "fbclid": ""})
    assert "hidden inputs: gclid dropped" in inputs.attribution["notes"]
    assert inputs.metadata == {"utm_source": "crm"}


def test_fbc_is_made_from_the_fbclid_of_the_page() -> None:
    found = concluded(page=f"{HOME}?fbclid=abc")
    assert found.attribution["fbc"] == f"fb.1.{AT // 1000}.abc"


def test_an_in_app_browser_decides_between_metas_sites() -> None:
    found = concluded(page=f"{HOME}?fbclid=abc", app="instagram")
    assert found.attribution["last"]["source"] == "instagram"
    hidden = concluded(hidden={"fbclid": "abc"}, app="instagram")
    assert hidden.attribution["last"]["source"] == "instagram"


@pytest.mark.parametrize(
    ("model", "gclid"),
    [("last_campaign", None), ("last", None), ("first", "paid"), ("last_paid", "paid")],
)
def test_the_captures_model_chooses_the_touch(model: str, gclid: str | None) -> None:
    token = merge(TOKEN, touched("?utm_source=news", at=MINUTE)).attribution
    found = concluded(Rules(own_domains=OWN, attribution_model=model), token=token)
    assert found.metadata.get("gclid") == gclid
    assert found.attribution["model"] == model


def test_the_captures_settings_for_keyword_and_derived_utms_are_kept() -> None:
    rules = Rules(own_domains=OWN, utm_keyword_from="utm_term", derive_utm=True)
    found = concluded(rules, page=f"{HOME}?gclid=a&utm_term=shoes")
    assert found.metadata == {
        "gclid": "a",
        "utm_keyword": "shoes",
        "utm_medium": "cpc",
        "utm_source": "google",
        "utm_term": "shoes",
    }


@pytest.mark.parametrize(
    ("members", "notes"),
    [
        ({"token": TOKEN}, []),
        ({}, ["no token", "page: new touch: direct"]),
        ({"token": TOKEN, "page": f"{HOME}?gclid=b"}, ["page: new touch: gclid"]),
        ({"token": TOKEN, "referrer": f"{HOME}?gclid=b"}, ["referrer: new touch: gclid"]),
        ({"token": TOKEN, "hidden": {"utm_id": "1"}}, ["hidden inputs: not used"]),
        ({"hidden": {"utm_id": "1"}}, ["no token", "hidden inputs: new touch: utm"]),
        (
            {"rejected": "key", "page": "https://evil.test/"},
            ["token rejected: key", "page: not on an own domain"],
        ),
        ({"token": TOKEN, "page": ""}, ["page: unknown"]),
    ],
)
def test_notes_say_what_became_of_each_piece(members: dict[str, Any], notes: list[str]) -> None:
    assert concluded(**members).attribution["notes"] == notes


def test_a_released_origin_is_concluded_again_from_the_kept_evidence() -> None:
    token = merge(
        new_attribution(site="partner.test", visitor="v", at=START), touched("?gclid=theirs")
    ).attribution
    kept = evidence(
        page="https://partner.test/form?utm_source=partner", token=token, rejected="site"
    )
    before = conclude(kept, RULES)
    assert before.metadata == {}
    assert before.attribution["reason"] == "token rejected: site"
    again = msgspec.json.decode(msgspec.json.encode(kept), type=Evidence)
    assert again == kept
    after = conclude(again, Rules(own_domains=OWN | {"partner.test"}))
    assert after.metadata == {"utm_source": "partner"}
    assert after.attribution["first"]["parameters"] == {"gclid": "theirs"}


def test_concluding_again_from_the_same_evidence_changes_nothing() -> None:
    kept = evidence(**EVERYTHING)
    assert conclude(kept, RULES) == conclude(kept, RULES)


def test_the_visitors_token_is_not_changed_by_a_conclusion() -> None:
    before = msgspec.json.encode(TOKEN)
    concluded(token=TOKEN, page=f"{HOME}?gclid=b", hidden={"utm_id": "1"})
    assert msgspec.json.encode(TOKEN) == before
    assert isinstance(TOKEN, Attribution)


_texts = st.text(max_size=60)


@given(
    page=_texts | _texts.map(lambda text: HOME + text),
    referrer=_texts | _texts.map(lambda text: HOME + text),
    hidden=st.dictionaries(st.sampled_from(["gclid", "utm_source", "_gcl_aw", "x"]), _texts),
    token=st.sampled_from([None, TOKEN]),
)
def test_no_evidence_raises_and_every_conclusion_can_be_written(**members: Any) -> None:
    found = concluded(**members)
    msgspec.json.encode(found)
    assert found.attribution["reason"]
