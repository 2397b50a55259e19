from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from collector.delivery.telling import place_of, tell_changes
from collector.domain.lane import Lane
from collector.domain.times import HOUR
from collector.storage.lanes import LaneChange
from tests.outbox import START

WAITING = Lane(reason="timeout", resume_at=START)
FAILING = Lane(failing_since=START - HOUR, warned=1)
GONE = Lane(state="held", reason="gone", held_at=START)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (Lane(), WAITING, ("warning", "destination waits")),
        (WAITING, Lane(ramp=1), ("info", "destination works again")),
        (WAITING, GONE, ("error", "destination disabled")),
        (Lane(failing_since=START - HOUR), FAILING, ("warning", "destination fails for long")),
        (Lane(), Lane(last_success_at=START), None),
    ],
)
def test_what_became_of_a_lane_is_told_once(
    before: Lane, after: Lane, told: tuple[str, str] | None
) -> None:
    with capture_logs() as logs:
        tell_changes([LaneChange("d1", before, after)])
        tell_changes([LaneChange("d1", after, after)])
    assert [(one["log_level"], one["event"]) for one in logs] == ([told] if told else [])
    assert all(one["destination"] == "d1" for one in logs)


def test_an_error_is_named_without_its_text() -> None:
    try:
        _fail("ada@example.com")
    except ValueError as error:
        place = place_of(error)
    assert place.startswith("ValueError in _fail:")
    assert "ada" not in place


def _fail(text: str) -> None:
    raise ValueError(text)
