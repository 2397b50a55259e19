"""`collector event reclassify`: what today's tables make of past events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import click

from collector.cli.session import Session, parse_since, print_json, run
from collector.domain.json_values import encode_json
from collector.domain.lead_attribution import Conclusion
from collector.domain.receipt import Change, changes, conclude_again, parse_evidence
from collector.domain.tables import Tables
from collector.domain.times import render_time
from collector.storage.events import EventFilter
from collector.storage.receipts import ConcludeAgain, Receipt, receipts_after

EXAMPLE = """\b
Example:
  collector event reclassify --dry-run --since 2026-11-01
"""


@dataclass(slots=True)
class _Tally:
    """What became of the events that were looked at; `written` stays 0 in a dry run."""

    dry_run: bool
    as_json: bool
    tables: Tables
    events: int = 0
    without_receipt: int = 0
    changed: int = 0
    written: int = 0
    changes: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, change: dict[str, Any]) -> None:
        """Show a change at once, or keep it for the one object of `--json`."""
        self.changed += 1
        if self.as_json:
            self.changes.append(change)
        else:
            _print_words(change)


@click.command(epilog=EXAMPLE)
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--since", callback=parse_since, metavar="TIME", help="Received since then.")
@click.option("--capture", "source_id", help="Of one capture.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def reclassify(*, dry_run: bool, since: int | None, source_id: str | None, as_json: bool) -> None:
    """Conclude past events again, from what was seen then, by the tables of today.

    The capture's settings are those of then. Fields and evidence stay as they are, and so do the
    metadata of an event that was sent to a destination: they are what was sent.
    """
    wanted = EventFilter(source_id=source_id, since=since)

    async def work(session: Session) -> _Tally:
        tally = _Tally(dry_run, as_json, session.settings.tables())
        async for page in _pages(session, wanted):
            writes = [write for write in (_judge(one, tally) for one in page) if write]
            if not dry_run:
                tally.written += sum(await asyncio.gather(*map(session.store.write, writes)))
        return tally

    tally = run(work)
    if as_json:
        names = ("events", "without_receipt", "changed", "written", "changes")
        print_json({name: getattr(tally, name) for name in names})
    else:
        click.echo(_summary(tally), err=True)


async def _pages(session: Session, wanted: EventFilter) -> AsyncIterator[list[Receipt]]:
    after = (0, "")
    while page := await session.store.read(receipts_after, wanted, after):
        yield page
        after = (page[-1].event.received_at, page[-1].event.id)


def _judge(receipt: Receipt, tally: _Tally) -> ConcludeAgain | None:
    """Conclude one event again; answers what to write when that is anything else."""
    tally.events += 1
    evidence = parse_evidence(receipt.evidence)
    concluded = conclude_again(receipt.event, evidence, tally.tables) if evidence else None
    if concluded is None:
        tally.without_receipt += 1
        return None
    found = [
        change
        for change in changes(receipt.event, concluded)
        if not (receipt.sent and change.part == "metadata")
    ]
    if not found:
        return None
    tally.tell(_render(receipt, concluded, found))
    return ConcludeAgain(
        event=receipt.event.id,
        was=receipt.attribution,
        attribution=encode_json(concluded.attribution),
        metadata=encode_json(concluded.metadata),
    )


def _render(receipt: Receipt, concluded: Conclusion, found: list[Change]) -> dict[str, Any]:
    event = receipt.event
    versions = event.attribution["table_version"], concluded.attribution["table_version"]
    return {
        "id": event.id,
        "source_id": event.source_id,
        "received_at": render_time(event.received_at),
        "sent": receipt.sent,
        "table_version": dict(zip(("was", "now"), versions, strict=True)),
        "changes": {change.part: {"was": change.was, "now": change.now} for change in found},
    }


def _print_words(event: dict[str, Any]) -> None:
    """Print one line for each part that changed: a touch by its channel, its origin, its rule."""
    for part, change in event["changes"].items():
        was, now = _words(change["was"]), _words(change["now"])
        click.echo(f"{event['id']}  {event['received_at']}  {part:8}  {was} -> {now}")


def _words(value: Any) -> str:
    if isinstance(value, dict) and "channel" in value:
        origin = f"{value['source']} / {value['medium']}"
        return f"{value['channel']}: {origin} (rule {value['channel_rule']})"
    if isinstance(value, dict):
        return ", ".join(f"{name}={text}" for name, text in value.items()) or "none"
    if isinstance(value, list):
        return "; ".join(value) or "none"
    return "none" if value is None else str(value)


def _summary(tally: _Tally) -> str:
    count, words = (tally.changed, "would change") if tally.dry_run else (tally.written, "changed")
    without = tally.without_receipt
    rest = f"; {without} were not concluded by rules" if without else ""
    return f"{count} of {tally.events} events {words}{rest}"
