from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, inspect
from sqlalchemy.dialects import postgresql

from collector.domain.event import Event
from collector.domain.lane import Lane
from collector.domain.times import HOUR, MINUTE, SECOND
from collector.storage import claims
from collector.storage.claims import Claim, Turn, TurnDone
from collector.storage.leases import LEASE, Claimed, ReapLeases
from collector.storage.tables import attempts
from tests.databases import ON_SQLITE
from tests.outbox import START, Outbox

URL = "https://hooks.example.com/in"
PROVEN = Lane(first_success_at=START, last_success_at=START)


def render(event: Event) -> bytes:
    return event.id.encode()


async def claim(
    outbox: Outbox, key: str, limit: int = 8, *, token: str = "t1", **wish: Any
) -> list[Claimed]:
    stored = await outbox.destination(key)
    given: dict[str, Any] = {
        "destination_id": key,
        "changed_at": stored.changed_at,
        "probe": stored.lane.resume_at is not None,
        "limit": limit,
        "render": render,
    }
    done = await outbox.store.write(
        Turn(token=token, now=outbox.clock.now, claims=[Claim(**(given | wish))])
    )
    claimed: list[Claimed] = done.claimed[0]
    return claimed


async def test_a_claim_leases_renders_and_notes_the_attempt_in_one_commit(outbox: Outbox) -> None:
    key = await outbox.add_destination(url=URL)
    event = await outbox.add_event()
    [one] = await claim(outbox, key)
    assert (one.event, one.number, one.body) == (event.id, 1, event.id.encode())
    [row] = await outbox.rows()
    assert (row["state"], row["lease_token"], row["lease_until"]) == (
        "leased",
        "t1",
        START + LEASE,
    )
    assert (row["attempts"], row["first_try_at"], row["body"]) == (1, START, event.id)
    [started] = await outbox.rows(attempts)
    assert (started["delivery_id"], started["number"], started["started_at"]) == (
        row["id"],
        1,
        START,
    )
    assert (started["ended_at"], started["outcome"]) == (None, None)


async def test_a_claim_takes_the_longest_due_up_to_its_limit_and_nothing_twice(
    outbox: Outbox,
) -> None:
    key = await outbox.add_destination(url=URL)
    stored = [await outbox.add_event(received_at=START - age * MINUTE) for age in (1, 3, 2)]
    first = await claim(outbox, key, 2, token="t1")
    second = await claim(outbox, key, 2, token="t2")
    assert [one.event for one in first] == [stored[1].id, stored[2].id]
    assert [one.event for one in second] == [stored[0].id]
    assert await claim(outbox, key, 2, token="t3") == []


async def test_what_is_not_due_or_withheld_is_not_claimed(outbox: Outbox) -> None:
    key = await outbox.add_destination(url=URL)
    await outbox.add_event(received_at=START + HOUR)
    await outbox.add_event(reason="spam")
    assert await claim(outbox, key) == []
    assert await outbox.rows(attempts) == []


@pytest.mark.parametrize(
    ("lane", "probe", "count"),
    [
        (Lane(), False, 3),
        (Lane(), True, 0),
        (Lane(state="paused"), False, 0),
        (Lane(state="held"), False, 0),
        (Lane(state="held"), True, 0),
        (Lane(resume_at=START + 1), False, 0),
        (Lane(resume_at=START + 1), True, 0),
        (Lane(resume_at=START), False, 0),
        (Lane(resume_at=START), True, 1),
        (Lane(state="held", resume_at=START), True, 1),
        (Lane(state="paused", resume_at=START), True, 0),
    ],
)
async def test_the_lane_decides_how_much_is_claimed(
    outbox: Outbox, lane: Lane, *, probe: bool, count: int
) -> None:
    key = await outbox.add_destination(url=URL)
    await outbox.add_events(3)
    await outbox.set_lane(key, lane)
    assert len(await claim(outbox, key, probe=probe)) == count


async def test_a_lane_changed_since_it_was_read_gives_nothing(outbox: Outbox) -> None:
    key = await outbox.add_destination(url=URL)
    await outbox.add_event()
    assert await claim(outbox, key, changed_at=START - 1) == []


async def test_a_probe_takes_the_row_tried_least_and_only_while_nothing_is_under_way(
    outbox: Outbox,
) -> None:
    key = await outbox.add_destination(url=URL)
    events = await outbox.add_events(2)
    [tried] = await claim(outbox, key, 1)
    await outbox.set_lane(key, Lane(resume_at=START))
    assert await claim(outbox, key, token="t2") == []

    outbox.clock.now += LEASE
    await outbox.store.write(_reap(outbox))
    outbox.clock.now += HOUR
    [probing] = await claim(outbox, key, token="t3")
    assert {tried.event, probing.event} == {event.id for event in events}


