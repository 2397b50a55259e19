"""The three addresses for servers, row by row as Driftrock's documentation has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from collector.config import with_generated_secrets
from collector.destinations import Registry, find_kind
from collector.domain.api_key import digest_of
from collector.domain.check_code import LIFETIME, CheckCodes
from collector.domain.event import render_event
from collector.domain.lead_type import LeadType
from collector.domain.times import MINUTE, SECOND, render_time
from collector.storage.captures import LinkDestination
from collector.storage.destinations import CreateDestination
from collector.storage.keys import RevokeKey, list_keys
from collector.storage.lead_types import ApplyLeadType, SaveLeadType
from collector.storage.secrets import SecretBox
from tests.installation import SITE, SOURCE, Installation, in_store, installation, new_capture
from tests.sender import EVENT, KEY, KEY_ID, Sender, add_key, basic

AFFILIATE = SOURCE[:-1] + "2"
ARCHIVED = SOURCE[:-1] + "3"
PAUSED = SOURCE[:-1] + "4"
ONE_CAPTURES_KEY = "lc_only-for-the-paused-one"
ADMIN_KEY = "lc_of-an-admin-whom-all-is-allowed"
OK = {"data": "ok"}
LONG = "x" * 256


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    captures = (
        new_capture(),
        new_capture(source_id=AFFILIATE, kind="affiliate"),
        new_capture(source_id=ARCHIVED, state="archived"),
        new_capture(source_id=PAUSED, state="paused"),
    )
    with installation(tmp_path_factory.mktemp("events"), *captures) as opened:
        add_key(opened)
        for key_id, value, more in (
            ("key-2", ONE_CAPTURES_KEY, {"source_id": PAUSED}),
            ("key-3", ADMIN_KEY, {"scopes": ("admin",)}),
        ):
            add_key(opened, id=key_id, digest=digest_of(value), **more)
        yield opened


@pytest.fixture(scope="module")
def sender(site: Installation) -> Sender:
    return Sender(site)


numbers = count()


def unique(**changes: Any) -> dict[str, Any]:
    """An event that nobody sent before; a member given as `...` is left out."""
    body = EVENT | {"fields": EVENT["fields"] | {"n": next(numbers)}} | changes
    return {name: value for name, value in body.items() if value is not ...}


# ---- the table of the documentation ---------------------------------------------------------

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "event_type missing": ({"event_type": ...}, "event_type: expected lead, action or conversion; came nothing"),
    "event_type empty": ({"event_type": ""}, "event_type: expected lead, action or conversion; came an empty text"),
    "event_type null": ({"event_type": None}, "event_type: expected lead, action or conversion; came null"),
    "event_type a number": ({"event_type": 5}, "event_type: expected lead, action or conversion; came 5"),
    "event_type unknown": ({"event_type": "sale"}, "event_type: expected lead, action or conversion; came 'sale'"),
    "event_type in capitals": ({"event_type": "Lead"}, "came 'Lead'"),
    "event_type too long": ({"event_type": LONG}, "came a text of 256 characters"),
    "event_name missing": ({"event_name": ...}, "event_name: expected a text of 1 to 255 characters; came nothing"),
    "event_name empty": ({"event_name": ""}, "event_name: expected a text of 1 to 255 characters; came an empty text"),
    "event_name null": ({"event_name": None}, "event_name: expected a text of 1 to 255 characters; came null"),
    "event_name a list": ({"event_name": ["x"]}, "event_name: expected a text of 1 to 255 characters; came a list"),
    "event_name too long": ({"event_name": LONG}, "event_name: expected a text of 1 to 255 characters; came a text of 256 characters"),
    "source_id missing": ({"source_id": ...}, "source_id: expected the source_id of a capture that the key may write to; came nothing"),
    "source_id empty": ({"source_id": ""}, "source_id: expected the source_id of a capture that the key may write to; came an empty text"),
    "source_id null": ({"source_id": None}, "source_id: expected the source_id of a capture that the key may write to; came null"),
    "source_id an object": ({"source_id": {}}, "source_id: expected the source_id of a capture that the key may write to; came an object"),
    "source_id no UUID": ({"source_id": "x"}, "source_id: expected the source_id of a capture that the key may write to; came 'x'"),
    "source_id too long": ({"source_id": LONG}, "source_id: expected the source_id of a capture that the key may write to; came a text of 256"),
    "source_id unknown": ({"source_id": SOURCE[:-1] + "9"}, f"source_id: expected the source_id of a capture that the key may write to; came '{SOURCE[:-1]}9'"),
    "source_id archived": ({"source_id": ARCHIVED}, "source_id: expected the source_id of a capture that the key may write to"),
    "source_id of another endpoint's kind": ({"source_id": AFFILIATE}, "source_id: this capture is of the kind affiliate; send its events to /v2/affiliate_event"),
    "fields missing": ({"fields": ...}, "fields: expected an object of at most 1000 names and values; came nothing"),
    "fields null": ({"fields": None}, "fields: expected an object of at most 1000 names and values; came null"),
    "fields a text": ({"fields": "x"}, "fields: expected an object of at most 1000 names and values; came 'x'"),
    "fields a list": ({"fields": []}, "fields: expected an object of at most 1000 names and values; came a list"),
    "fields too many": ({"fields": {f"f{n}": n for n in range(1001)}}, "fields: expected at most 1000 names; came 1001"),
    "metadata a text": ({"metadata": "utm_source=x"}, "metadata: expected an object of texts; came 'utm_source=x'"),
    "a metadata value a number": ({"metadata": {"utm_term": 5}}, "metadata.utm_term: expected a text; came 5"),
    "an unknown metadata value a list": ({"metadata": {"msclkid": []}}, "metadata.msclkid: expected a text; came a list"),
    "event_id a number": ({"event_id": 5}, "event_id: expected a text of at most 255 characters, where an empty one means none; came 5"),
    "event_id too long": ({"event_id": LONG}, "came a text of 256 characters"),
    "person_id a boolean": ({"person_id": True}, "person_id: expected a text of at most 255 characters, where an empty one means none; came true"),
    "person_id too long": ({"person_id": LONG}, "came a text of 256 characters"),
    "created_at empty": ({"created_at": ""}, "created_at: expected an ISO 8601 time"),
    "created_at a number": ({"created_at": 1575280800}, "came 1575280800"),
    "created_at no time": ({"created_at": "yesterday"}, "came 'yesterday'"),
    "created_at an impossible day": ({"created_at": "2019-02-30T10:00:00Z"}, "came '2019-02-30T10:00:00Z'"),
    "created_at before 1970": ({"created_at": "0001-01-01T00:00:00Z"}, "from 1970 on"),
    "created_at two days ahead": ({"created_at": "2026-11-26T12:00:00Z"}, "at most a day ahead"),
    "ga_client_id a number": ({"ga_client_id": 1.2}, "ga_client_id: expected a text; came 1.2"),
    "affiliate_id too long": ({"affiliate_id": LONG}, "came a text of 256 characters"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_with_a_member_is_named_with_what_was_expected_and_what_came(
    sender: Sender, changes: dict[str, Any], said: str
) -> None:
    before = len(sender.site.events())
    answer = sender.send(unique(**changes))
    assert answer.status_code == 400
    assert said in answer.json()["error"]
    assert len(sender.site.events()) == before


ACCEPTED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "the least": ({}, {"metadata": {}, "person_id": None, "affiliate_id": None}),
    "an action": ({"event_type": "action"}, {"event_type": "action"}),
    "a conversion, which one page lists": ({"event_type": "conversion"}, {"event_type": "conversion"}),
    "a source_id in capitals": ({"source_id": SOURCE.upper()}, {"source_id": SOURCE}),
    "a name of 255 characters": ({"event_name": "ü" * 255}, {"event_name": "ü" * 255}),
    "no fields at all": ({"fields": {}, "event_id": "bare"}, {"fields": {}}),
    "fields of every kind": (
        {"fields": {"a": [1, 2.5, None, True, {"x": []}], "": "y", "_page": "z"}, "event_id": "k"},
        {"fields": {"a": [1, 2.5, None, True, {"x": []}], "": "y", "_page": "z"}},
    ),
    "metadata as sent": (
        {"metadata": {"utm_source": "", "gclid": " Cj0+%20 ", "utm_term": "a", "utm_keyword": "b"}},
        {"metadata": {"utm_source": "", "gclid": " Cj0+%20 ", "utm_term": "a", "utm_keyword": "b"}},
    ),
    "ga_client_id at the top, which one page lists": ({"ga_client_id": "123.456"}, {"metadata": {"ga_client_id": "123.456"}}),
    "ga_client_id in both places": (
        {"ga_client_id": "1.1", "metadata": {"ga_client_id": "2.2"}},
        {"metadata": {"ga_client_id": "2.2"}},
    ),
    "ids": (
        {"event_id": "e", "person_id": "p", "affiliate_id": "a"},
        {"event_id": "e", "person_id": "p", "affiliate_id": "a"},
    ),
    "empty ids": ({"event_id": "", "person_id": "", "affiliate_id": ""}, {"person_id": None, "affiliate_id": None}),
    "optional members null": (
        dict.fromkeys(("metadata", "event_id", "person_id", "created_at", "ga_client_id", "affiliate_id")),
        {"metadata": {}, "person_id": None, "affiliate_id": None},
    ),
    "metadata null": ({"metadata": {"gclid": None, "utm_term": "a", "msclkid": None}}, {"metadata": {"utm_term": "a"}}),
    "a time as documented": ({"created_at": "2019-12-02T10:00:00.000Z"}, {"created_at": "2019-12-02T10:00:00.000Z"}),
    "a time elsewhere": ({"created_at": "2019-12-02T10:00:00+01:00"}, {"created_at": "2019-12-02T09:00:00.000Z"}),
    "a time without a zone": ({"created_at": "2019-12-02T10:00:00"}, {"created_at": "2019-12-02T10:00:00.000Z"}),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "kept"), ACCEPTED.values(), ids=ACCEPTED)
def test_what_is_documented_is_stored_as_it_was_sent(
    sender: Sender, changes: dict[str, Any], kept: dict[str, Any]
) -> None:
    answer = sender.send(unique(**changes))
    assert (answer.status_code, answer.json()) == (200, OK)
    assert answer.content == b'{"data":"ok"}'
    listed = newest(sender.site)
    assert {name: listed[name] for name in kept} == kept
    assert listed["marks"] == {}
    assert listed["attribution"]["reason"] == "metadata as sent"
    assert (listed["attribution"]["first"], listed["attribution"]["touches"]) == (None, 0)
    if "created_at" not in changes:
        assert listed["created_at"] == listed["received_at"] == render_time(sender.site.clock.at)
    if not changes.get("event_id"):
        assert listed["event_id"] == listed["id"]


def newest(site: Installation) -> dict[str, Any]:
    return render_event(site.events()[0])


def test_what_has_no_place_in_a_body_is_kept_in_fields_and_noted(sender: Sender) -> None:
    metadata = {"gclid": "x", "msclkid": "m", "email": "other@example.org"}
    strange = {"campaign": {"id": 7}, "msclkid": "of the body"}
    body = unique(metadata=metadata, fields={"email": "a"}, **strange)
    assert sender.send(body).status_code == 200
    stored = newest(sender.site)
    assert stored["metadata"] == {"gclid": "x"}
    assert stored["fields"] == {
        "email": "a",
        **strange,
        "metadata.msclkid": "m",
        "metadata.email": "other@example.org",
    }
    kept = "kept in fields: body.campaign, body.msclkid, metadata.msclkid, metadata.email"
    assert kept in stored["attribution"]["notes"]


def test_all_faults_are_named_at_once(sender: Sender) -> None:
    said = sender.send({}).json()["error"].split("; ")
    assert [part.partition(":")[0] for part in said[::2]] == [
        *("event_type", "event_name", "source_id", "fields"),
    ]


BODIES: dict[str, tuple[bytes, int, str]] = {
    "no body": (b"", 400, "not JSON"),
    "half": (b'{"event_type":', 400, "not JSON"),
    "the documentation's own sample": (b'{"event_type": "lead", "fields": {"a": "b", ...},}', 400, "not JSON"),
    "a list": (b"[]", 400, "body: expected a JSON object; came a list"),
    "a text": (b'"x"', 400, "body: expected a JSON object; came 'x'"),
    "null": (b"null", 400, "body: expected a JSON object; came null"),
    "NaN": (b'{"fields": {"n": NaN}}', 400, "NaN is not JSON"),
    "Infinity": (b'{"fields": {"n": -Infinity}}', 400, "-Infinity is not JSON"),
    "no UTF-8": (b'{"fields": {"n": "\xff"}}', 400, "not JSON"),
    "a name twice": (b'{"fields": {"email": 1, "email": 2}}', 400, "'email' stands twice"),
    "nested too deep": (b'{"fields": {"n": ' + b"[" * 40 + b"]" * 40 + b"}}", 400, "deeper than 32"),
    "100,000 lists": (b"[" * 100_000, 400, "deeper than 32"),
    "over a mebibyte": (b'{"fields": {"n": "' + b"x" * 1_048_576 + b'"}}', 413, "1,048,576 bytes"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "status", "said"), BODIES.values(), ids=BODIES)
def test_a_body_that_cannot_be_read_is_refused_with_the_reason(
    sender: Sender, body: bytes, status: int, said: str
) -> None:
    answer = sender.send(body)
    assert (answer.status_code, answer.json().get("code")) == (status, answer.json()["code"])
    assert said in answer.json()["error"]


KEPT: dict[str, tuple[bytes, Any]] = {
    "NUL": (rb'"a\u0000b"', "a\ufffdb"),
    "a lone surrogate": (rb'"a\ud800b"', "a\ufffdb"),
    "a lone surrogate in raw bytes": (b'"a\xed\xa0\x80b"', "a\ufffdb"),
    "a huge integer": (b"9" * 5000, "9" * 5000),
    "a huge float": (b"-1e999", "-1e999"),
    "an integer that floats change": (b"9007199254740993", 9007199254740993),
    "a depth of 32": (b"[" * 30 + b"]" * 30, json.loads("[" * 30 + "]" * 30)),
}


@pytest.mark.parametrize(("sent", "kept"), KEPT.values(), ids=KEPT)
def test_what_no_database_keeps_costs_no_event(sender: Sender, sent: bytes, kept: Any) -> None:
    start = json.dumps({**EVENT, "fields": {}})[:-2].encode()
    answer = sender.send(start + b'"n": ' + sent + b"}}")
    assert answer.json() == OK
    stored = newest(sender.site)
    assert stored["fields"] == {"n": kept}
    cleaned = "characters that cannot be stored were replaced" in stored["attribution"]["notes"]
    assert cleaned is ("\ufffd" in str(kept))


HEADERS: dict[str, tuple[dict[str, str], int, str]] = {
    "no type": ({"content-type": ""}, 400, "Content-Type: expected application/json; came nothing"),
    "a form's type": ({"content-type": "application/x-www-form-urlencoded"}, 400, "came application/x-www-form-urlencoded"),
    "plain text": ({"content-type": "text/plain"}, 400, "Content-Type: expected"),
    "compressed": ({"content-encoding": "gzip"}, 400, "Content-Encoding: expected none; came gzip"),
    "a charset": ({"content-type": "Application/JSON; charset=utf-8"}, 200, ""),
    "no Accept": ({"accept": ""}, 200, ""),
    "another host": ({"host": "evil.example"}, 421, "COLLECTOR_BASE_URL"),
}  # fmt: skip


@pytest.mark.parametrize(("headers", "status", "said"), HEADERS.values(), ids=HEADERS)
def test_headers_are_read_as_documented(
    sender: Sender, headers: dict[str, str], status: int, said: str
) -> None:
    answer = sender.send(unique(), headers=headers)
    assert answer.status_code == status
    assert said in answer.json().get("error", "")


@pytest.mark.parametrize("path", ["/v2/event", "/v2/affiliate_event", "/webhooks/events"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_another_method_is_405(site: Installation, path: str, method: str) -> None:
    answer = site.client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert "access-control-allow-origin" not in answer.headers


# ---- keys -----------------------------------------------------------------------------------

STRANGERS: dict[str, tuple[str, str]] = {
    "no key": ("/v2/event", ""),
    "a wrong key": ("/v2/event", f"Bearer {KEY}x"),
    "only a part of it": ("/v2/event", f"Bearer {KEY[:-1]}"),
    "an empty key": ("/v2/event", "Bearer "),
    "no scheme": ("/v2/event", KEY),
    "Basic where a bearer is asked for": ("/v2/event", basic()),
    "characters that are in no key": ("/v2/affiliate_event", "Bearer \xff"),
    "a bearer where Basic is asked for": ("/webhooks/events", f"Bearer {KEY}"),
    "another's id": ("/webhooks/events", basic("key-2")),
    "no id": ("/webhooks/events", basic("")),
    "a wrong value": ("/webhooks/events", basic(value="wrong")),
    "no base64": ("/webhooks/events", "Basic ###"),
    "letters that base64 has not": ("/webhooks/events", "Basic \xe9\xe9\xe9\xe9"),
    "no UTF-8": ("/webhooks/events", "Basic /////w=="),
}


@pytest.mark.parametrize(("path", "authorization"), STRANGERS.values(), ids=STRANGERS)
def test_without_a_good_key_nothing_is_read_or_stored(
    site: Installation, path: str, authorization: str
) -> None:
    before = len(site.events())
    headers = {"authorization": authorization.encode("latin-1")}
    answer = Sender(site, path, "").send(b"x" * 2_000_000, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.json()["error"].startswith("Authorization: ")
    scheme = "Basic" if path == "/webhooks/events" else "Bearer"
    assert answer.headers["www-authenticate"] == f'{scheme} realm="lead-collector"'
    assert len(site.events()) == before


def test_the_scheme_is_read_without_regard_to_case(site: Installation) -> None:
    assert Sender(site, authorization=f"bearer {KEY}").send(unique()).json() == OK
    old = Sender(site, "/webhooks/events", basic().replace("Basic", "BASIC"))
    assert old.send(unique()).json() == OK


def test_a_key_of_one_capture_writes_to_no_other_and_cannot_tell_which_there_are(
    site: Installation,
) -> None:
    limited = Sender(site, authorization=f"Bearer {ONE_CAPTURES_KEY}")
    assert limited.send(unique(source_id=PAUSED)).json() == OK
    other, unknown = (limited.send(unique(source_id=s)) for s in (SOURCE, SOURCE[:-1] + "9"))
    assert other.status_code == unknown.status_code == 400
    assert other.json()["error"].replace(SOURCE, "") == unknown.json()["error"].replace(
        SOURCE[:-1] + "9", ""
    )


def test_the_key_of_an_admin_may_write_too(site: Installation) -> None:
    assert Sender(site, authorization=f"Bearer {ADMIN_KEY}").send(unique()).json() == OK


def test_a_revoked_key_is_refused_from_the_next_request_on(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        add_key(site)
        sender = Sender(site)
        assert sender.send(unique()).status_code == 200
        revoke = RevokeKey(id=KEY_ID, now=site.clock.at)
        in_store(site.settings, lambda store: store.write(revoke))
        assert sender.send(unique()).status_code == 401
        assert len(site.events()) == 1


def test_the_last_use_of_a_key_is_known_to_the_minute(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        add_key(site)
        sender = Sender(site)

        def last_use() -> Any:
            return in_store(site.settings, lambda store: store.read(list_keys))[0].last_used_at

        assert last_use() is None
        sender.send(unique())
        first = site.clock.at
        assert last_use() == first
        site.clock.at += MINUTE - 2 * SECOND
        sender.send(unique())
        assert last_use() == first
        sender.send(unique())
        assert last_use() == first + MINUTE
        Sender(site, authorization="Bearer wrong").send(unique())
        assert last_use() == first + MINUTE


# ---- affiliates, repeats, tests, persons ----------------------------------------------------


def test_an_affiliates_event_says_who_sent_it(site: Installation) -> None:
    affiliate = Sender(site, "/v2/affiliate_event")
    body = unique(source_id=AFFILIATE, affiliate_id="partner-7")
    assert affiliate.send(body).json() == OK
    assert newest(site)["affiliate_id"] == "partner-7"
    for wrong in (..., "", None, 5):
        answer = affiliate.send(body | {"affiliate_id": wrong} if wrong != ... else unique(source_id=AFFILIATE))  # fmt: skip
        assert answer.status_code == 400
        assert "affiliate_id: expected a text of 1 to 255 characters" in answer.json()["error"]
    answer = affiliate.send(unique(affiliate_id="partner-7"))
    assert answer.status_code == 400
    assert "of the kind form; send its events to /v2/event" in answer.json()["error"]


def give_lead_type(site: Installation, source_id: str) -> None:
    """Have a capture's leads need a phone."""
    needs_phone = LeadType(name="Call me", required=("phone",))
    for write in (
        SaveLeadType(lead_type=needs_phone, now=1),
        ApplyLeadType(source_id=source_id, name="Call me"),
    ):
        in_store(site.settings, lambda store, one=write: store.write(one))
    services = site.client.app_state["services"]
    site.client.portal.call(services.captures.refresh)  # type: ignore[union-attr]


