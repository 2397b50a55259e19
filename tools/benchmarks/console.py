"""Lists of the console over many leads: the slowest of them, as a process asks the store."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from collector.storage.delivery_pages import TABS as DELIVERY_TABS
from collector.storage.delivery_pages import DeliveryPageFilter, count_tabs, find_deliveries
from collector.storage.lead_counts import count_lead_tabs
from collector.storage.leads import LeadFilter, find_leads
from collector.storage.store import open_database
from tests.postgres import Cluster, cluster
from tools.benchmarks.installation import ORIGINS, Installed, installed, postgresql_settings, run
from tools.benchmarks.processes import Effort
from tools.benchmarks.seed import SHARES, seed_postgresql, seed_sqlite

FEW, MANY = 200_000, 5_000_000
ROUNDS: Final = 3
Query = tuple[Callable[..., Any], tuple[Any, ...]]


def on_sqlite(_effort: Effort, count: int = FEW) -> float:
    """Milliseconds of the slowest list on SQLite."""
    with installed() as found:
        sources = _sources(found)
        seed_sqlite(found, count, sources, _now())
        return asyncio.run(_slowest(found, sources))


def on_postgresql(_effort: Effort, count: int = FEW) -> float:
    """Milliseconds of the slowest list on PostgreSQL."""
    with cluster() as running, _on(running) as found:
        sources = _sources(found)
        seed_postgresql(running, found, count, sources, _now())
        return asyncio.run(_slowest(found, sources))


@contextmanager
def _on(running: Cluster) -> Iterator[Installed]:
    running.sql("CREATE DATABASE bench")
    with installed(**postgresql_settings(running)) as found:
        yield found


def _sources(found: Installed) -> list[str]:
    """Add captures to the installation's own."""
    create = ("capture", "create", "More", *ORIGINS, "--json")
    made = [json.loads(run(found.environment, *create)) for _ in SHARES[1:]]
    return [found.source_id, *(one["source_id"] for one in made)]


def _lists(sources: list[str]) -> dict[str, Query]:
    """Name every way to narrow a list, and the ones that find little or nothing."""
    rare = (sources[-1],)
    page = "www.example.com/offer"
    leads = {
        "all": LeadFilter(),
        "of a rare capture": LeadFilter(source_ids=rare),
        "failed": LeadFilter(tab="failed"),
        "spam": LeadFilter(tab="spam"),
        "tests": LeadFilter(tab="test"),
        "by channel": LeadFilter(channel="Email", source_ids=rare),
        "by campaign": LeadFilter(campaign="brand-3"),
        "by landing page": LeadFilter(page=page),
        "by click id": LeadFilter(click="gclid"),
        "by all of these": LeadFilter(campaign="brand-3", page=page, channel="Email"),
        "by what excludes": LeadFilter(campaign="brand-3", channel="Display"),
        "by a name": LeadFilter(search="anna steinweber"),
        "by a letter": LeadFilter(search="a"),
        "by an address": LeadFilter(search="anna.bergmann1"),
        "by a phone number": LeadFilter(search="030 1000077"),
        "by an order": LeadFilter(search="order-77"),
        "by nothing there": LeadFilter(search="nobody-at-all"),
    }
    owed = {tab: DeliveryPageFilter(tab=tab) for tab in DELIVERY_TABS}
    owed["of a rare capture"] = DeliveryPageFilter(source_ids=rare)
    return {
        **{f"leads {name}": (find_leads, (one,)) for name, one in leads.items()},
        **{f"deliveries {name}": (find_deliveries, (one,)) for name, one in owed.items()},
        "leads by tab": (count_lead_tabs, (None,)),
        "deliveries by tab": (count_tabs, ()),
    }


async def _slowest(found: Installed, sources: list[str]) -> float:
    database = open_database(found.database_url)
    took = {}
    try:
        for name, (query, arguments) in _lists(sources).items():
            times = []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                await database.read(query, *arguments)
                times.append((time.perf_counter() - began) * 1000)
            took[name] = sorted(times)[ROUNDS // 2]
    finally:
        await database.close()
    name = max(took, key=lambda one: took[one])
    print(f"the slowest: {name}, {took[name]:.1f} ms", file=sys.stderr)
    return took[name]


def _now() -> int:
    return time.time_ns() // 1000