def _reap(outbox: Outbox) -> ReapLeases:
    return ReapLeases(until=outbox.clock.now, now=outbox.clock.now)


async def test_a_body_is_rendered_once_and_kept_for_later_attempts(outbox: Outbox) -> None:
    key = await outbox.add_destination(url=URL)
    await outbox.add_event()
    [first] = await claim(outbox, key)
    outbox.clock.now += LEASE
    await outbox.store.write(_reap(outbox))
    outbox.clock.now += MINUTE
    [second] = await claim(outbox, key, token="t2", render=_never)
    assert (second.number, second.body, second.step) == (2, first.body, 1)
    assert second.first_try_at == START


def _never(_event: Event) -> bytes:
    raise AssertionError("rendered again")


async def test_an_event_that_cannot_be_rendered_dies_alone(outbox: Outbox) -> None:
    key = await outbox.add_destination(url=URL)
    await outbox.set_lane(key, PROVEN)
    good, bad = await outbox.add_events(2)
    claimed = await claim(outbox, key, render=_refusing(bad.id))
    assert {one.event: one.spoilt is None for one in claimed} == {good.id: True, bad.id: False}
    states = {row["event"]: (row["state"], row["reason"]) for row in await outbox.rows()}
    assert states == {good.id: ("leased", None), bad.id: ("refused", "mapping")}
    noted = {row["outcome"]: row["excerpt"] for row in await outbox.rows(attempts)}
    assert noted == {None: None, "refused": "ZeroDivisionError"}


def _refusing(event_id: str) -> Callable[[Event], bytes]:
    def refusing(event: Event) -> bytes:
        return b"fine" if event.id != event_id else str(1 // 0).encode()

    return refusing


async def test_a_body_that_is_no_text_spoils_only_its_row(outbox: Outbox) -> None:
    key = await outbox.add_destination(url=URL)
    await outbox.set_lane(key, PROVEN)
    await outbox.add_event()
    [one] = await claim(outbox, key, render=lambda _: b"\xff")
    assert one.spoilt is not None
    assert await outbox.states() == ["refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned(Turn):
    """A turn for which PostgreSQL has only the plan that looks again for each row."""

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Turn]) -> Sequence[TurnDone]:
        if connection.dialect.name == "postgresql":
            for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material", "memoize"):
                connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        return Turn.run(connection, writes)


async def test_no_plan_of_the_database_claims_more_than_the_share(outbox: Outbox) -> None:
    key = await outbox.add_destination(url=URL)
    await outbox.add_events(5)
    wish = Claim(destination_id=key, changed_at=START, probe=False, limit=2, render=render)
    done = await outbox.store.write(Planned(token="t1", now=START, claims=[wish]))
    assert len(done.claimed[0]) == 2


async def test_a_turn_claims_for_several_lanes(outbox: Outbox) -> None:
    keys = [await outbox.add_destination(url=URL) for _ in range(3)]
    await outbox.add_events(2)
    wishes = [
        Claim(destination_id=key, changed_at=START, probe=False, limit=limit, render=render)
        for key, limit in zip(keys, (1, 2, 8), strict=True)
    ]
    done = await outbox.store.write(Turn(token="t1", now=START, claims=wishes))
    assert [{one.destination_id for one in lane} for lane in done.claimed] == [
        {key} for key in keys
    ]
    assert [len(lane) for lane in done.claimed] == [1, 2, 2]


@ON_SQLITE
async def test_finding_due_rows_uses_the_partial_index(outbox: Outbox) -> None:
    dialect = outbox.store.database._engine.dialect  # type: ignore[attr-defined]
    for statement in (claims._LEASE_OPEN, claims._LEASE_PROBE, claims._READ):
        compiled = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": False}))
        compiled = compiled.replace("__[POSTCOMPILE_outcome_1]", "?")
        plan = await outbox.store.read(_plan, compiled)
        assert "SCAN deliveries" not in plan, plan
        assert "ix_deliveries_" in plan, plan


def _plan(connection: Connection, statement: str) -> str:
    marks = statement.count("?")
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple([1] * marks))
    return "\n".join(str(row) for row in rows)


def test_other_processes_rows_are_skipped_where_the_database_can() -> None:
    compiled = str(claims._LEASE_OPEN.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert "FOR UPDATE SKIP LOCKED" in compiled


async def test_the_schema_has_the_indexes_that_claims_use(outbox: Outbox) -> None:
    indexes = await outbox.store.read(
        lambda connection: inspect(connection).get_indexes("deliveries")
    )
    names = {index["name"] for index in indexes}
    assert {"ix_deliveries_ready", "ix_deliveries_leased", "ix_deliveries_held"} <= names
    assert LEASE == 45 * SECOND
