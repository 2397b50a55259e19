from __future__ import annotations

import asyncio

from structlog.testing import capture_logs

from collector.delivery.retention import PASS_EVERY, Retention
from collector.domain.times import DAY
from collector.storage.tables import captures, events
from tests.outbox import SOURCE_ID, START, Outbox
from tests.rows import SetColumns


async def old_event(outbox: Outbox) -> None:
    await outbox.store.write(SetColumns(captures, SOURCE_ID, {"store_only": 1}))
    await outbox.add_event(received_at=START - 31 * DAY)


async def erased(outbox: Outbox) -> int:
    return sum(row["erased_at"] is not None for row in await outbox.rows(events))


async def test_what_is_old_enough_is_erased_and_counted_in_the_log(outbox: Outbox) -> None:
    await old_event(outbox)
    await outbox.add_event()
    with capture_logs() as logs:
        await Retention(outbox.store, 30, outbox.clock).tend()
    assert await erased(outbox) == 1
    assert logs == [{"event": "old events erased", "count": 1, "log_level": "info"}]


async def test_it_looks_through_everything_again_some_hours_later(outbox: Outbox) -> None:
    retention = Retention(outbox.store, 30, outbox.clock)
    await retention.tend()
    await old_event(outbox)
    await retention.tend()
    assert await erased(outbox) == 0
    outbox.clock.now += PASS_EVERY
    await retention.tend()
    assert await erased(outbox) == 1


async def test_zero_days_keep_everything(outbox: Outbox) -> None:
    await old_event(outbox)
    await asyncio.wait_for(Retention(outbox.store, 0, outbox.clock).run(), 5)
    assert await erased(outbox) == 0
