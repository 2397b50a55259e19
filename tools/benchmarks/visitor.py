"""Somebody signed in to the console, and how long pages take until they have them."""

from __future__ import annotations

import http.client
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

from collector.domain.api_key import digest_of
from collector.domain.user import User
from collector.storage.sessions import OpenSession
from collector.storage.store import open_store
from collector.storage.users import CreateUser
from tools.benchmarks.installation import Installed
from tools.benchmarks.processes import busy_ms

SECRET = "a session of the benchmark"  # noqa: S105  (of a database that is thrown away)
SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """Milliseconds of a page: the first time, the median of the times after it, and the CPU's.

    Of the CPU it is what the server and its database took; waiting for a core is not in it, and
    waiting for the disk is not either: that is what the first time shows.
    """

    page: str
    first: float
    median: float
    cpu: float


async def sign_in(found: Installed) -> None:
    """Make an admin with a session."""
    store = await open_store(found.database_url)
    user = User(id="bench", email="bench@example.com", role="admin", created_at=1)
    await store.write(CreateUser(user=user))
    now = time.time_ns() // 1000
    await store.write(OpenSession(digest=digest_of(SECRET), user_id="bench", now=now))
    await store.close()


def get(port: int, page: str) -> bytes:
    """Read a page of the console; anything but a page ends the benchmark."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", f"/console{page}", headers={"cookie": f"__Host-lc_session={SECRET}"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200 or b"Nothing was counted" in body:  # noqa: PLR2004
        raise SystemExit(f"{page} answered {answer.status}, or nothing")
    return body


def visit(port: int, page: str, times: int, busy: Callable[[], float]) -> Took:
    """Read a page some times; `busy` tells how much of the CPU was taken so far."""
    waited, taken = [], []
    for _ in range(times + 1):
        began, before = time.perf_counter(), busy()
        get(port, page)
        waited.append((time.perf_counter() - began) * 1000)
        taken.append(busy() - before)
    return Took(page=page, first=waited[0], median=median(waited[1:]), cpu=median(taken[1:]))


def slowest(found: Installed, pages: Iterable[str], times: int) -> float:
    """Read all of them, say which took longest, and give the CPU's milliseconds of the slowest."""
    with found.serving("--no-worker") as served:

        def busy() -> float:
            return busy_ms((served.pid, *found.database_pids()))

        every = [visit(served.port, page, times, busy) for page in pages]
    every.sort(key=lambda one: -one.cpu)
    print("     CPU   median    first", file=sys.stderr)
    for one in every[:SHOWN]:
        print(f"{one.cpu:8.1f}{one.median:9.1f}{one.first:9.1f}  {one.page}", file=sys.stderr)
    return every[0].cpu
