from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from collector.domain.stage import History
from collector.storage.captures import CreateCapture
from collector.storage.erasure import EraseEvents
from collector.storage.events import StoreEvent, event_row
from collector.storage.histories import _HISTORIES, read_histories
from tests.installation import new_capture
from tests.outbox import SOURCE_ID, START, open_outbox
from tests.unit.storage.test_events import event


async def test_a_history_tells_when_anything_and_when_something_real_arrived(
    tmp_path: Path,
) -> None:
    async with open_outbox(f"sqlite:///{tmp_path / 'histories.db'}") as outbox:
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
        assert plan.count("ix_events_source_id_received_at") == 2, plan
        assert "SCAN events" not in plan
        assert "TEMP B-TREE" not in plan


async def test_an_erased_test_is_still_nothing_real_and_an_erased_lead_still_is(
    tmp_path: Path,
) -> None:
    async with open_outbox(f"sqlite:///{tmp_path / 'histories.db'}") as outbox:
        for number, marks, real_at in ((2, {"test": "a cause"}, None), (1, {}, START + 1)):
            one = event(number, marks=marks)
            await outbox.store.write(StoreEvent(row=event_row(one, "{}")))
            await outbox.store.write(EraseEvents(ids=[one.id], now=START))
            found = await outbox.store.read(read_histories)
            assert found[SOURCE_ID] == History(last_event_at=START + 2, last_real_at=real_at)


def explained(connection: Connection) -> str:
    """How SQLite goes about it."""
    compiled = _HISTORIES.compile(connection, compile_kwargs={"literal_binds": True})
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")
    return "\n".join(row[3] for row in rows)
