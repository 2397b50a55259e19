"""What a request costs: `/t`, `/f` and `/t.js` beside bare Starlette, in CPU of the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from tools.benchmarks.installation import Installed, installed, on_postgresql
from tools.benchmarks.processes import PROGRAMS, Effort, Served, load, serving
from tools.benchmarks.ratio import median_ratio
from tools.benchmarks.requests import (
    answer,
    first_token,
    form_request,
    request,
    touch_request,
)

BARE = str(PROGRAMS / "bare_server.py")
WARM_S = 0.5


def touch(effort: Effort) -> float:
    """`POST /t`, a new touch of a known visitor."""
    with installed() as found, found.serving("--no-worker") as served:
        sent = touch_request(found.source_id, first_token(served.port, found.source_id))
        with serving([BARE, "same"], given=answer(served.port, sent)) as bare:
            return _cpu_ratio(served, bare, sent, effort)


def form(
    effort: Effort, *, multipart: bool = False, settings: Mapping[str, str] | None = None
) -> float:
    """`POST /f/…`, stored with one delivery before it is answered."""
    with (
        installed(**(settings or {})) as found,
        found.serving("--no-worker") as served,
        serving([BARE, "ok"]) as bare,
    ):
        token = first_token(served.port, found.source_id)
        sent = form_request(found.source_id, token, multipart=multipart)
        answered: list[int] = []
        ratio = _cpu_ratio(served, bare, sent, effort, answered.append)
        _all_stored(found, sum(answered))
        return ratio


def form_on_postgresql(effort: Effort) -> float:
    """`POST /f/…` on PostgreSQL, in CPU of the application alone."""
    with on_postgresql() as settings:
        return form(effort, settings=settings)


def script(effort: Effort) -> float:
    """`GET /t.js`."""
    with installed() as found, found.serving("--no-worker") as served:
        sent = request("GET", "/t.js")
        content = answer(served.port, sent).partition(b"\r\n\r\n")[2]
        with serving([BARE, "file"], given=content) as bare:
            return _cpu_ratio(served, bare, sent, effort)


def _nothing(_answered: int) -> None:
    """Keep no account."""


def _cpu_ratio(
    ours: Served,
    bare: Served,
    sent: bytes,
    effort: Effort,
    account: Callable[[int], None] = _nothing,
) -> float:
    """Compare the CPU a request takes; `account` hears how many of ours were answered."""
    account(load(ours.port, sent, WARM_S))
    load(bare.port, sent, WARM_S)
    own = partial(cpu_of_a_request, ours, sent, effort.seconds, account)
    other = partial(cpu_of_a_request, bare, sent, effort.seconds, _nothing)
    return median_ratio(own, other, effort.rounds)


def cpu_of_a_request(
    served: Served, sent: bytes, seconds: float, account: Callable[[int], None]
) -> float:
    """Load a server and divide what CPU it took by the requests it answered."""
    before = served.cpu_s()
    done = load(served.port, sent, seconds)
    account(done)
    return (served.cpu_s() - before) / done


def _all_stored(found: Installed, answered: int) -> None:
    """Make sure that we measured events and no repeats; what was under way counts for nothing."""
    stored = found.stored()
    if stored < answered:
        raise SystemExit(f"{answered} forms were answered, but {stored} events are stored")
