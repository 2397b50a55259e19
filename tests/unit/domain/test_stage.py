from __future__ import annotations

import pytest

from collector.domain.stage import SILENT_AFTER, History, stage_of

NOW = 100 * SILENT_AFTER


@pytest.mark.parametrize(
    ("history", "stage"),
    [
        (History(), "new"),
        (History(last_event_at=NOW), "connected"),
        (History(last_event_at=1), "connected"),
        (History(mapped=True), "mapped"),
        (History(last_event_at=NOW, mapped=True), "mapped"),
        (History(last_event_at=NOW, last_real_at=NOW), "live"),
        (History(last_event_at=NOW, last_real_at=NOW - SILENT_AFTER, mapped=True), "live"),
        (History(last_event_at=NOW, last_real_at=NOW - SILENT_AFTER - 1), "silent"),
    ],
)
def test_a_stage_is_told_by_what_arrived(history: History, stage: str) -> None:
    assert stage_of(history, NOW) == stage
