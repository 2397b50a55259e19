"""Pages of the console over many leads: the slowest of them, as a browser waits for it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, product
from typing import Any, Final

from sqlalchemy import Connection, select

from collector.storage.delivery_pages import TABS as DELIVERY_TABS
from collector.storage.leads import TABS
from collector.storage.store import open_database
from collector.storage.tables import deliveries, events
from tests.postgres import Cluster, cluster
from tools.benchmarks.installation import (
    NOBODY,
    ORIGINS,
    Installed,
    installed,
    postgresql_settings,
    run,
)
from tools.benchmarks.many_leads import YEAR
from tools.benchmarks.processes import Effort
from tools.benchmarks.reports import report_pages
from tools.benchmarks.rollups import seed_rollups
from tools.benchmarks.seed import SHARES, seed_postgresql, seed_sqlite
from tools.benchmarks.visitor import sign_in, slowest

FEW, MANY = 200_000, 5_000_000
URLS: Final = tuple(f"{NOBODY}{number}" for number in range(3))

_PLAIN: Final = (
    *("/live", "/inspect", "/verify", "/check-site", "/links/lint", "/links/arrived", "/account"),
    *("/captures", "/captures/new", "/destinations", "/destinations/new?kind=webhook"),
    *("/settings", "/settings/security", "/settings/users", "/settings/audit"),
    *("/settings/origins", "/settings/status"),
)
_OF_CAPTURE: Final = ("", "/settings", "/connect", "/mapping", "/destinations")
_LEADS: Final = (
    *("channel=Email&capture={rare}", "campaign=brand-3", "page=www.example.com/offer"),
    *("click=gclid", "click=fbclid&range=7d", "campaign=brand-3&channel=Display"),
    *("campaign=brand-3&page=www.example.com/offer&channel=Email", "capture={rare}"),
    *("campaign=brand-3&channel=Email&source=news&click=gclid", "source=news"),
    *("search=anna+steinweber", "search=a", "search=anna.bergmann1", "search=030+1000077"),
    *("search=order-77", "search=zuckmayer", "search=nobody-at-all", "search=example.org"),
)


def on_sqlite(effort: Effort, count: int = FEW) -> float:
    """Milliseconds of the slowest page on SQLite."""
    with installed(*URLS) as found:
        sources = add_captures(found)
        seed_sqlite(found, count, sources, _now())
        return _slowest(found, sources, effort)


def on_postgresql(effort: Effort, count: int = FEW) -> float:
    """Milliseconds of the slowest page on PostgreSQL."""
    with cluster() as running, _on(running) as found:
        sources = add_captures(found)
        seed_postgresql(running, found, count, sources, _now())
        return _slowest(found, sources, effort)


@contextmanager
def _on(running: Cluster) -> Iterator[Installed]:
    running.sql("CREATE DATABASE bench")
    with installed(*URLS, **postgresql_settings(running)) as found:
        yield found


def add_captures(found: Installed) -> list[str]:
    """Add captures to the installation's own, and pause its last destination."""
    found.run("destination", "pause", found.destinations[-1])
    create = ("capture", "create", "More", *ORIGINS, "--json")
    made = [json.loads(run(found.environment, *create)) for _ in SHARES[1:]]
    return [found.source_id, *(one["source_id"] for one in made)]


def _slowest(found: Installed, sources: list[str], effort: Effort) -> float:
    asyncio.run(sign_in(found))
    asyncio.run(seed_rollups(found))
    return slowest(found, console_pages(found, sources), effort.rounds)


def console_pages(found: Installed, sources: list[str]) -> list[str]:
    """List every page, with every way to narrow a list, and the ones that find little."""
    one = asyncio.run(_looked_up(found))
    tabs = [f"tab={tab}" for tab in TABS]
    owed = [f"tab={tab}" for tab in DELIVERY_TABS]
    narrowed = [facet.format(rare=sources[-1]) for facet in _LEADS]
    deep = (f"after={one['at']}.", f"tab=spam&after={one['at']}.")
    of_destination = [f"destination={key}" for key in found.destinations]
    lists = chain(
        ("leads?" + query for query in (*tabs, *narrowed, *deep)),
        (f"leads?{tab}&search=anna" for tab in tabs),
        ("deliveries?" + query for query in (*owed, *of_destination)),
        (f"deliveries?{tab}&{key}" for tab, key in product(owed, of_destination)),
        (f"deliveries?{tab}&capture={sources[-1]}" for tab in owed),
        (f"deliveries?after={one['owed']}", f"deliveries?delivery={one['owed']}"),
    )
    return [
        *_PLAIN,
        *(f"/{page}" for page in lists),
        f"/leads/{one['event']}",
        *(f"/captures/{key}{rest}" for key in (sources[0], sources[-1]) for rest in _OF_CAPTURE),
        *(f"/destinations/{key}{rest}" for key in found.destinations for rest in ("", "/edit")),
        *report_pages(),
    ]


async def _looked_up(found: Installed) -> dict[str, Any]:
    """Name a place in the middle of the lists: a lead, when it came, a delivery."""
    database = open_database(found.database_url)
    try:
        return await database.read(_middle, _now() - YEAR // 2)
    finally:
        await database.close()


def _middle(connection: Connection, at: int) -> dict[str, Any]:
    columns = (events.c.id.label("event"), events.c.received_at.label("at"))
    of = deliveries.c.id.label("owed")
    middle = select(*columns, of).join(deliveries, deliveries.c.event == events.c.id)
    middle = middle.where(events.c.received_at >= at).order_by(events.c.received_at)
    return dict(connection.execute(middle.limit(1)).mappings().one())


def _now() -> int:
    return time.time_ns() // 1000
