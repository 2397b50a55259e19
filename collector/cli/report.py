"""`collector report …`: touches and leads by where they came from, and what they came with."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import click

from collector.cli.link_input import read_rules_file
from collector.cli.session import Session, now, print_rows, run
from collector.domain.link_rules import LinkRules
from collector.domain.report import lines_of
from collector.domain.spreadsheet import harmless
from collector.domain.tally import COVERED, DIMENSIONS, LEADS, MODELS
from collector.domain.times import DAY
from collector.storage.link_rules import find_link_rules
from collector.storage.recount import Recount
from collector.storage.reports import (
    ReportFilter,
    counts_by,
    measures_by_day,
    owed_by_destination,
    values_by,
)
from collector.storage.tallies import COLUMNS, count_leads

KINDS: Final[dict[str, tuple[str, ...]]] = {
    "channels": ("channel",),
    "sources": ("source", "medium"),
    "campaigns": ("campaign",),
    "landing-pages": ("landing_page",),
}
_OTHERS: Final = ("coverage", "journeys", "recount")
ALONE: Final = {"mediums": "medium", "contents": "content", "terms": "term"}
"""What is counted by itself alone: it is not split further."""
_EPOCH: Final = date(1970, 1, 1)
_DAYS_SHOWN: Final = 30
_EMPTY: Final = "nothing was counted in these days"


@click.command(
    epilog="""\b
Examples:
  collector report channels --since 2026-11-01 --model last_paid
  collector report sources --by campaign --format csv > sources.csv
  collector report coverage --json
"""
)
@click.argument("kind", type=click.Choice([*KINDS, *ALONE, "destinations", *_OTHERS]))
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day, UTC; else 30 days.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day, UTC; else today.")
@click.option("--capture", "source_id", help="Of one capture.")
@click.option(
    "--by", multiple=True, type=click.Choice(["day", *DIMENSIONS]), help="Split further."
)
@click.option("--model", type=click.Choice(MODELS), default="last", show_default=True)
@click.option(
    "--rules",
    type=click.Path(exists=True, path_type=Path),
    help="One spelling, TOML; else as stored.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
@click.option("--format", "form", type=click.Choice(["text", "csv"]), default="text")
def report(*, kind: str, as_json: bool, form: str, **given: Any) -> None:
    """Print touches, leads under each model, and leads per touch under one of them.

    Coverage is the share of leads with a click id, a GA client id and a first touch, by day;
    journeys tell how long and how many touches a lead took. Recount counts leads again, after
    `collector event reclassify`; days of a capture with erased leads stay as they were counted.
    """
    wanted = _filter(given)
    if given["by"] and kind not in KINDS:
        raise click.UsageError(f"{kind} cannot be split further: leave --by out")

    async def work(session: Session) -> list[dict[str, Any]]:
        if kind == "recount":
            _tell_of(await session.store.write(Recount()))
        await count_leads(session.store)
        file = given["rules"]
        rules = read_rules_file(file) if file else await session.store.read(find_link_rules)
        if kind in KINDS:
            by = tuple(dict.fromkeys((*KINDS[kind], *given["by"])))
            rows = await session.store.read(counts_by, wanted, by)
            return _with_rates(_spelt(rows, by, rules), by, given["model"])
        if kind in ALONE:
            found = await session.store.read(values_by, wanted, ALONE[kind])
            return _alone(found, ALONE[kind], rules, given["model"])
        if kind == "destinations":
            owed = await session.store.read(owed_by_destination, wanted)
            return [{"destination": one, LEADS: count} for one, count in sorted(owed.items())]
        measures = await session.store.read(measures_by_day, wanted)
        return _coverage(measures) if kind != "journeys" else _journeys(measures)

    rows = run(work)
    if form == "csv" and not as_json:
        _write_csv(rows)
    else:
        print_rows(rows, as_json=as_json, empty=_EMPTY)


def _tell_of(staying: int) -> None:
    if staying:
        days = "1 day stays as it was" if staying == 1 else f"{staying} days stay as they were"
        click.echo(f"{days} counted: an erased lead cannot be counted again", err=True)


def _filter(given: dict[str, Any]) -> ReportFilter:
    today = now() // DAY
    until = (given["until"].date() - _EPOCH).days if given["until"] else today
    since = (given["since"].date() - _EPOCH).days if given["since"] else until - _DAYS_SHOWN + 1
    sources = (given["source_id"],) if given["source_id"] else None
    return ReportFilter(since=since, until=until, source_ids=sources)


def _spelt(
    rows: list[dict[str, Any]], by: Sequence[str], rules: LinkRules | None
) -> list[dict[str, Any]]:
    """Add up rows that differ in spelling alone; what is stored stays as it was written."""
    if rules is None:
        return rows
    merged: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        names = {name: rules.canonical(f"utm_{name}", str(row[name])) for name in _named(by)}
        spelt = {**row, **names}
        first = merged.setdefault(tuple(spelt[name] for name in by), spelt)
        if first is not spelt:
            first.update({column: first[column] + row[column] for column in COLUMNS})
    return sorted(merged.values(), key=lambda row: -row["touches"])


def _alone(
    rows: list[dict[str, Any]], dimension: str, rules: LinkRules | None, model: str
) -> list[dict[str, Any]]:
    """Lay out what each value brought, spelt by the rules where there are some."""
    return [
        {dimension: one.value}
        | {name: getattr(one, name) for name in COLUMNS}
        | {"rate": _share(one.leads(model), one.touches)}
        for one in lines_of(rows, dimension if rules else "", rules or LinkRules(), model)
    ]


def _named(by: Sequence[str]) -> list[str]:
    return [name for name in by if name in ("source", "medium", "campaign")]


def _with_rates(rows: list[dict[str, Any]], by: Sequence[str], model: str) -> list[dict[str, Any]]:
    return [
        {name: _day(row[name]) if name == "day" else row[name] for name in by}
        | {name: row[name] for name in COLUMNS}
        | {"rate": _share(row[model], row["touches"])}
        for row in rows
    ]


def _coverage(measures: dict[int, dict[str, int]]) -> list[dict[str, Any]]:
    return [
        {"day": _day(day), LEADS: found.get(LEADS, 0)}
        | {name: _share(found.get(name, 0), found.get(LEADS, 0)) for name in COVERED}
        for day, found in measures.items()
    ]


def _journeys(measures: dict[int, dict[str, int]]) -> list[dict[str, Any]]:
    totals: dict[str, int] = {}
    for found in measures.values():
        for name, count in found.items():
            totals[name] = totals.get(name, 0) + count
    names = [*(f"time:{one}" for one in ("10m", "1h", "1d", "7d", "30d", "more"))]
    names += [f"touches:{one}" for one in ("1", "2", "3", "4", "5+")]
    return [{"measure": name, LEADS: totals[name]} for name in names if name in totals]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _day(day: int) -> str:
    return (_EPOCH + timedelta(days=day)).isoformat()


def _write_csv(rows: list[dict[str, Any]]) -> None:
    out = csv.writer(sys.stdout)
    out.writerow(rows[0] if rows else [])
    for row in rows:
        out.writerow(map(harmless, row.values()))
