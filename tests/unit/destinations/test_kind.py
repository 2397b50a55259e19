from __future__ import annotations

import pytest

from collector.destinations import KINDS, find_kind
from collector.destinations.kind import EXCERPT_BYTES, Destination, Kind
from collector.domain.delivery import OutcomeKind
from collector.domain.errors import FieldsRefused
from collector.domain.reasons import REASONS
from collector.domain.retry import Answer, Verdict

DRIFTROCK = find_kind("driftrock")
WEBHOOK = find_kind("webhook")
SECRET = "whsec_" + "A" * 32
GIVEN = {
    "driftrock": {"api_key": "k", "source_id": "s"},
    "webhook": {"url": "https://hooks.example.com/in"},
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_describes_each_setting(kind: Kind) -> None:
    names = [setting.name for setting in kind.settings]
    assert len(set(names)) == len(names)
    assert all(setting.help and setting.pattern for setting in kind.settings)
    assert all(
        setting.find_fault(setting.default) is None for setting in kind.settings if setting.default
    )


def test_settings_are_trimmed_and_completed_by_defaults() -> None:
    assert DRIFTROCK.parse_settings({"api_key": " k ", "source_id": "s", "url": " "}) == {
        "api_key": "k",
        "source_id": "s",
        "url": "https://external-apis.driftrock.com/v2/event",
    }


def test_every_setting_at_fault_is_named_at_once() -> None:
    with pytest.raises(FieldsRefused) as raised:
        DRIFTROCK.parse_settings({"apikey": "k", "url": "ftp://example.com", "source_id": " "})
    assert set(raised.value.errors) == {"apikey", "api_key", "source_id", "url"}
    assert raised.value.errors["apikey"] == "unknown; there are api_key, source_id, url"
    assert raised.value.errors["api_key"].startswith("missing: an API key")
    for name in raised.value.errors:
        assert f"{name}: " in str(raised.value)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("driftrock", "api_key", "two words"),
        ("driftrock", "api_key", "line\r\nbreak"),
        ("driftrock", "api_key", "schlüssel"),
        ("driftrock", "source_id", "two words"),
        ("driftrock", "url", "external-apis.driftrock.com/v2/event"),
        ("webhook", "url", "https://"),
        ("webhook", "url", "https://a b"),
        ("webhook", "secret", "A" * 32),
        ("webhook", "secret", "whsec_"),
        ("webhook", "secret", "whsec_" + "A" * 28),
        ("webhook", "secret", "whsec_" + "A" * 33),
        ("webhook", "secret", "whsec_" + "A" * 88),
        ("webhook", "secret", "whsec_" + "A" * 31 + "-"),
        ("webhook", "secret", "whsec_" + "A" * 92),
    ],
)
def test_a_value_that_cannot_be_right_is_refused(kind: str, name: str, value: str) -> None:
    with pytest.raises(FieldsRefused) as raised:
        find_kind(kind).parse_settings(GIVEN[kind] | {name: value})
    assert set(raised.value.errors) == {name}
    assert raised.value.errors[name].startswith("not usable: ")


@pytest.mark.parametrize("secret", ["A" * 32, "A" * 34 + "==", "A" * 35 + "=", "A" * 86 + "=="])
def test_a_webhook_secret_of_24_to_64_bytes_is_taken(secret: str) -> None:
    given = {"url": "https://hooks.example.com/in", "secret": f"whsec_{secret}"}
    assert WEBHOOK.parse_settings(given) == given


def test_the_addresses_among_settings_are_known() -> None:
    values = DRIFTROCK.parse_settings({"api_key": "k", "source_id": "https://s.example"})
    assert DRIFTROCK.urls(values) == {"url": "https://external-apis.driftrock.com/v2/event"}


def destination(kind: Kind = WEBHOOK, *secrets: str) -> Destination:
    return Destination(id="d", kind=kind, settings={}, secrets=secrets)


def test_the_general_policy_holds_where_a_kind_does_not_know_better() -> None:
    outcome = destination().conclude(Answer(status=503, retry_after=["60"], latency_ms=7), 0)
    assert (outcome.kind, outcome.reason) == (OutcomeKind.THROTTLED, "throttled")
    assert (outcome.retry_after_s, outcome.http_status, outcome.latency_ms) == (60.0, 503, 7)


def test_a_failure_before_an_answer_is_the_outcome() -> None:
    failure = Verdict(OutcomeKind.RETRYABLE, "dns")
    outcome = destination(DRIFTROCK).conclude(Answer(failure=failure), 0)
    assert (outcome.kind, outcome.reason, outcome.http_status) == ("retryable", "dns", None)


@pytest.mark.parametrize(
    ("body", "excerpt"),
    [
        (b"key is s3cret!", "key is ***!"),
        (b"s3cret-long and s3cret", "*** and ***"),
        (b"\xff\x00", "\ufffd\ufffd"),
        (b"x" * 3 + "ä".encode() * EXCERPT_BYTES, "x" * 3 + "ä" * (EXCERPT_BYTES // 2 - 2)),
        (b"x" * (EXCERPT_BYTES - 3) + b"s3cret", "x" * (EXCERPT_BYTES - 3) + "***"),
    ],
    ids=["a secret", "the longest first", "not text", "cut at a character", "cut after hiding"],
)
def test_of_an_answer_a_short_text_without_secrets_is_kept(body: bytes, excerpt: str) -> None:
    answer = Answer(status=400, body=body)
    kept = destination(WEBHOOK, "s3cret-long", "s3cret").conclude(answer, 0).excerpt
    assert kept == excerpt
    assert len(kept.encode()) <= EXCERPT_BYTES


def test_a_destination_shows_no_secret_when_printed() -> None:
    shown = repr(Destination(id="d", kind=WEBHOOK, settings={"secret": SECRET}, secrets=[SECRET]))
    assert SECRET not in shown


def test_every_reason_a_kind_gives_has_a_text() -> None:
    answers = [Answer(status=200, body=b"", complete=complete) for complete in (True, False)]
    for kind in KINDS.values():
        verdicts = [kind.read(answer) for answer in answers]
        assert {verdict.reason for verdict in verdicts if verdict} <= set(REASONS)
