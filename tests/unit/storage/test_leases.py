from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from collector.domain.delivery import Outcome, OutcomeKind
from collector.domain.lane import Lane, Try
from collector.domain.times import MINUTE, SECOND
from collector.storage.claims import Claim, Turn
from collector.storage.deliveries import DeliveryFilter, RetryDeliveries
from collector.storage.leases import LEASE, Claimed, Ended, ReapLeases, ReleaseLease
from collector.storage.tables import attempts
from tests.outbox import START, Outbox

OK = Outcome(kind=OutcomeKind.OK, reason="ok", http_status=200, excerpt="fine", latency_ms=12)
REJECTED = Outcome(kind=OutcomeKind.REFUSED, reason="rejected", http_status=400)
SHUT = Outcome(kind=OutcomeKind.AUTH, reason="auth", http_status=401)
TIMEOUT = Outcome(kind=OutcomeKind.UNKNOWN, reason="timeout")
PROVEN = Lane(first_success_at=START, last_success_at=START)


@pytest.fixture
async def key(outbox: Outbox) -> str:
    return await outbox.add_destination(url="https://hooks.example.com/in")


def wish(key: str) -> Claim:
    return Claim(
        destination_id=key, changed_at=START, probe=False, limit=8, render=lambda _: b"body"
    )


async def claim(outbox: Outbox, key: str, token: str = "t1") -> list[Claimed]:
    turn = Turn(token=token, now=outbox.clock.now, claims=[wish(key)])
    claimed: list[Claimed] = (await outbox.store.write(turn)).claimed[0]
    return claimed


def ended(outbox: Outbox, one: Claimed, outcome: Outcome) -> Ended:
    now = outbox.clock.now
    told: dict[str, Any] = {"first_try_at": one.first_try_at, "step": one.step}
    attempt = Try(outcome=outcome, started_at=now, now=now, failed_at=one.failed_at, **told)
    return Ended(claimed=one, attempt=attempt)


async def record(outbox: Outbox, *pairs: tuple[Claimed, Outcome]) -> list[bool]:
    turn = Turn(
        token="-", now=outbox.clock.now, ended=[ended(outbox, one, how) for one, how in pairs]
    )
    kept: list[bool] = (await outbox.store.write(turn)).kept
    return kept


async def test_an_outcome_is_written_to_the_attempt_the_delivery_and_the_lane(
    outbox: Outbox, key: str
) -> None:
    await outbox.add_event()
    [one] = await claim(outbox, key)
    outbox.clock.now += SECOND
    assert await record(outbox, (one, OK)) == [True]
    [row] = await outbox.rows()
    assert (row["state"], row["last_outcome"], row["delivered_at"]) == (
        "delivered",
        "ok",
        START + SECOND,
    )
    assert (row["lease_token"], row["lease_until"]) == (None, None)
    [tried] = await outbox.rows(attempts)
    assert (tried["outcome"], tried["reason"], tried["http_status"]) == ("ok", "ok", 200)
    assert (tried["ended_at"], tried["latency_ms"], tried["excerpt"]) == (
        START + SECOND,
        12,
        "fine",
    )
    assert await outbox.lane(key) == Lane(
        first_success_at=START + SECOND, last_success_at=START + SECOND
    )


async def test_outcomes_of_one_turn_reach_each_its_own_row(outbox: Outbox, key: str) -> None:
    await outbox.set_lane(key, PROVEN)
    await outbox.add_events(4)
    claimed = await claim(outbox, key)
    await record(outbox, *zip(claimed, (OK, REJECTED, TIMEOUT, SHUT), strict=True))
    found = [(row["state"], row["reason"], row["step"]) for row in await outbox.rows()]
    assert found == [
        ("delivered", None, 0),
        ("refused", "rejected", 0),
        ("ready", "timeout", 1),
        ("ready", "auth", 0),
    ]
    assert (await outbox.lane(key)).state == "held"


async def test_a_lost_lease_changes_nothing(outbox: Outbox, key: str) -> None:
    await outbox.add_event()
    [late] = await claim(outbox, key)
    outbox.clock.now += LEASE
    await outbox.store.write(ReapLeases(until=outbox.clock.now, now=outbox.clock.now))
    outbox.clock.now += MINUTE
    [current] = await claim(outbox, key, "t2")
    before = (await outbox.rows(), await outbox.rows(attempts), await outbox.lane(key))
    assert await record(outbox, (late, SHUT)) == [False]
    assert (await outbox.rows(), await outbox.rows(attempts), await outbox.lane(key)) == before
    assert await record(outbox, (current, OK)) == [True]
    assert await record(outbox, (current, SHUT)) == [False]
    assert await outbox.states() == ["delivered"]


