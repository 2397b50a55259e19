"""`POST /t`, row by row of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.domain.times import DAY, MINUTE
from tests.installation import SITE, SOURCE, Installation, installation, new_capture

LANDING = f"{SITE}/?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=Cj0KCQ_a-Z"
GA = "GA1.1.1483920571.1763200812"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path) as opened:
        yield opened


def cookie_of(answer: Any) -> str | None:
    cookie: str | None = answer.headers.get("set-cookie")
    return cookie


def test_a_landing_is_answered_with_cookie_metadata_and_attribution(site: Installation) -> None:
    answer = site.touch(LANDING, referrer="https://www.google.com/", cookies={"_ga": GA})
    said = answer.json()
    assert answer.status_code == 200
    assert list(said) == ["token", "metadata", "attribution", "keep", "reason"]
    assert said["metadata"] == {
        "utm_source": "google",
        "utm_medium": "cpc",
        "utm_campaign": "spring",
        "gclid": "Cj0KCQ_a-Z",
        "ga_client_id": "1483920571.1763200812",
    }
    assert (said["keep"], said["reason"]) == (False, "new touch: gclid")
    assert list(said["attribution"]) == [
        *("first", "last", "touches", "ga_client_id", "ga_session_id", "fbc", "fbp")
    ]
    assert said["attribution"]["first"] == said["attribution"]["last"]
    assert said["attribution"]["touches"] == 1
    touch = said["attribution"]["last"]
    assert list(touch) == [
        *("at", "source", "medium", "campaign", "term", "content", "channel", "channel_rule"),
        *("parameters", "referrer", "landing_page", "reason"),
    ]
    assert touch["at"] == "2026-11-24T02:15:01.000Z"
    assert (touch["source"], touch["medium"], touch["channel"]) == ("google", "cpc", "Paid Search")
    assert answer.headers["cache-control"] == "no-store"
    assert cookie_of(answer) == (
        f"_lc={said['token']}; Max-Age={90 * 86_400}; Path=/; HttpOnly; SameSite=Lax"
    )


def test_a_view_that_adds_nothing_sets_no_cookie(site: Installation) -> None:
    first = site.touch(LANDING).json()
    again = site.touch(f"{SITE}/about", referrer=LANDING)
    assert cookie_of(again) is None
    assert again.json()["token"] == first["token"]
    assert again.json()["metadata"]["gclid"] == "Cj0KCQ_a-Z"


def test_a_client_id_that_appears_later_is_something_added(site: Installation) -> None:
    site.touch(LANDING)
    later = site.touch(f"{SITE}/about", cookies={"_ga": GA})
    assert cookie_of(later) is not None
    assert later.json()["metadata"]["ga_client_id"] == "1483920571.1763200812"


ANALYTICS_COOKIES = f"_ga={GA}; _ga_ABC=GS2.1.s1747132561$o1"
UNKNOWN = {"ga_client_id": None, "ga_session_id": None}


def analytics_of(answer: Any) -> dict[str, str | None]:
    return {name: answer.json()["attribution"][name] for name in UNKNOWN}


@pytest.mark.parametrize("said", ["-", "%2D", "GA1.1.none"])
def test_a_page_that_names_no_client_id_refuses_analytics_alone(
    site: Installation, said: str
) -> None:
    headers = {"cookie": f"{ANALYTICS_COOKIES}; _fbp=fb.1.1763200812.2"}
    answer = site.touch(LANDING, cookies={"_ga": said}, headers=headers)
    assert analytics_of(answer) == UNKNOWN
    assert answer.json()["attribution"]["fbp"] == "fb.1.1763200812.2"
    assert answer.json()["metadata"]["gclid"] == "Cj0KCQ_a-Z"


@pytest.mark.parametrize("said", [{}, {"_ga": ""}, {"_ga": GA}])
def test_a_page_that_refuses_nothing_leaves_the_requests_own_cookies(
    site: Installation, said: dict[str, str]
) -> None:
    answer = site.touch(LANDING, cookies=said, headers={"cookie": ANALYTICS_COOKIES})
    assert analytics_of(answer) == {
        "ga_client_id": "1483920571.1763200812",
        "ga_session_id": "1747132561",
    }


def test_a_later_refusal_of_analytics_takes_the_client_id_out_of_the_cookie(
    site: Installation,
) -> None:
    site.touch(LANDING, cookies={"_ga": GA})
    refused = site.touch(f"{SITE}/about", cookies={"_ga": "-"})
    assert cookie_of(refused) is not None
    again = site.touch(f"{SITE}/rooms")
    assert analytics_of(again) == UNKNOWN
    assert again.json()["metadata"]["gclid"] == "Cj0KCQ_a-Z"
    assert cookie_of(site.touch(f"{SITE}/prices", cookies={"_ga": "-"})) is None


def test_an_organic_return_keeps_the_paid_click(site: Installation) -> None:
    site.touch(LANDING)
    site.clock.at += 3 * DAY
    said = site.touch(f"{SITE}/", referrer="https://www.google.com/").json()
    assert said["metadata"]["gclid"] == "Cj0KCQ_a-Z"
    assert said["attribution"]["last"]["channel"] == "Organic Search"
    assert said["attribution"]["first"]["channel"] == "Paid Search"


def test_only_the_url_is_needed(site: Installation) -> None:
    answer = site.client.post("/t", content=f'{{"url": "{LANDING}"}}', headers={"origin": SITE})
    assert answer.json()["metadata"]["gclid"] == "Cj0KCQ_a-Z"


def test_text_plain_is_read_as_json(site: Installation) -> None:
    answer = site.client.post(
        "/t",
        content=f'{{"url": "{LANDING}", "source_id": "{SOURCE}"}}',
        headers={"content-type": "text/plain"},
    )
    assert answer.status_code == 200


CONSENT = [
    ({"state": "granted", "by": "tcf"}, True, False),
    (None, True, False),
    ({"state": "unknown", "by": "none"}, True, False),
    ({"state": "unknown", "by": "banner"}, False, False),
    ({"state": "unknown", "by": "gcm"}, False, False),
    ({"state": "denied", "by": "gpc"}, False, True),
    ({"state": "denied", "by": "api"}, False, True),
]


@pytest.mark.parametrize(("consent", "cookie", "ignored"), CONSENT)
def test_consent_decides_what_is_answered_and_kept(
    site: Installation, consent: dict[str, str] | None, cookie: bool, ignored: bool
) -> None:
    answer = site.touch(LANDING, consent=consent)
    assert (cookie_of(answer) is not None) is cookie
    if ignored:
        assert answer.json() == {"ignored": "consent"}
    else:
        assert answer.json()["metadata"]["gclid"] == "Cj0KCQ_a-Z"


def test_a_refusal_ends_an_existing_cookie(site: Installation) -> None:
    site.touch(LANDING)
    answer = site.touch(f"{SITE}/about", consent={"state": "denied", "by": "banner"})
    assert cookie_of(answer) == "_lc=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"


def test_a_cross_site_request_gets_no_cookie_and_is_asked_to_keep(site: Installation) -> None:
    answer = site.touch(LANDING, headers={"sec-fetch-site": "cross-site"})
    assert cookie_of(answer) is None
    assert answer.json()["keep"] is True
    again = site.touch(
        f"{SITE}/about", token=answer.json()["token"], headers={"sec-fetch-site": "cross-site"}
    )
    assert again.json()["metadata"]["gclid"] == "Cj0KCQ_a-Z"


def test_nothing_is_kept_on_a_foreign_topology_while_an_answer_is_pending(
    site: Installation,
) -> None:
    answer = site.touch(
        LANDING,
        headers={"sec-fetch-site": "cross-site"},
        consent={"state": "unknown", "by": "tcf"},
    )
    assert answer.json()["keep"] is False


def test_without_sec_fetch_site_hosts_and_schemes_are_compared(site: Installation) -> None:
    foreign = site.touch(LANDING, headers={"sec-fetch-site": "", "host": "127.0.0.1:8000"})
    assert foreign.json()["keep"] is True
    own = {
        "sec-fetch-site": "",
        "x-forwarded-host": "leads.example.com",
        "x-forwarded-proto": "https",
    }
    assert site.touch(LANDING, headers=own).json()["keep"] is False
    plain = own | {"x-forwarded-proto": "http"}
    assert site.touch(LANDING, headers=plain).json()["keep"] is True


def test_a_framed_page_is_treated_as_foreign(site: Installation) -> None:
    answer = site.touch(LANDING, framed=True)
    assert (answer.json()["keep"], cookie_of(answer)) == (True, None)


def test_the_cookie_lies_under_the_public_prefix_and_is_secure_on_https(
    site: Installation,
) -> None:
    headers = {
        "x-forwarded-proto": "https",
        "x-forwarded-host": "www.example.com",
        "x-forwarded-prefix": "/_lc",
    }
    cookie = cookie_of(site.touch(LANDING, headers=headers))
    assert cookie is not None
    assert cookie.endswith("; Path=/_lc; HttpOnly; SameSite=Lax; Secure")


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"sec-purpose": "prefetch"}, "prefetch"),
        ({"sec-purpose": "prefetch;prerender"}, "prerender"),
        ({"purpose": "prefetch"}, "prefetch"),
        (
            {
                "user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
            },
            "bot",
        ),
        ({"user-agent": "facebookexternalhit/1.1"}, "bot"),
        ({"user-agent": "curl/8.5.0"}, "bot"),
    ],
)
def test_what_is_no_visit_is_ignored(
    site: Installation, headers: dict[str, str], why: str
) -> None:
    answer = site.touch(LANDING, headers=headers)
    assert answer.status_code == 200
    assert list(answer.json()) == ["ignored"]
    assert why in answer.json()["ignored"] or why == "bot"
    assert cookie_of(answer) is None


ERRORS: list[tuple[str, dict[str, Any], int, str]] = [
    ("not JSON", {"content": b"{"}, 400, "not_json"),
    ("no url", {"json": {"source_id": SOURCE}}, 400, "bad_request"),
    ("a url that is no text", {"json": {"url": 5, "source_id": SOURCE}}, 400, "bad_request"),
    ("a list", {"json": []}, 400, "bad_request"),
    (
        "an unknown state of consent",
        {"json": {"url": LANDING, "consent": {"state": "maybe"}}},
        400,
        "bad_request",
    ),
    ("too deep", {"content": b'{"url": ' + b"[" * 50 + b"]" * 50 + b"}"}, 400, "too_complex"),
    ("an age over half an hour", {"json": {"url": LANDING, "age_s": 1801}}, 400, "bad_request"),
    ("a negative age", {"json": {"url": LANDING, "age_s": -1}}, 400, "bad_request"),
    (
        "neither source_id nor Origin",
        {"json": {"url": LANDING}, "headers": {}},
        400,
        "bad_request",
    ),
    (
        "an unknown capture",
        {"json": {"url": LANDING, "source_id": SOURCE[:-1] + "9"}},
        404,
        "unknown_capture",
    ),
    (
        "a source_id that is none",
        {"json": {"url": LANDING, "source_id": "x"}},
        404,
        "unknown_capture",
    ),
    (
        "another origin",
        {
            "json": {"url": LANDING, "source_id": SOURCE},
            "headers": {"origin": "https://evil.example"},
        },
        403,
        "origin",
    ),
    (
        "an origin nobody allows",
        {"json": {"url": LANDING}, "headers": {"origin": "https://evil.example"}},
        403,
        "origin",
    ),
    (
        "a null origin",
        {"json": {"url": LANDING, "source_id": SOURCE}, "headers": {"origin": "null"}},
        403,
        "origin",
    ),
    (
        "a page elsewhere",
        {"json": {"url": "https://evil.example/", "source_id": SOURCE}},
        403,
        "page",
    ),
    ("a url that is none", {"json": {"url": "about:blank", "source_id": SOURCE}}, 403, "page"),
    ("over 128 KiB", {"content": b" " * (128 * 1024 + 1)}, 413, "too_large"),
]


@pytest.mark.parametrize(
    ("request_", "status", "code"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS]
)
def test_what_is_wrong_is_named(
    site: Installation, request_: dict[str, Any], status: int, code: str
) -> None:
    headers = request_.pop("headers", {"origin": SITE})
    answer = site.client.post("/t", headers=headers, **request_)
    said = answer.json()
    assert (answer.status_code, said["code"]) == (status, code)
    assert said["error"]
    assert cookie_of(answer) is None


def test_an_origin_that_is_absent_is_accepted(site: Installation) -> None:
    answer = site.client.post("/t", json={"url": LANDING, "source_id": SOURCE})
    assert answer.status_code == 200


def test_an_archived_capture_is_gone_and_a_paused_one_still_listens(site: Installation) -> None:
    site.change_capture(state="paused")
    assert site.touch(LANDING).status_code == 200
    site.change_capture(state="archived")
    assert site.touch(LANDING).status_code == 404


def test_nul_and_lone_surrogates_are_no_reason_to_refuse(site: Installation) -> None:
    body = (
        f'{{"url": "{SITE}/?utm_source=a\\u0000b&utm_campaign=\\ud800", "source_id": "{SOURCE}"}}'
    )
    answer = site.client.post("/t", content=body.encode(), headers={"origin": SITE})
    assert answer.status_code == 200


def test_other_methods_are_refused_and_named(site: Installation) -> None:
    answer = site.client.get("/t")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")


def test_cors_answers_exactly_the_allowed_origin(site: Installation) -> None:
    answer = site.touch(LANDING)
    assert answer.headers["access-control-allow-origin"] == SITE
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert answer.headers["vary"] == "Origin"
    refused = site.touch(LANDING, headers={"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in refused.headers
    assert refused.headers["vary"] == "Origin"


def test_an_error_can_be_read_by_the_allowed_page_too(site: Installation) -> None:
    answer = site.client.post("/t", content=b"{", headers={"origin": SITE})
    assert answer.headers["access-control-allow-origin"] == SITE


def test_a_preflight_is_answered(site: Installation) -> None:
    answer = site.client.options(
        "/t", headers={"origin": SITE, "access-control-request-method": "POST"}
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == SITE
    assert int(answer.headers["access-control-max-age"]) > 0


def test_a_view_that_waited_is_dated_back(site: Installation) -> None:
    said = site.touch(LANDING, age_s=600).json()
    assert said["attribution"]["last"]["at"] == "2026-11-24T02:05:01.000Z"


def test_a_check_code_never_enters_token_or_landing_page(site: Installation) -> None:
    said = site.touch(f"{SITE}/?a=1&_check=123-abc&gclid=Cj0KCQ", check="123-abc").json()
    assert "_check" not in str(said["attribution"])
    assert said["attribution"]["last"]["landing_page"].startswith(f"{SITE}/?a=1")


BAD_TOKENS = [
    ("nonsense", "malformed"),
    ("x" * 5000, "oversized"),
    (lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"), "signature"),
    (lambda token: token[:40], "malformed"),
    (lambda token: "AAAA" + token[4:], "key"),
]


@pytest.mark.parametrize(("change", "reason"), BAD_TOKENS)
def test_a_bad_cookie_counts_by_reason_and_as_none(
    site: Installation, change: Any, reason: str
) -> None:
    good = site.touch(LANDING).json()["token"]
    bad = change(good) if callable(change) else change
    site.client.cookies.clear()
    answer = site.touch(
        f"{SITE}/", referrer="https://www.bing.com/", headers={"cookie": f"_lc={bad}"}
    )
    assert answer.json()["attribution"]["touches"] == 1
    assert answer.json()["attribution"]["last"]["source"] == "bing"
    assert cookie_of(answer) is not None
    assert site.metric(f'collector_cookie_rejects_total{{reason="{reason}"}}') == 1


def test_an_expired_cookie_counts_as_none(site: Installation) -> None:
    site.touch(LANDING)
    site.clock.at += 91 * DAY
    said = site.touch(f"{SITE}/", referrer="https://www.bing.com/").json()
    assert said["metadata"].get("gclid") is None
    assert site.metric('collector_cookie_rejects_total{reason="expired"}') == 1


def test_of_several_cookies_the_first_that_verifies_counts(site: Installation) -> None:
    good = site.touch(LANDING).json()["token"]
    site.client.cookies.clear()
    said = site.touch(
        f"{SITE}/about", headers={"cookie": f"_lc=stale; a=b; _lc={good}; _lc="}
    ).json()
    assert said["metadata"]["gclid"] == "Cj0KCQ_a-Z"


def test_a_token_of_another_site_is_not_taken(tmp_path: Path) -> None:
    other = SOURCE[:-1] + "2"
    captures = new_capture(), new_capture(source_id=other, origins=("https://shop.example.net",))
    with installation(tmp_path, *captures) as site:
        token = site.touch(LANDING).json()["token"]
        site.client.cookies.clear()
        said = site.touch(
            "https://shop.example.net/",
            source_id=other,
            token=token,
            headers={"origin": "https://shop.example.net"},
        ).json()
        assert said["metadata"] == {}
        assert site.metric('collector_cookie_rejects_total{reason="site"}') == 1


def test_two_captures_of_one_site_share_the_visitor(tmp_path: Path) -> None:
    other = SOURCE[:-1] + "2"
    captures = new_capture(), new_capture(source_id=other, origins=("https://shop.example.com",))
    with installation(tmp_path, *captures) as site:
        token = site.touch(LANDING).json()["token"]
        said = site.touch(
            "https://shop.example.com/",
            source_id=other,
            token=token,
            headers={"origin": "https://shop.example.com"},
        ).json()
        assert said["metadata"]["gclid"] == "Cj0KCQ_a-Z"


def test_a_rotated_key_still_verifies_and_the_cookie_is_signed_anew(tmp_path: Path) -> None:
    old, new = "o" * 40, "n" * 40
    with installation(tmp_path / "1", secret_keys=old) as site:
        token = site.touch(LANDING).json()["token"]
    with installation(tmp_path / "2", secret_keys=f"{new},{old}") as site:
        answer = site.touch(f"{SITE}/about", headers={"cookie": f"_lc={token}"})
        assert answer.json()["metadata"]["gclid"] == "Cj0KCQ_a-Z"
        assert cookie_of(answer) is not None
        assert answer.json()["token"][:4] != token[:4]
    with installation(tmp_path / "3", secret_keys=new) as site:
        answer = site.touch(f"{SITE}/about", headers={"cookie": f"_lc={token}"})
        assert answer.json()["metadata"] == {}
        assert site.metric('collector_cookie_rejects_total{reason="key"}') == 1


def test_page_views_far_over_the_limit_are_refused(tmp_path: Path) -> None:
    with installation(tmp_path, rate_limit="2") as site:
        statuses = [site.touch(f"{SITE}/{n}").status_code for n in range(21)]
        assert statuses == [200] * 20 + [429]
        refused = site.touch(f"{SITE}/x")
        assert refused.headers["retry-after"] == "60"
        site.clock.at += 3 * MINUTE
        assert site.touch(f"{SITE}/x").status_code == 200


def test_first_visits_at_once_get_a_cookie_each_that_matches_its_answer(
    site: Installation,
) -> None:
    tokens = set()
    for number in range(50):
        site.client.cookies.clear()
        answer = site.touch(f"{SITE}/?gclid=Cj0{number:010}")
        assert f"_lc={answer.json()['token']};" in (cookie_of(answer) or "")
        tokens.add(answer.json()["token"])
    assert len(tokens) == 50
