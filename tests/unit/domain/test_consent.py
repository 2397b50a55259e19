from __future__ import annotations

import pytest

from collector.domain.consent import NOT_ASKED, Consent, parse_consent, render_consent


@pytest.mark.parametrize(
    ("text", "consent"),
    [
        ("granted:tcf", Consent("granted", "tcf")),
        ("denied:gpc", Consent("denied", "gpc")),
        (" Unknown:Banner ", Consent("unknown", "banner")),
        ("granted", Consent("granted", "none")),
        ("maybe:tcf", None),
        ("granted:somebody", None),
        ("", None),
    ],
)
def test_consent_is_read(text: str, consent: Consent | None) -> None:
    assert parse_consent(text) == consent


def test_consent_is_written_as_it_is_read() -> None:
    assert parse_consent(render_consent(Consent("granted", "gcm"))) == Consent("granted", "gcm")


def test_nobody_asked_is_not_a_pending_answer() -> None:
    assert not NOT_ASKED.pending
    assert Consent("unknown", "banner").pending
    assert Consent("denied", "gpc").denied