async def test_a_lane_that_an_outcome_closed_gives_nothing_to_the_same_turn(
    outbox: Outbox, key: str
) -> None:
    await outbox.add_event()
    [one] = await claim(outbox, key)
    await outbox.add_event()
    turn = Turn(token="t2", now=START, ended=[ended(outbox, one, SHUT)], claims=[wish(key)])
    done = await outbox.store.write(turn)
    assert (done.kept, done.claimed) == ([True], [[]])


async def test_failures_of_different_deliveries_add_up_and_those_of_one_do_not(
    outbox: Outbox, key: str
) -> None:
    await outbox.add_events(2)
    for turn in range(3):
        claimed = await claim(outbox, key, f"t{turn}")
        await record(outbox, *((one, TIMEOUT) for one in claimed))
        outbox.clock.now += 60 * MINUTE
    assert (await outbox.lane(key)).failures == 2
    assert [row["attempts"] for row in await outbox.rows()] == [3, 3]


async def test_an_expired_lease_is_taken_back_as_an_attempt_nobody_knows_of(
    outbox: Outbox, key: str
) -> None:
    await outbox.add_event()
    [one] = await claim(outbox, key)
    outbox.clock.now += LEASE - 1
    reap = ReapLeases(until=outbox.clock.now, now=outbox.clock.now)
    assert await outbox.store.write(reap) == 0
    outbox.clock.now += 1
    reap = ReapLeases(until=outbox.clock.now, now=outbox.clock.now)
    assert await outbox.store.write(reap) == 1
    [row] = await outbox.rows()
    assert (row["state"], row["reason"], row["last_outcome"]) == (
        "ready",
        "interrupted",
        "unknown",
    )
    assert (row["step"], row["next_at"]) == (1, outbox.clock.now + 10 * SECOND)
    [tried] = await outbox.rows(attempts)
    assert (tried["outcome"], tried["reason"], tried["ended_at"]) == (
        "unknown",
        "interrupted",
        None,
    )
    assert await outbox.lane(key) == Lane()
    assert one.number == tried["number"]


async def test_a_delivery_that_was_never_begun_is_given_back_without_a_trace(
    outbox: Outbox, key: str
) -> None:
    await outbox.add_event()
    before = await outbox.rows()
    [one] = await claim(outbox, key)
    await outbox.store.write(ReleaseLease(claimed=one))
    assert await outbox.rows(attempts) == []
    assert await outbox.rows() == [before[0] | {"body": "body"}]
    await outbox.store.write(ReleaseLease(claimed=one))
    assert [row["attempts"] for row in await outbox.rows()] == [0]


async def test_giving_back_keeps_what_earlier_attempts_left(outbox: Outbox, key: str) -> None:
    await outbox.add_event()
    [first] = await claim(outbox, key)
    await record(outbox, (first, TIMEOUT))
    outbox.clock.now += MINUTE
    [second] = await claim(outbox, key, "t2")
    await outbox.store.write(ReleaseLease(claimed=second))
    [row] = await outbox.rows()
    assert (row["attempts"], row["first_try_at"], row["step"]) == (1, START, 1)
    assert await outbox.outcomes() == [("unknown", "timeout")]


async def test_what_may_have_arrived_is_remembered_and_not_claimed_after_its_window(
    outbox: Outbox, key: str
) -> None:
    await outbox.add_event()
    [one] = await claim(outbox, key)
    await record(outbox, (one, TIMEOUT))
    [row] = await outbox.rows()
    assert (row["state"], row["unsure_at"]) == ("ready", START)

    outbox.clock.now += MINUTE
    late = replace(wish(key), window=MINUTE - 1)
    done = await outbox.store.write(Turn(token="t2", now=outbox.clock.now, claims=[late]))
    assert [two.spoilt is not None for two in done.claimed[0]] == [True]
    [row] = await outbox.rows()
    assert (row["state"], row["reason"], row["unsure_at"]) == ("held", "unknown", START)
    assert await outbox.outcomes() == [("unknown", "timeout"), ("unknown", "unsure")]

    again = RetryDeliveries(wanted=DeliveryFilter(delivery_id=1), now=outbox.clock.now)
    assert await outbox.store.write(again) == 1
    done = await outbox.store.write(Turn(token="t3", now=outbox.clock.now, claims=[late]))
    assert [two.spoilt for two in done.claimed[0]] == [None]


async def test_a_crash_counts_for_the_window_and_a_lease_in_use_is_spared(
    outbox: Outbox, key: str
) -> None:
    await outbox.add_events(2)
    await claim(outbox, key)
    outbox.clock.now += LEASE
    reap: dict[str, Any] = {
        "until": outbox.clock.now,
        "now": outbox.clock.now,
        "windows": {"webhook": SECOND},
    }
    assert await outbox.store.write(ReapLeases(**reap, spared=["t1"])) == 0
    assert await outbox.store.write(ReapLeases(**reap)) == 2
    rows = await outbox.rows()
    assert {(row["state"], row["reason"]) for row in rows} == {("held", "unknown")}
    assert {row["unsure_at"] for row in rows} == {START}
