"""`collector destination backfill`: owe past events to a destination."""

from __future__ import annotations

from typing import Any

import click

from collector.cli.session import Session, now, parse_since, print_json, run
from collector.storage.backfill import Backfill, count_missing, missing_events
from collector.storage.events import EventFilter

EXAMPLE = """\b
Example:
  collector destination backfill 01975c2e-… --since 2026-11-01 --dry-run
"""


@click.command(epilog=EXAMPLE)
@click.argument("destination_id", metavar="ID")
@click.option("--capture", "source_id", metavar="SOURCE_ID", help="Events of this one capture.")
@click.option("--since", callback=parse_since, metavar="TIME", help="Received since then.")
@click.option("--until", callback=parse_since, metavar="TIME", help="Received before then.")
@click.option("--dry-run", is_flag=True, help="Only say how many it would be.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def backfill(*, destination_id: str, dry_run: bool, as_json: bool, **which: Any) -> None:
    """Send a destination the past events that it was never owed.

    Without --capture they are those of the captures linked to it. Events that a mark withholds
    are held there, too. Twice does no harm: nothing is owed twice.
    """
    wanted = EventFilter(**which)

    async def work(session: Session) -> tuple[int, int]:
        counted = await session.store.read(count_missing, destination_id, wanted)
        if not dry_run:
            await _fill(session, destination_id, wanted)
        return counted

    count, withheld = run(work)
    if as_json:
        print_json({"events": count, "withheld": withheld, "dry_run": dry_run})
    else:
        verb = "would be" if dry_run else "are"
        click.echo(f"{count} events {verb} owed to {destination_id}, {withheld} of them held")


async def _fill(session: Session, destination_id: str, wanted: EventFilter) -> None:
    after = (0, "")
    while found := await session.store.read(missing_events, destination_id, wanted, after):
        await session.store.write(
            Backfill(destination_id=destination_id, missing=found, now=now())
        )
        after = (found[-1].received_at, found[-1].event)
