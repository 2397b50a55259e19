"""What 200,000 parked deliveries cost: the memory of `serve`, and the time of a claim."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from collector.destinations.webhook import WEBHOOK
from collector.domain.delivery import Outcome, OutcomeKind
from collector.domain.event import Event
from collector.domain.lane import Try
from collector.domain.pace import LANE_SLOTS
from collector.domain.times import SECOND
from collector.storage.claims import Claim, Turn
from collector.storage.destinations import due_lanes
from collector.storage.leases import Claimed, Ended
from collector.storage.store import Store, open_store
from tools.benchmarks.backlog import add_backlog, open_file
from tools.benchmarks.installation import NOBODY, Installed, installed
from tools.benchmarks.processes import Effort, Served, load
from tools.benchmarks.requests import first_token, form_request, touch_request

PARKED = 200_000
CLAIMS = 100
DAY = 86_400 * SECOND


@contextmanager
def parked() -> Iterator[Installed]:
    """Park half of the deliveries behind a paused destination, half until tomorrow."""
    with installed(NOBODY, NOBODY) as found:
        add_backlog(found, PARKED // 2)
        paused, waiting = found.destinations
        found.run("destination", "pause", paused)
        with open_file(found) as connection:
            connection.execute(
                "UPDATE deliveries SET next_at = ? WHERE destination_id = ?",
                (_now() + DAY, waiting),
            )
        yield found


def serving_mb(effort: Effort) -> float:
    """Measure the resident memory of `serve`, its worker included, after some load."""
    with parked() as found, found.serving() as served:
        token = first_token(served.port, found.source_id)
        views = touch_request(found.source_id, token)
        forms = form_request(found.source_id, token)
        return max(_memory_after(served, sent, effort.seconds) for sent in (views, forms))


def _memory_after(served: Served, sent: bytes, seconds: float) -> float:
    load(served.port, sent, seconds)
    return served.memory_mb()


def claim_ms(_effort: Effort) -> float:
    """Measure looking for due lanes and claiming a lane's slots, in CPU of the process."""
    with parked() as found:
        _, waiting = found.destinations
        with open_file(found) as connection:
            connection.execute(
                "UPDATE deliveries SET next_at = 1 WHERE id IN (SELECT id FROM deliveries"
                " WHERE destination_id = ? ORDER BY id LIMIT ?)",
                (waiting, CLAIMS * LANE_SLOTS),
            )
        return asyncio.run(_claim(found)) * 1000


async def _claim(found: Installed) -> float:
    store = await open_store(found.database_url)
    try:
        return median([await _one_claim(store, number) for number in range(CLAIMS)])
    finally:
        await store.close()


async def _one_claim(store: Store, number: int) -> float:
    """Take a worker's turn that only claims; answers its CPU in seconds.

    What it got is delivered before the next one: a lane's slots are counted in the database.
    """
    before, now = time.process_time(), _now()
    (lane,) = await store.read(due_lanes, now)
    claim = Claim(
        destination_id=lane.id,
        changed_at=lane.changed_at,
        probe=False,
        limit=LANE_SLOTS,
        render=_render,
    )
    done = await store.write(Turn(token=f"{number:016x}", now=now, claims=[claim]))
    took = time.process_time() - before
    (claimed,) = done.claimed
    if len(claimed) != LANE_SLOTS:
        raise SystemExit(f"a claim got {len(claimed)} of the {LANE_SLOTS} that there were")
    ended = [_delivered(one, now) for one in claimed]
    await store.write(Turn(token=f"ended{number:011x}", now=now, ended=ended))
    return took


def _delivered(one: Claimed, now: int) -> Ended:
    outcome = Outcome(kind=OutcomeKind.OK, reason="ok", http_status=200)
    attempt = Try(
        outcome=outcome, started_at=now, now=now, first_try_at=one.first_try_at, step=one.step
    )
    return Ended(claimed=one, attempt=attempt)


def _render(event: Event) -> bytes:
    return WEBHOOK.render(event, {})


def _now() -> int:
    return time.time_ns() // 1000
