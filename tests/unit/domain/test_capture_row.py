from __future__ import annotations

from collector.domain.capture_row import capture_row
from collector.domain.stage import History
from tests.installation import SOURCE, new_capture


def test_a_row_says_what_is_set_how_far_it_came_and_what_it_lacks() -> None:
    row = capture_row(new_capture(), History(last_event_at=1_000_000), 2_000_000, ["x"])
    assert (row["source_id"], row["stage"], row["problems"]) == (SOURCE, "connected", ["x"])
    assert row["last_event_at"] == "1970-01-01T00:00:01.000Z"
    assert capture_row(new_capture(), History(), 1, [])["last_event_at"] is None
