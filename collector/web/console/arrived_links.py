"""Links that arrived: what touches and page views of 28 days have wrong, as the linter says."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any, Final

import msgspec

from collector.domain.link import Link, encode_value, render_link
from collector.domain.link_findings import finding
from collector.domain.link_names import meant_name
from collector.domain.said import Said
from collector.domain.tally import NOT_KNOWN
from collector.domain.times import DAY
from collector.storage.landing_faults import count_faults
from collector.storage.link_rules import read_link_rules
from collector.storage.reports import ReportFilter, counts_by
from collector.web.answer import Answer
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.lint_links import lint_all
from collector.web.console.listing import FORMATS, captures_seen, twin
from collector.web.console.visit import Visit

DAYS: Final = 28
MOST_LOOKED: Final = 2_000
MOST_SHOWN: Final = 100
_OF_NAMES: Final = ("name_case", "misspelt_name", "keyword_for_term")
_NAMES: Final = ("source", "medium", "campaign")
Values = tuple[str, ...]


class ArrivedLinks(ConsoleEndpoint):
    """`/console/links/arrived`: read from the roll-ups, never from events."""

    async def show(self, visit: Visit) -> Answer:
        """Show what is wrong with what arrived, the most touches first."""
        touches, leads = await _counted(visit)
        most = touches.most_common(MOST_LOOKED)
        rules = await visit.services.store.read(read_link_rules)
        raw = msgspec.structs.replace(rules, allow_placeholders=False)
        linted = await lint_all([_link(values) for values, _ in most], raw)
        rows = [
            {"values": values, "touches": count, "leads": leads[values], "linted": one}
            for (values, count), one in zip(most, linted, strict=True)
            if one.findings
        ]
        faults = await _faults(visit)
        if visit.asked("format") in FORMATS:
            if visit.asked("of") == "addresses":
                return twin(visit, [_fault_row(row) for row in faults], "arrived-addresses")
            return twin(visit, [_row(row) for row in rows], "arrived-links")
        return visit.page(
            "arrived_links",
            faults=faults[:MOST_SHOWN],
            rows=rows[:MOST_SHOWN],
            found=len(rows),
            looked=len(most),
            days=DAYS,
            cure=lambda one: Said(one.cure),
        )


async def _counted(visit: Visit) -> tuple[Counter[Values], Counter[Values]]:
    """Count touches and leads of the person's captures by source, medium and campaign."""
    touches: Counter[Values] = Counter()
    leads: Counter[Values] = Counter()
    since, whose = await _wanted(visit)
    wanted = ReportFilter(since=since, until=visit.now // DAY, source_ids=whose)
    for row in await visit.services.store.read(counts_by, wanted, _NAMES):
        values = tuple(row[name] for name in _NAMES)
        if not values[0].startswith("("):  # direct, and what is beyond the limit of a day
            touches[values] += row["touches"]
            leads[values] += row["last"]
    return touches, leads


async def _faults(visit: Visit) -> list[dict[str, Any]]:
    """Read the faults of landings by code and parameter, those of most page views first."""
    counted = await visit.services.store.read(count_faults, *await _wanted(visit))
    pages: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for fault, views in counted.items():
        pages[fault.code, fault.name][fault.page] += views
    rows = [
        {
            "finding": finding(code, name),
            "meant": meant_name(name) if code in _OF_NAMES else None,
            "views": on.total(),
            "pages": [*dict(on.most_common())],
        }
        for (code, name), on in pages.items()
    ]
    return sorted(rows, key=lambda row: (-row["views"], row["finding"].code, row["finding"].found))


async def _wanted(visit: Visit) -> tuple[int, tuple[str, ...] | None]:
    """Say since which day, and of which captures, None being all, the person is shown counts."""
    seen = visit.user.source_ids
    whose = None if seen is None else tuple(await captures_seen(visit))
    return visit.now // DAY - DAYS + 1, whose


def _link(values: Values) -> str:
    """Write the values as they would stand in a link."""
    named = zip(_NAMES, values, strict=True)
    pairs = tuple(
        (f"utm_{name}", encode_value(value)) for name, value in named if value != NOT_KNOWN
    )
    return render_link(Link("https://www.example.com/", pairs))


def _row(row: dict[str, Any]) -> dict[str, Any]:
    codes = [one.code for one in row["linted"].findings]
    named = dict(zip(_NAMES, row["values"], strict=True))
    return {**named, "touches": row["touches"], "leads": row["leads"], "codes": codes}


def _fault_row(row: dict[str, Any]) -> dict[str, Any]:
    found = row["finding"]
    return {
        "code": found.code,
        "severity": found.severity,
        "name": found.found,
        "meant": row["meant"],
        "views": row["views"],
        "pages": row["pages"],
        "cure": found.cure,
    }
