"""Destinations: how each stands, what it is owed, and what may be done about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from collector.destinations import KINDS, SECRET_BYTES
from collector.domain.delivery import OutcomeKind
from collector.domain.errors import InputError, SettingsError, UnknownDestination, UnknownPath
from collector.domain.pace import LANE_SLOTS, render_rate
from collector.domain.times import render_time
from collector.storage.deliveries import DeliveryFilter, RetryDeliveries
from collector.storage.destinations import (
    ChangeDestination,
    ChangeLane,
    StoredDestination,
    captures_of,
    list_destinations,
    waiting_counts,
)
from collector.storage.undelivered import next_waiting
from collector.web.answer import Answer
from collector.web.console.captures import may_create
from collector.web.console.destination_pace import shown_pace
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import FORMATS, captures_seen, twin
from collector.web.console.replay import preview, replay, since_of
from collector.web.console.visit import Visit

SAID = ("created", "changed")
"""What the page may be sent to say of the deed before it."""


async def destinations_seen(visit: Visit) -> list[tuple[StoredDestination, list[str]]]:
    """List the destinations of the person's captures, each with their names."""
    read, names = visit.services.store.read, await captures_seen(visit)
    linked = await read(captures_of)
    found = []
    for one in await read(list_destinations):
        own = [names[source_id] for source_id in linked.get(one.id, []) if source_id in names]
        if own or visit.user.source_ids is None:
            found.append((one, own))
    return found


class Destinations(ConsoleEndpoint):
    """`/console/destinations`."""

    async def show(self, visit: Visit) -> Answer:
        """Show every destination, or give them as CSV or JSON."""
        seen, waiting = await destinations_seen(visit), await _waiting(visit)
        next_tries = {one.id: await next_try(visit, one) for one, _ in seen}
        if visit.asked("format") in FORMATS:
            rows = [_row(one, names, waiting) for one, names in seen]
            return twin(visit, rows, "destinations")
        creates = may_create(visit)
        return visit.page(
            "destinations", seen=seen, waiting=waiting, next_tries=next_tries, creates=creates
        )


async def _waiting(visit: Visit) -> dict[str, int] | None:
    """Count what waits in each lane; None for who would be told of others' captures."""
    if visit.user.source_ids is not None:
        return None
    return await visit.services.store.read(waiting_counts)


async def next_try(visit: Visit, one: StoredDestination) -> int | None:
    """Tell when a lane that waits, or in which something failed, is tried next."""
    if one.lane.state != "active" or one.lane.failed_at is None:
        return one.lane.resume_at
    due = await visit.services.store.read(next_waiting, one.id)
    return None if due is None else max(due, one.lane.resume_at or 0)


class Destination(ConsoleEndpoint):
    """`/console/destinations/{id}`."""

    async def show(self, visit: Visit) -> Answer:
        """Show one. Raises UnknownDestination."""
        found, names = await find_destination(visit)
        said = visit.asked("said")
        return await destination_page(visit, found, names, said=said if said in SAID else None)


async def find_destination(visit: Visit) -> tuple[StoredDestination, list[str]]:
    """Find the one an address names, among those of the person. Raises UnknownDestination."""
    wanted = visit.exchange.incoming.scope["path_params"]["destination"]
    for one, names in await destinations_seen(visit):
        if one.id == wanted:
            return one, names
    raise UnknownDestination(f"there is no destination {wanted}")


async def destination_page(
    visit: Visit, found: StoredDestination, names: list[str], **values: Any
) -> Answer:
    """Render a destination's page; `said` is what came of a deed."""
    waiting = await _waiting(visit)
    shown: dict[str, Any] = {**_NOTHING_SAID, "status": 200, **values}
    return visit.page(
        "destination",
        one=found,
        captures=names,
        waiting=None if waiting is None else waiting.get(found.id, 0),
        next_try=await next_try(visit, found),
        pace=shown_pace(found.pace),
        learnt=render_rate(found.lane.learnt_spacing),
        slots=LANE_SLOTS,
        rolled=_rolled(visit, found),
        **shown,
    )


