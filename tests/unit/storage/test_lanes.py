from __future__ import annotations

import asyncio
from typing import Any

import pytest

from collector.domain.delivery import Outcome, OutcomeKind
from collector.domain.lane import Lane, Try
from collector.domain.pace import Pace
from collector.domain.times import SECOND
from collector.storage.claims import Claim, Turn, TurnDone
from collector.storage.destinations import SetPace
from collector.storage.leases import Ended
from collector.storage.store import open_store
from tests.outbox import START, Outbox

URL = "https://hooks.example.com/in"
PROVEN = Lane(first_success_at=START, last_success_at=START)
FAILED = Outcome(kind=OutcomeKind.RETRYABLE, reason="server_error", http_status=500)


@pytest.fixture
async def key(outbox: Outbox) -> str:
    return await outbox.add_destination(url=URL)


def turn(key: str, token: str, now: int, **wish: Any) -> Turn:
    given: dict[str, Any] = {
        "destination_id": key,
        "changed_at": START,
        "probe": False,
        "limit": 64,
        "render": lambda _: b"body",
    }
    return Turn(token=token, now=now, claims=[Claim(**(given | wish))])


async def take(outbox: Outbox, key: str, token: str, **wish: Any) -> int:
    done: TurnDone = await outbox.store.write(turn(key, token, outbox.clock.now, **wish))
    return len(done.claimed[0])


async def set_pace(outbox: Outbox, key: str, **pace: int) -> None:
    await outbox.store.write(SetPace(destination_id=key, pace=Pace(**pace)))


async def test_no_more_is_claimed_than_may_be_under_way_whoever_asks(
    outbox: Outbox, key: str
) -> None:
    await set_pace(outbox, key, max_in_flight=3)
    await outbox.add_events(6)
    assert await take(outbox, key, "one", limit=2) == 2
    assert await take(outbox, key, "other") == 1
    assert await take(outbox, key, "third") == 0


async def test_a_lane_that_recovered_gives_as_many_as_it_got_back(
    outbox: Outbox, key: str
) -> None:
    await outbox.add_events(6)
    await outbox.set_lane(key, Lane(ramp=2))
    assert await take(outbox, key, "one") == 2


async def test_the_bucket_of_tokens_is_emptied_by_the_claim_and_filled_by_time(
    outbox: Outbox, key: str
) -> None:
    await set_pace(outbox, key, max_in_flight=64, spacing=SECOND // 2, burst=3)
    await outbox.add_events(9)
    assert await take(outbox, key, "t1") == 3
    assert await take(outbox, key, "t2") == 0
    outbox.clock.now += SECOND
    assert await take(outbox, key, "t3") == 2
    assert (await outbox.lane(key)).empty_at == outbox.clock.now


async def test_a_claim_tells_when_the_next_token_comes(outbox: Outbox, key: str) -> None:
    await set_pace(outbox, key, spacing=SECOND, burst=1)
    await outbox.add_events(2)
    done = await outbox.store.write(turn(key, "t1", START))
    assert done.waits == [START + SECOND]


async def test_what_is_not_claimed_costs_no_token(outbox: Outbox, key: str) -> None:
    await set_pace(outbox, key, spacing=SECOND, burst=5)
    await outbox.add_event()
    assert await take(outbox, key, "t1") == 1
    await outbox.add_events(9)
    assert await take(outbox, key, "t2", limit=64) == 4


async def test_machines_that_claim_at_once_share_slots_and_tokens(
    outbox: Outbox, key: str, database_url: str
) -> None:
    """On SQLite one process serves; its turns come one after the other all the same."""
    await set_pace(outbox, key, max_in_flight=7, spacing=SECOND, burst=10)
    await outbox.add_events(20)
    stores = [await open_store(database_url) for _ in range(3)]
    try:
        done = await asyncio.gather(
            *(store.write(turn(key, f"m{number}", START)) for number, store in enumerate(stores))
        )
    finally:
        for store in stores:
            await store.close()
    assert sum(len(one.claimed[0]) for one in done) == 7
    assert (await outbox.lane(key)).empty_at == START - 3 * SECOND


async def test_a_turn_tells_what_its_outcomes_did_to_lanes(outbox: Outbox, key: str) -> None:
    await outbox.set_lane(key, PROVEN)
    await outbox.add_events(5)
    done = await outbox.store.write(turn(key, "t1", START))
    ended = [
        Ended(
            claimed=one,
            attempt=Try(
                outcome=FAILED, started_at=START, now=START, first_try_at=one.first_try_at
            ),
        )
        for one in done.claimed[0]
    ]
    [change] = (await outbox.store.write(Turn(token="-", now=START, ended=ended))).changes
    assert (change.destination_id, change.before) == (key, PROVEN)
    assert change.after.waits
    assert change.after == await outbox.lane(key)
