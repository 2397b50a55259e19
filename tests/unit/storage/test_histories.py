from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

from collector.domain.stage import History
from collector.storage.captures import CreateCapture
from collector.storage.events import StoreEvent, event_row
from collector.storage.histories import read_histories
from tests.installation import new_capture
from tests.outbox import SOURCE_ID, START, open_outbox
from tests.unit.storage.test_events import event


async def test_a_history_tells_when_anything_and_when_something_real_arrived(
    tmp_path: Path,
) -> None:
    async with open_outbox(tmp_path) as outbox:
        other = new_capture()
        await outbox.store.write(CreateCapture(capture=other))
        marks = {1: {"bot": "curl"}, 2: {"spam": "x"}, 3: {"test": 'a cause that names "spam":'}}
        seen = [await outbox.store.read(read_histories)]
        for number in (2, 1, 3):
            one = event(number, marks=marks[number])
            await outbox.store.write(StoreEvent(row=event_row(one, "{}")))
            seen.append(await outbox.store.read(read_histories))
        assert [history[SOURCE_ID] for history in seen] == [
            History(),
            History(last_event_at=START + 2),
            History(last_event_at=START + 2, last_real_at=START + 1),
            History(last_event_at=START + 3, last_real_at=START + 1),
        ]
        assert {history[other.source_id] for history in seen} == {History()}
        plan = await outbox.store.read(explained)
        assert "SCAN events" not in plan


def explained(connection: Connection) -> str:
    """How SQLite finds the newest event of a capture."""
    rows = connection.execute(
        text(
            "EXPLAIN QUERY PLAN SELECT received_at FROM events WHERE source_id = 'x' "
            "ORDER BY received_at DESC LIMIT 1"
        )
    )
    return "\n".join(row[3] for row in rows)