def link_destination(site: Installation) -> None:
    """Have the capture's events go to a webhook."""
    keys = with_generated_secrets(site.settings).encryption_keys
    registry = Registry(SecretBox(keys))
    given = {"url": "https://hook.example/"}
    made = registry.new(find_kind("webhook"), name="CRM", given=given, new_id="d1", now=1)
    for write in (
        CreateDestination(destination=made),
        LinkDestination(source_id=SOURCE, destination_id="d1"),
    ):
        in_store(site.settings, lambda store, one=write: store.write(one))


def test_what_a_capture_asks_for_and_does_not_get_is_refused_and_named(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        add_key(site)
        give_lead_type(site, SOURCE)
        answer = Sender(site).send(unique())
        assert answer.status_code == 400
        assert answer.json()["error"] == "fields.phone: expected a value; came nothing"
        assert site.events() == []
        assert Sender(site).send(unique(fields={"phone": "+493012345"})).json() == OK
        assert newest(site)["fields"] == {"phone": "+493012345"}


def test_an_affiliates_incomplete_lead_is_refused_shown_and_not_passed_on(tmp_path: Path) -> None:
    with installation(tmp_path, new_capture(kind="affiliate")) as site:
        add_key(site)
        give_lead_type(site, SOURCE)
        link_destination(site)
        affiliate = Sender(site, "/v2/affiliate_event")
        body = EVENT | {"affiliate_id": "partner-7", "event_id": "e-1"}
        for _ in range(2):
            answer = affiliate.send(body)
            assert answer.status_code == 400
            assert answer.json()["error"] == "fields.phone: expected a value; came nothing"
        [kept] = site.events()
        assert kept.marks == {"incomplete": "phone: expected a value; came nothing"}
        assert kept.lead_type == "Call me"
        assert site.deliveries() == [("refused", "incomplete")]
        complete = body | {"fields": EVENT["fields"] | {"phone": "+493012345"}}
        assert affiliate.send(complete).json() == OK
        assert site.deliveries() == [("refused", "incomplete"), ("ready", None)]


def test_an_exact_repeat_is_stored_once_and_anything_else_anew(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        add_key(site)
        sender, body = Sender(site), EVENT | {"event_id": "e-1"}
        for _ in range(3):
            assert sender.send(body).json() == OK
        assert len(site.events()) == 1
        for changes in ({"fields": {"a": 1}}, {"event_name": "x"}, {"event_type": "action"}):
            assert sender.send(body | changes).json() == OK
        assert len(site.events()) == 4
        assert sender.send(EVENT).json() == sender.send(EVENT).json() == OK
        assert len(site.events()) == 6  # without an id of the sender's nothing is a repeat


def test_only_a_check_code_makes_a_test_and_a_test_is_no_repeat(tmp_path: Path) -> None:
    with installation(tmp_path, secret_keys="s" * 40) as site:
        add_key(site)
        codes = CheckCodes(site.settings.secret_keys)
        code, _ = codes.make(SOURCE, site.clock.at)
        other, _ = codes.make(AFFILIATE, site.clock.at)
        old, _ = codes.make(SOURCE, site.clock.at - LIFETIME - MINUTE)
        sender, body = Sender(site), EVENT | {"event_id": "e-1"}
        for check in (None, code, code, ""):
            assert sender.send(body, params={"check": check} if check else {}).json() == OK
        assert [one.marks for one in site.events()] == [{"test": "check code"}, {}]
        for check, why in ((other, "invalid"), (old, "expired"), ("x", "invalid")):
            assert sender.send(unique(), params={"check": check}).json() == OK
            stored = newest(site)
            assert stored["marks"] == {}
            assert f"check code {why}" in stored["attribution"]["notes"]


def test_a_programs_agent_a_rate_and_a_strange_origin_mark_nothing(tmp_path: Path) -> None:
    with installation(tmp_path, rate_limit="1") as site:
        add_key(site)
        headers = {"user-agent": "curl/8.5", "origin": "https://evil.example"}
        for _ in range(30):
            assert Sender(site).send(unique(), headers=headers).status_code == 200
        assert {tuple(one.marks) for one in site.events()} == {()}
        assert newest(site)["device"] == {"class": "other", "browser": None, "os": None}


def test_a_paused_capture_stores_and_holds(site: Installation) -> None:
    before = len(site.events())
    assert Sender(site).send(unique(source_id=PAUSED)).json() == OK
    assert len(site.events()) == before + 1


def test_a_disk_that_is_nearly_full_and_a_store_that_is_away_are_never_a_success(
    tmp_path: Path,
) -> None:
    with installation(tmp_path) as site:
        add_key(site)
        services = site.client.app_state["services"]
        site.client.app_state["services"] = replace(services, has_room=lambda: False)
        full = Sender(site).send(unique())
        assert (full.status_code, full.json()["code"]) == (507, "disk_full")
        site.client.app_state["services"] = services
        site.client.portal.call(services.store._writer.close)  # type: ignore[union-attr]
        away = Sender(site).send(unique())
        assert (away.status_code, away.json()["code"]) == (503, "store_unavailable")
        assert full.headers["retry-after"] == away.headers["retry-after"] == "5"
        assert site.events() == []


def test_nothing_of_a_sender_reaches_a_visitor_of_a_page(site: Installation) -> None:
    answer = Sender(site).send(unique(), headers={"origin": SITE})
    assert "access-control-allow-origin" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
