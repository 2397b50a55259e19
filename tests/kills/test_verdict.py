"""The reckoning itself: which duplicates are explained."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tools.faults.verdict import Evidence, judge

BODY = "{}"
LINE = {"event": "e", "body": hashlib.sha256(BODY.encode()).hexdigest(), "accepted": True}
GOOD = {"delivery_id": 1, "outcome": "ok", "reason": None, "ended_at": 2}


def evidence(*before: dict[str, Any]) -> Evidence:
    """Give a lead that was accepted twice, with what its first attempts ended in."""
    tries = [{**GOOD, **one, "number": number} for number, one in enumerate([*before, {}], 1)]
    row = {"id": 1, "event": "e", "destination_id": "d", "body": BODY, "attempts": len(tries)}
    return Evidence(
        acknowledged=[{"event_id": "s", "id": "e"}],
        events=[{"event_id": "s", "id": "e"}],
        deliveries=[{**row, "state": "delivered", "reason": None}],
        attempts=tries,
        received={"d": [LINE, LINE]},
    )


@pytest.mark.parametrize("reason", ["interrupted", "timeout", "disconnected"])
def test_a_duplicate_is_explained_by_an_attempt_whose_end_is_unknown(reason: str) -> None:
    verdict = judge(evidence({"outcome": "unknown", "reason": reason}))
    assert (verdict.duplicates, verdict.in_flight) == (1, 1)
    assert (list(verdict.lost), list(verdict.violations)) == ([], [])


def test_a_duplicate_after_a_failure_is_none_that_may_be() -> None:
    verdict = judge(evidence({"outcome": "retryable", "reason": "http_503"}))
    assert list(verdict.violations) == ["e was accepted by d 2 times, and 1 are explained"]
