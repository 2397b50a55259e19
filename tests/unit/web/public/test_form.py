"""`POST /f/{source_id}`, row by row of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from collector.config import with_generated_secrets
from collector.domain.check_code import CheckCodes
from collector.domain.times import MINUTE
from collector.storage.captures import CreateCapture
from tests.installation import SITE, SOURCE, Installation, in_store, installation, new_capture

LANDING = f"{SITE}/?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=Cj0KCQ_a-Z"
PERSON = {"email": "ada@example.org", "name": "Ada"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as opened:
        yield opened


# ---- where a form goes to -------------------------------------------------------------------


def test_a_plain_form_is_stored_and_the_browser_thanked(site: Installation) -> None:
    answer = site.post(PERSON)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{SOURCE}/thanks")
    thanks = site.client.get(f"/f/{SOURCE}/thanks")
    assert thanks.status_code == 200
    assert "Thank you" in thanks.text
    (event,) = site.events()
    assert event.fields == PERSON
    assert (event.event_type, event.event_name, event.source_id) == ("lead", "Lead", SOURCE)
    assert event.event_id == event.id
    assert event.created_at == event.received_at == site.clock.at


@pytest.mark.parametrize(
    ("accept", "is_json"),
    [
        ("application/json", True),
        ("application/json, text/plain, */*", True),
        ("text/html;q=0.5, application/json", True),
        ("text/html, application/json;q=0.9", False),
        ("*/*", False),
        ("", False),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("application/json;q=zero", False),
    ],
)
def test_json_is_answered_where_it_is_ranked_above_html(
    site: Installation, accept: str, is_json: bool
) -> None:
    answer = site.post(PERSON, headers={"accept": accept})
    (event,) = site.events()
    if is_json:
        assert answer.status_code == 200
        assert answer.json() == {"ok": True, "id": event.id, "event_id": event.event_id}
    else:
        assert answer.status_code == 303


@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_a_json_body_is_answered_in_json(site: Installation, content_type: str) -> None:
    answer = site.client.post(
        f"/f/{SOURCE}", content=b'{"email": "a@b.de"}', headers={"content-type": content_type}
    )
    assert answer.json()["ok"] is True
    assert site.events()[0].fields == {"email": "a@b.de"}


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("/ok", f"{SITE}/ok"),
        (f"{SITE}/ok?x=1", f"{SITE}/ok?x=1"),
        ("https://evil.example/", f"{SOURCE}/thanks"),
        ("//evil.example", f"{SOURCE}/thanks"),
        ("/%0d%0aSet-Cookie:a=b", f"{SOURCE}/thanks"),
        ("javascript:alert(1)", f"{SOURCE}/thanks"),
    ],
)
def test_next_is_followed_only_where_it_is_allowed(
    site: Installation, wanted: str, target: str
) -> None:
    assert site.post({**PERSON, "_next": wanted}).headers["location"] == target


def test_the_captures_own_redirect_stands_behind_next(tmp_path: Path) -> None:
    with installation(tmp_path, new_capture(redirect=f"{SITE}/danke")) as site:
        assert site.post(PERSON).headers["location"] == f"{SITE}/danke"
        assert site.post({**PERSON, "_next": "/ok"}).headers["location"] == f"{SITE}/ok"


@pytest.mark.parametrize(
    ("lang", "accept_language", "word"),
    [
        ("de", "en", "Vielen Dank"),
        ("en", "de", "Thank you"),
        (None, "de-AT,en;q=0.5", "Vielen Dank"),
        (None, "fr", "Thank you"),
    ],
)
def test_the_visitor_is_thanked_in_german_or_english(
    site: Installation, lang: str | None, accept_language: str, word: str
) -> None:
    location = site.post({**PERSON, **({"_lang": lang} if lang else {})}).headers["location"]
    page = site.client.get(f"/f/{location}", headers={"accept-language": accept_language})
    assert word in page.text


# ---- what an event holds --------------------------------------------------------------------


def test_reserved_values_override_the_captures_defaults(site: Installation) -> None:
    site.post(
        PERSON
        | {
            "_event_id": "mine-1",
            "_event_name": "Callback",
            "_event_type": "conversion",
            "_person_id": "p-7",
            "_created_at": "2026-11-23T10:00:00+01:00",
        }
    )
    (event,) = site.events()
    assert (event.event_id, event.event_name, event.event_type) == (
        "mine-1",
        "Callback",
        "conversion",
    )
    assert event.person_id == "p-7"
    assert event.created_at < event.received_at
    assert event.fields == PERSON


@pytest.mark.parametrize(
    ("reserved", "note"),
    [
        ({"_event_type": "purchase"}, "_event_type"),
        ({"_created_at": "tomorrow"}, "_created_at"),
        ({"_created_at": "2099-01-01"}, "_created_at"),
        ({"_event_id": "x" * 300}, "_event_id"),
        ({"_check": "123-nonsense"}, "check code invalid"),
    ],
)
def test_a_reserved_value_that_cannot_be_used_is_noted_and_costs_nothing(
    site: Installation, reserved: dict[str, str], note: str
) -> None:
    assert site.post(PERSON | reserved).status_code == 303
    (event,) = site.events()
    assert event.event_type == "lead"
    assert event.marks == {}
    assert any(note in said for said in event.attribution["notes"])


def test_a_file_is_kept_by_name_type_and_size_and_the_event_says_so(site: Installation) -> None:
    site.post(PERSON, files={"cv": ("cv.pdf", b"%PDF" * 10, "application/pdf")})
    (event,) = site.events()
    assert event.fields["cv"] == {
        "name": "cv.pdf",
        "type": "application/pdf",
        "size": 40,
        "content": "not kept",
    }
    assert any("files" in note for note in event.attribution["notes"])


def test_the_device_is_told_from_the_agent(site: Installation) -> None:
    site.post(PERSON)
    assert site.events()[0].device["class"] == "desktop"


# ---- circumstances --------------------------------------------------------------------------


@pytest.mark.parametrize("origin", [None, "null"])
def test_an_absent_or_null_origin_is_accepted_and_noted(
    site: Installation, origin: str | None
) -> None:
    assert site.post(PERSON, headers={"origin": origin}).status_code == 303
    (event,) = site.events()
    assert event.marks == {}
    assert f"origin {origin or 'absent'}" in event.attribution["notes"]


def test_a_named_origin_that_is_not_allowed_is_stored_and_marked(site: Installation) -> None:
    assert site.post(PERSON, headers={"origin": "https://other.example"}).status_code == 303
    assert site.events()[0].marks == {"origin": "https://other.example"}


def test_a_capture_may_refuse_such_an_origin_instead(tmp_path: Path) -> None:
    with installation(tmp_path, new_capture(refuse_other_origins=True)) as site:
        answer = site.post(
            PERSON, headers={"origin": "https://other.example", "accept": "application/json"}
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "origin")
        assert site.events() == []
        assert site.post(PERSON, headers={"origin": None}).status_code == 303


def test_a_filled_honeypot_is_stored_as_spam_and_answered_like_success(site: Installation) -> None:
    answer = site.post({**PERSON, "_gotcha": "x"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{SOURCE}/thanks")
    assert site.events()[0].marks == {"spam": "honeypot"}
    assert "_gotcha" not in site.events()[0].fields


def test_over_the_rate_limit_is_stored_and_marked_and_far_over_refused(tmp_path: Path) -> None:
    with installation(tmp_path, rate_limit="2") as site:
        statuses = [site.post({"n": str(n)}).status_code for n in range(41)]
        assert statuses == [303] * 40 + [429]
        marks = [event.marks for event in reversed(site.events())]
        assert marks[:2] == [{}, {}]
        assert all("rate" in mark for mark in marks[2:])
        refused = site.post({"n": "x"}, headers={"accept": "application/json"})
        assert refused.json()["code"] == "too_many_requests"
        assert refused.headers["retry-after"]
        site.clock.at += 3 * MINUTE
        assert site.post({"n": "y"}).status_code == 303


def test_a_bot_is_stored_and_marked(site: Installation) -> None:
    site.post(PERSON, headers={"user-agent": "curl/8.5.0"})
    assert "bot" in site.events()[0].marks


def test_a_paused_capture_still_stores(site: Installation) -> None:
    site.change_capture(state="paused")
    assert site.post(PERSON).status_code == 303
    assert len(site.events()) == 1


def codes(site: Installation) -> CheckCodes:
    return CheckCodes(with_generated_secrets(site.settings).secret_keys)


def test_a_valid_check_code_makes_a_test(site: Installation) -> None:
    code, _ = codes(site).make(SOURCE, site.clock.at)
    site.post({**PERSON, "_check": code})
    assert site.events()[0].marks == {"test": "check code"}
    site.clock.at += 31 * MINUTE
    site.post({**PERSON, "_check": code, "n": "later"})
    assert site.events()[0].marks == {}
    assert "check code expired" in site.events()[0].attribution["notes"]


def test_an_exact_repeat_is_stored_once_and_answered_with_the_first_id(site: Installation) -> None:
    again = [
        site.post({**PERSON, "_event_id": "e1"}, headers={"accept": "application/json"}).json()
        for _ in range(3)
    ]
    assert len(site.events()) == 1
    assert {said["id"] for said in again} == {site.events()[0].id}


def test_a_corrected_resubmit_is_a_new_event_of_the_same_person(site: Installation) -> None:
    site.post({**PERSON, "_event_id": "e1"})
    site.post({**PERSON, "email": "ada@corrected.example", "_event_id": "e1"})
    assert len(site.events()) == 2
    assert people(site) == 1


def test_two_people_on_one_page_view_are_two_people(site: Installation) -> None:
    site.post({**PERSON, "_event_id": "e1"})
    site.post({"email": "bob@example.org", "_event_id": "e2"})
    assert people(site) == 2


def people(site: Installation) -> int:
    def count(connection: Connection) -> int:
        return (
            connection.exec_driver_sql("SELECT count(DISTINCT person) FROM events").scalar() or 0
        )

    found: int = in_store(site.settings, lambda store: store.read(count))
    return found


def test_a_test_and_a_real_event_are_never_repeats(site: Installation) -> None:
    code, _ = codes(site).make(SOURCE, site.clock.at)
    site.post({**PERSON, "_event_id": "e1", "_check": code})
    site.post({**PERSON, "_event_id": "e1"})
    assert len(site.events()) == 2


# ---- attribution ----------------------------------------------------------------------------


def test_the_cookie_gives_the_metadata(site: Installation) -> None:
    site.touch(LANDING, cookies={"_ga": "GA1.1.1483920571.1763200812"})
    site.post(PERSON)
    assert site.events()[0].metadata == {
        "utm_source": "google",
        "utm_medium": "cpc",
        "utm_campaign": "spring",
        "gclid": "Cj0KCQ_a-Z",
        "ga_client_id": "1483920571.1763200812",
    }


def test_a_token_field_stands_in_for_the_cookie(site: Installation) -> None:
    token = site.touch(LANDING).json()["token"]
    site.client.cookies.clear()
    site.post({**PERSON, "_token": token})
    assert site.events()[0].metadata["gclid"] == "Cj0KCQ_a-Z"


def test_without_cookie_and_script_the_forms_own_page_counts(site: Installation) -> None:
    site.post(PERSON, headers={"referer": LANDING})
    assert site.events()[0].metadata["gclid"] == "Cj0KCQ_a-Z"


def test_a_visitor_faster_than_the_first_answer_is_not_lost_on_the_next_page(
    site: Installation,
) -> None:
    site.post({**PERSON, "_page": f"{SITE}/contact", "_referrer": LANDING, "_token": ""})
    assert site.events()[0].metadata["gclid"] == "Cj0KCQ_a-Z"


def test_an_outside_referrer_counts_when_there_is_nothing_else(site: Installation) -> None:
    site.post({**PERSON, "_page": f"{SITE}/contact", "_referrer": "https://www.bing.com/"})
    assert site.events()[0].attribution["last"]["channel"] == "Organic Search"
    assert site.events()[0].metadata == {}


def test_hidden_inputs_count_when_there_is_nothing_but_direct(site: Installation) -> None:
    site.post({**PERSON, "gclid": "Cj0hidden123", "utm_source": "google"})
    assert site.events()[0].metadata == {"gclid": "Cj0hidden123", "utm_source": "google"}
    assert site.events()[0].fields["gclid"] == "Cj0hidden123"


def test_two_touches_are_never_mixed(site: Installation) -> None:
    site.touch(f"{SITE}/?gclid=Cj0KCQ_first")
    site.clock.at += MINUTE
    site.touch(f"{SITE}/?utm_source=mail&utm_medium=email&utm_campaign=may")
    site.post({**PERSON, "gclid": "Cj0hidden123"})
    assert site.events()[0].metadata == {
        "utm_source": "mail",
        "utm_medium": "email",
        "utm_campaign": "may",
    }


def test_a_shared_link_of_two_networks_keeps_all_ids_and_says_so(site: Installation) -> None:
    site.touch(f"{SITE}/?gclid=Cj0KCQ_a-Z&fbclid=IwAR0abc", referrer="https://l.facebook.com/")
    site.post(PERSON)
    (event,) = site.events()
    assert (event.metadata["gclid"], event.metadata["fbclid"]) == ("Cj0KCQ_a-Z", "IwAR0abc")
    last = event.attribution["last"]
    assert (last["source"], last["channel"], last["reason"]) == (
        "facebook",
        "Organic Social",
        "shared link",
    )


@pytest.mark.parametrize("bad", ["nonsense", "x" * 4000, "AAAAe30.sig", "é", '"', "a" * 60_000])
def test_a_bad_token_never_costs_a_lead(site: Installation, bad: str) -> None:
    assert site.post({**PERSON, "_token": bad}).status_code == 303
    assert site.events()[0].fields == PERSON


def test_a_bad_cookie_never_costs_a_lead(site: Installation) -> None:
    assert (
        site.post(
            PERSON, headers={"cookie": "_lc=%00; _lc=x.y.z; \xa0_lc=1".encode("latin-1")}
        ).status_code
        == 303
    )
    (event,) = site.events()
    assert "token" in event.attribution["reason"] or event.attribution["reason"]
    assert site.metric("collector_cookie_rejects_total") >= 1


def test_the_form_never_sets_the_visitor_cookie(site: Installation) -> None:
    assert "set-cookie" not in site.post(PERSON, headers={"referer": LANDING}).headers


# ---- consent --------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["1", "1, 1"])
def test_the_header_of_global_privacy_control_denies_where_no_script_spoke(
    site: Installation, said: str
) -> None:
    site.post(PERSON, headers={"sec-gpc": said, "referer": LANDING})
    (event,) = site.events()
    assert (event.consent.state, event.consent.by, event.metadata) == ("denied", "gpc", {})


def test_denied_takes_attribution_from_nothing(site: Installation) -> None:
    site.touch(LANDING)
    site.post(
        {**PERSON, "_consent": "denied:banner", "_page": LANDING, "_ga": "GA1.1.1.2"},
        headers={"referer": LANDING, "cookie": "_ga=GA1.1.3.4"},
    )
    (event,) = site.events()
    assert event.metadata == {}
    assert (event.consent.state, event.consent.by) == ("denied", "banner")
    assert event.attribution["reason"] == "consent"
    assert event.attribution["first"] is None
    assert LANDING not in evidence(site)


def evidence(site: Installation) -> str:
    def read(connection: Connection) -> str:
        return str(connection.exec_driver_sql("SELECT evidence FROM events").scalar())

    found: str = in_store(site.settings, lambda store: store.read(read))
    return found


def test_pending_takes_this_page_and_no_cookies(site: Installation) -> None:
    site.touch(LANDING, cookies={"_ga": "GA1.1.1.2"})
    page = f"{SITE}/contact?utm_source=bing&msclkid=abc"
    site.post({**PERSON, "_consent": "unknown:tcf", "_page": page})
    assert site.events()[0].metadata == {"utm_source": "bing"}


@pytest.mark.parametrize(
    ("said", "kept"), [({"_ga": "-"}, False), ({"_ga": ""}, True), ({}, True)], ids=str
)
def test_analytics_refused_alone_takes_the_client_id_from_nothing(
    site: Installation, said: dict[str, str], kept: bool
) -> None:
    site.touch(LANDING, cookies={"_ga": "GA1.1.1111111111.1763200812"})
    token = site.client.cookies["_lc"]
    site.client.cookies.clear()
    filled = {"ga_client_id": "1111111111.1763200812", "_consent": "granted:gcm"}
    site.post(
        {"email": "ada@example.com", "_token": token, **filled, **said},
        headers={
            "cookie": f"_lc={token}; _ga=GA1.1.1111111111.1763200812; _ga_X=GS1.1.17.1.0.1",
            "sec-fetch-site": "same-site",
        },
    )
    (event,) = site.events()
    assert ("1111111111" in evidence(site)) is kept
    assert ("ga_client_id" in event.metadata) is kept
    assert (event.attribution["ga_session_id"] == "17") is kept
    assert event.metadata["gclid"] == "Cj0KCQ_a-Z"


def test_granted_and_not_asked_take_everything(site: Installation) -> None:
    site.touch(LANDING)
    for consent in ("granted:tcf", "unknown:none", ""):
        site.post({**PERSON, "_consent": consent})
        assert site.events()[0].metadata["gclid"] == "Cj0KCQ_a-Z"


# ---- refusals -------------------------------------------------------------------------------

URLENCODED = {"content-type": "application/x-www-form-urlencoded"}
MULTIPART = {"content-type": "multipart/form-data; boundary=B"}
REFUSED: list[tuple[str, dict[str, str], bytes, int, str]] = [
    ("nothing but reserved names", URLENCODED, b"_token=x", 422, "fields"),
    ("no body", URLENCODED, b"", 422, "fields"),
    ("another type", {"content-type": "application/xml"}, b"<a/>", 415, "unsupported_type"),
    (
        "a compressed body",
        URLENCODED | {"content-encoding": "gzip"},
        b"x",
        415,
        "unsupported_type",
    ),
    ("over 1 MiB", URLENCODED, b"a=" + b"x" * (1 << 20), 413, "too_large"),
    (
        "too many fields",
        URLENCODED,
        b"&".join(b"%d=" % n for n in range(1001)),
        422,
        "fields",
    ),
    (
        "too deep",
        {"content-type": "application/json"},
        b'{"a":' * 40 + b"1" + b"}" * 40,
        422,
        "fields",
    ),
    ("no JSON", {"content-type": "application/json"}, b"{", 400, "not_json"),
    ("NaN", {"content-type": "application/json"}, b'{"a": NaN}', 400, "not_json"),
    (
        "multipart cut short",
        MULTIPART,
        b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nx',
        400,
        "incomplete",
    ),
    ("multipart that is none", MULTIPART, b"hello", 400, "bad_request"),
]


@pytest.mark.parametrize(
    ("headers", "body", "status", "code"),
    [row[1:] for row in REFUSED],
    ids=[row[0] for row in REFUSED],
)
def test_what_cannot_be_a_lead_is_refused_and_stores_nothing(
    site: Installation, headers: dict[str, str], body: bytes, status: int, code: str
) -> None:
    answer = site.client.post(
        f"/f/{SOURCE}", content=body, headers={**headers, "accept": "application/json"}
    )
    said = answer.json()
    assert (answer.status_code, said["code"]) == (status, code)
    assert said["error"]
    assert ("errors" in said) is (code == "fields")
    page = site.client.post(
        f"/f/{SOURCE}", content=body, headers={**headers, "accept": "text/html"}
    )
    if "json" not in headers["content-type"]:
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.status_code == status
    assert site.events() == []


@pytest.mark.parametrize("source", [SOURCE[:-1] + "9", "no-uuid", "%00"])
def test_an_unknown_capture_is_404(site: Installation, source: str) -> None:
    answer = site.post(PERSON, source=source, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_capture")
    assert site.post(PERSON, source=source).headers["content-type"].startswith("text/html")


def test_an_archived_capture_is_404(site: Installation) -> None:
    site.change_capture(state="archived")
    assert site.post(PERSON).status_code == 404


def test_a_capture_made_a_moment_ago_is_found(site: Installation) -> None:
    fresh = SOURCE[:-1] + "5"
    in_store(
        site.settings,
        lambda store: store.write(CreateCapture(capture=new_capture(source_id=fresh))),
    )
    assert site.post(PERSON, source=fresh).status_code == 303


def test_error_pages_speak_german_and_can_do_nothing(site: Installation) -> None:
    answer = site.post(
        PERSON, source="no-uuid", headers={"accept": "text/html", "accept-language": "de"}
    )
    assert answer.status_code == 404
    assert 'lang="de"' in answer.text
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; sandbox allow-forms allow-top-navigation"
    )
    assert "<script" not in answer.text


def test_no_visitors_text_becomes_a_link_or_markup(site: Installation) -> None:
    evil = '"><script>alert(1)</script>'
    page = site.client.get(f"/f/{SOURCE}/thanks", params={"_lang": evil, "x": evil})
    assert "<script" not in page.text


def test_get_is_refused_and_named(site: Installation) -> None:
    answer = site.client.get(f"/f/{SOURCE}", headers={"accept": "application/json"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")


def test_cors_and_preflight(site: Installation) -> None:
    answer = site.post(PERSON)
    assert answer.headers["access-control-allow-origin"] == SITE
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "Origin" in answer.headers["vary"]
    preflight = site.client.options(f"/f/{SOURCE}", headers={"origin": SITE})
    assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (204, SITE)
    other = site.post(PERSON, headers={"origin": "https://other.example"})
    assert "access-control-allow-origin" not in other.headers


def test_a_foreign_host_is_refused(site: Installation) -> None:
    answer = site.post(PERSON, headers={"host": "evil.example", "accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (421, "host")
    assert site.post(PERSON, headers={"host": "leads.example.com"}).status_code == 303


def test_a_disk_that_is_nearly_full_is_507_and_never_a_success(site: Installation) -> None:
    state = site.client.app_state
    state["services"] = replace(state["services"], has_room=lambda: False)
    answer = site.post(PERSON, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")
    assert answer.headers["retry-after"]
    assert site.client.get("/readyz").status_code == 503
    assert site.events() == []


def test_a_store_that_is_closing_is_503_and_never_a_success(site: Installation) -> None:
    store = site.client.app_state["services"].store
    site.client.portal.call(store._writer.close)  # type: ignore[union-attr]
    answer = site.post(PERSON, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert answer.headers["retry-after"]
    assert site.events() == []
