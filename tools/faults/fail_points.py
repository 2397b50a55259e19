"""Fail points: named places of the collector where a program can be made to die.

The collector knows nothing of them. Each names a function; arming one puts a shell around that
function in which the n-th pass ends the process as `kill -9` does.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from importlib import import_module
from itertools import count
from typing import Any, Final

from collector.storage.claims import Turn
from collector.storage.events import StoreEvent

STATUS: Final = 137
"""What a shell says of a process that was killed."""

FLUSH_S: Final = 0.2
"""How long bytes that were just written may take to leave the process."""

Arguments = tuple[Any, ...]


def _always(_arguments: Arguments, _result: Any) -> bool:
    return True


def _stores(arguments: Arguments, _result: Any) -> bool:
    return any(isinstance(write, StoreEvent) for write in arguments[1])


def _inserts_event(arguments: Arguments, _result: Any) -> bool:
    return str(getattr(arguments[1], "table", "")) == "events"


def _is_half_a_body(_arguments: Arguments, message: Any) -> bool:
    return bool(message["type"] == "http.request" and message["more_body"])


def _starts_the_answer(arguments: Arguments, _result: Any) -> bool:
    cycle, message = arguments
    starts = message["type"] == "http.response.start"
    return starts and str(cycle.scope["path"]).startswith("/f/")


def _records(arguments: Arguments, _result: Any) -> bool:
    return bool(arguments[1])


def _commits_an_outcome(arguments: Arguments, _result: Any) -> bool:
    return any(isinstance(write, Turn) and write.ended for write in arguments[1])


def _probes(arguments: Arguments, _result: Any) -> bool:
    return bool(arguments[1].probe)


def _reaped(_arguments: Arguments, result: Any) -> bool:
    return bool(result > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailPoint:
    """Where to die: before or after one of these functions, each as `module:name`.

    `counts` says of a pass, by its arguments and result, whether it is one. `flush` lets what was
    written to sockets leave first.
    """

    places: tuple[str, ...]
    after: bool = False
    counts: Callable[[Arguments, Any], bool] = _always
    flush: bool = False


_TRANSACT = (
    "collector.storage.sqlite:SqliteDatabase._transact",
    "collector.storage.postgresql:PostgresDatabase.transact",
)
_APPLY = ("collector.storage.sqlite:apply_writes", "collector.storage.postgresql:apply_writes")
_CYCLE = "uvicorn.protocols.http.httptools_impl:RequestResponseCycle"
_WORKER = "collector.delivery.worker:Worker"

FAIL_POINTS: Final = {
    "body_half_read": FailPoint(places=(f"{_CYCLE}.receive",), after=True, counts=_is_half_a_body),
    "before_begin": FailPoint(places=_TRANSACT, counts=_stores),
    "event_inserted": FailPoint(
        places=("collector.storage.events:send_rows",), after=True, counts=_inserts_event
    ),
    "before_commit": FailPoint(places=_APPLY, after=True, counts=_stores),
    "committed": FailPoint(places=_TRANSACT, after=True, counts=_stores),
    "answer_half_written": FailPoint(
        places=(f"{_CYCLE}.send",), after=True, counts=_starts_the_answer, flush=True
    ),
    "claimed": FailPoint(places=(f"{_WORKER}._begin",)),
    "connected": FailPoint(places=("aiohttp:TCPConnector.connect",), after=True, flush=True),
    "request_sent": FailPoint(places=("aiohttp.client_reqrep:ClientResponse.start",), flush=True),
    "answer_read": FailPoint(places=("collector.delivery.sender:Sender.send",), after=True),
    "outcome_before_commit": FailPoint(
        places=("collector.storage.claims:record_attempts",), after=True, counts=_records
    ),
    "outcome_committed": FailPoint(places=_TRANSACT, after=True, counts=_commits_an_outcome),
    "reaping": FailPoint(
        places=("collector.storage.leases:ReapLeases.reap",), after=True, counts=_reaped
    ),
    "probing": FailPoint(places=(f"{_WORKER}._deliver",), counts=_probes),
    "migrating": FailPoint(places=("alembic.command:upgrade",), after=True),
    "draining": FailPoint(places=(f"{_WORKER}._drain",)),
}


def arm(wish: str) -> None:
    """Make the process die at `name` or at the n-th pass there, `name:n`.

    Raises KeyError for an unknown name, AttributeError for a place that is no more.
    """
    name, _, number = wish.partition(":")
    point = FAIL_POINTS[name]
    passes = count(1)

    def pass_by(arguments: Arguments, result: Any = None) -> bool:
        return point.counts(arguments, result) and next(passes) == int(number or 1)

    for place in point.places:
        owner, last, function = find(place)
        setattr(owner, last, _shell(function, point, pass_by, partial(_die, name)))


def find(place: str) -> tuple[Any, str, Callable[..., Any]]:
    """Find the function at `module:name`; answers what holds it, under which name, and itself."""
    module, _, name = place.partition(":")
    *path, last = name.split(".")
    owner: Any = import_module(module)
    for part in path:
        owner = getattr(owner, part)
    return owner, last, inspect.getattr_static(owner, last)


def _shell(
    function: Callable[..., Any],
    point: FailPoint,
    pass_by: Callable[..., bool],
    die: Callable[[], None],
) -> Callable[..., Any]:
    @wraps(function)
    def plain(*arguments: Any, **named: Any) -> Any:
        if not point.after and pass_by(arguments):
            die()
        result = function(*arguments, **named)
        if point.after and pass_by(arguments, result):
            die()
        return result

    @wraps(function)
    async def awaited(*arguments: Any, **named: Any) -> Any:
        if not point.after and pass_by(arguments):
            await _flushed(point)
            die()
        result = await function(*arguments, **named)
        if point.after and pass_by(arguments, result):
            await _flushed(point)
            die()
        return result

    return awaited if inspect.iscoroutinefunction(function) else plain


async def _flushed(point: FailPoint) -> None:
    if point.flush:
        await asyncio.sleep(FLUSH_S)


def _die(name: str) -> None:
    os.write(sys.stderr.fileno(), f"fail point {name}\n".encode())
    os._exit(STATUS)
