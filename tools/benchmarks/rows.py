"""The budgets as data: each path, how it is measured, and what it may cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import brotli

from tools.benchmarks import console, deliveries, domain, memory, page, reports, stall, store, web
from tools.benchmarks.processes import ROOT, Effort


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A path, how it is measured, and its budget; `stretch` is what we would like.

    `unit` is `x` for a ratio to the bare counterpart. `at_least`: higher is better.
    """

    path: str
    measure: Callable[[Effort], float]
    budget: float
    stretch: float | None = None
    unit: str = "x"
    at_least: bool = False
    only_asked: bool = False
    """Too long for a run of all rows."""

    def meets(self, measured: float, limit: float) -> bool:
        """Whether a value is on the right side of a limit."""
        return measured >= limit if self.at_least else measured <= limit


def script_bytes(_effort: Effort) -> float:
    """Measure `t.js` as brotli sends it."""
    return float(len(brotli.compress((ROOT / "static_js/dist/t.js").read_bytes())))


MULTIPART = partial(web.form, multipart=True)
DURABLE = partial(Row, budget=0.75, stretch=0.85, at_least=True)
PAGES = partial(Row, budget=200, stretch=50, unit="ms")
ROWS = (
    Row(path="POST /t", measure=web.touch, budget=2.0, stretch=1.75),
    Row(path="POST /f", measure=web.form, budget=3.7, stretch=3.2),
    Row(path="POST /f multipart", measure=MULTIPART, budget=6.5, stretch=5),
    Row(path="POST /f PostgreSQL", measure=web.form_on_postgresql, budget=3.8, stretch=3.3),
    DURABLE(path="durable events/s SQLite", measure=store.on_sqlite),
    DURABLE(path="durable events/s PostgreSQL", measure=store.on_postgres),
    Row(
        path="deliveries/s",
        measure=deliveries.rate,
        budget=0.48,
        stretch=0.58,
        at_least=True,
    ),
    Row(path="event loop stall", measure=stall.worst_ms, budget=20, stretch=10, unit="ms"),
    Row(path="bot check, browsers", measure=domain.browsers_us, budget=300, unit="µs"),
    Row(path="bot check, any text", measure=domain.any_text_us, budget=5_000, unit="µs"),
    Row(path="one touch", measure=domain.touch_us, budget=60, unit="µs"),
    Row(path="100,000 links linted", measure=domain.linted_s, budget=5, unit="s"),
    Row(path="GET /t.js", measure=web.script, budget=1.1, stretch=1.0),
    Row(path="/t.js bytes", measure=script_bytes, budget=2048, stretch=1900, unit="bytes"),
    Row(path="script on the page", measure=page.evaluation, budget=2.5, stretch=1.8),
    Row(
        path="memory, 200,000 parked", measure=memory.serving_mb, budget=120, stretch=90, unit="MB"
    ),
    PAGES(path="reports, 5 million events and 100 million touches", measure=reports.on_sqlite),
    PAGES(path="reports on PostgreSQL, the same", measure=reports.on_postgres),
    PAGES(path="console pages, 200,000 leads SQLite", measure=console.on_sqlite),
    PAGES(path="console pages, 200,000 leads PostgreSQL", measure=console.on_postgresql),
    PAGES(
        path="console pages, 5 million leads SQLite",
        measure=partial(console.on_sqlite, count=console.MANY),
        only_asked=True,
    ),
    PAGES(
        path="console pages, 5 million leads PostgreSQL",
        measure=partial(console.on_postgresql, count=console.MANY),
        only_asked=True,
    ),
    Row(path="claim, 200,000 parked", measure=memory.claim_ms, budget=5, unit="ms"),
)


def judged(row: Row, measured: float) -> dict[str, Any]:
    """Write a measured row as the benchmark's JSON has it; `ratio` is the value in `unit`."""
    value = round(measured, 2)
    return {
        "path": row.path,
        "ratio": value,
        "budget": row.budget,
        "stretch": row.stretch,
        "met": row.meets(value, row.budget),
    }


def chosen(rows: Iterable[Row], paths: Iterable[str]) -> list[Row]:
    """Find the rows of these paths, or all quick ones. Raises ValueError naming what there is."""
    known = {row.path: row for row in rows}
    quick = [row.path for row in known.values() if not row.only_asked]
    wanted = list(paths) or quick
    if strange := [path for path in wanted if path not in known]:
        raise ValueError(f"no row {', '.join(strange)}; there are: {', '.join(known)}")
    return [known[path] for path in wanted]