_NOTHING_SAID: dict[str, Any] = {
    "said": None,
    "outcome": None,
    "passed": False,
    "count": 0,
    "error": None,
    "missing": None,
    "withheld": 0,
    "since": "",
    "secret": None,
}


class DestinationDeed(ConsoleEndpoint):
    """`/console/destinations/{id}/{deed}`: pause, test, recover and so on, for all captures."""

    methods = ("POST",)

    async def act(self, visit: Visit) -> Answer:
        """Do it. Raises UnknownDestination, UnknownPath, RoleRefused."""
        found, names = await find_destination(visit)
        if visit.user.source_ids is not None:
            visit.require("admin")
        deed = visit.exchange.incoming.scope["path_params"]["deed"]
        if deed not in _DEEDS:
            raise UnknownPath("nothing lives at this address")
        try:
            values = await _DEEDS[deed](visit, found)
        except InputError as error:
            values = {"error": error, "status": 422}
        found, names = await find_destination(visit)
        return await destination_page(visit, found, names, **values)


async def _pause(visit: Visit, found: StoredDestination) -> dict[str, Any]:
    write = ChangeLane(destination_id=found.id, state="paused", now=visit.now)
    await visit.write(write, "destination.pause", found.id)
    return {"said": "paused"}


async def _resume(visit: Visit, found: StoredDestination) -> dict[str, Any]:
    write = ChangeLane(destination_id=found.id, state="active", now=visit.now)
    await visit.write(write, "destination.resume", found.id)
    return {"said": "active"}


async def _test(visit: Visit, found: StoredDestination) -> dict[str, Any]:
    outcome = await visit.services.console.trial.run(found.id)
    return {"outcome": outcome, "passed": outcome.kind is OutcomeKind.OK}


async def _recover(visit: Visit, found: StoredDestination) -> dict[str, Any]:
    """Try again what failed since a time of the person's zone. Raises InputError."""
    at = since_of(visit)
    wanted = DeliveryFilter(destination_id=found.id, since=at)
    write = RetryDeliveries(wanted=wanted, now=visit.now)
    count = await visit.write(write, "destination.recover", found.id, since=render_time(at))
    return {"said": "recovered", "count": count}


async def _rotate(visit: Visit, found: StoredDestination) -> dict[str, Any]:
    """Make another signing secret, and show it this once. Raises InputError."""
    registry = visit.services.console.trial.registry
    random = visit.services.random(SECRET_BYTES)
    try:
        value, made = registry.roll(found, random, visit.now)
    except SettingsError as error:
        raise InputError(
            "its secrets cannot be decrypted: edit it, and type them again"
        ) from error
    write = ChangeDestination(destination=made, seen=found.changed_at)
    await visit.write(write, "destination.rotate", found.id)
    return {"secret": value}


def _rolled(visit: Visit, found: StoredDestination) -> dict[str, Any] | None:
    """Say whether a secret is made here, whether there is one, and until when two sign."""
    registry = visit.services.console.trial.registry
    setting = KINDS[found.kind].rolled if found.kind in KINDS else None
    if setting is None:
        return None
    try:
        until = registry.former_until(found, visit.now)
        return {"is_set": setting.name in registry.settings_of(found), "until": until}
    except SettingsError:
        return None


Deed = Callable[[Visit, StoredDestination], Awaitable[dict[str, Any]]]
_DEEDS: dict[str, Deed] = {
    "pause": _pause,
    "resume": _resume,
    "test": _test,
    "recover": _recover,
    "rotate": _rotate,
    "preview": preview,
    "replay": replay,
}


def _row(
    one: StoredDestination, names: list[str], waiting: dict[str, int] | None
) -> dict[str, Any]:
    last = one.lane.last_success_at
    return {
        "id": one.id,
        "kind": one.kind,
        "name": one.name,
        "state": one.lane.state,
        "reason": one.lane.reason,
        "captures": names,
        "waiting": None if waiting is None else waiting.get(one.id, 0),
        "last_success_at": None if last is None else render_time(last),
    }
