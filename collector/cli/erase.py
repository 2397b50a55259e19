"""`collector event erase`: take a person's events out of the database; `erased`: list them."""

from __future__ import annotations

import click

from collector.cli.session import Session, now, print_json, run
from collector.domain.times import render_time
from collector.storage.erasure import (
    EraseEvents,
    Sent,
    erased_after,
    events_of_email,
    sent_where,
)
from collector.storage.events import PAGE

EXAMPLE = """\b
Example:
  collector event erase --email ada@example.com --dry-run
"""


@click.command(epilog=EXAMPLE)
@click.option("--email", required=True, help="All events that hold this e-mail address.")
@click.option("--dry-run", is_flag=True, help="Only say how many it would be.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def erase(*, email: str, dry_run: bool, as_json: bool) -> None:
    """Erase every event of a person, and say what had been sent where.

    What they still owe is cancelled. A tombstone without personal data stays, so that the same
    submission sent once more is not stored again.
    """
    if "@" not in email.strip():
        raise click.UsageError("--email: write a whole e-mail address")

    async def work(session: Session) -> tuple[int, list[Sent]]:
        ids = await session.store.read(events_of_email, email)
        sent = await session.store.read(sent_where, ids)
        if not dry_run:
            for first in range(0, len(ids), PAGE):
                write = EraseEvents(ids=ids[first : first + PAGE], now=now())
                await session.store.write(write)
        return len(ids), sent

    count, sent = run(work)
    if as_json:
        sent_rows = [one._asdict() for one in sent]
        print_json({"events": count, "dry_run": dry_run, "sent": sent_rows})
        return
    click.echo(f"{count} events {'would be' if dry_run else 'are'} erased")
    for one in sent:
        click.echo(f"  {one.destination}: {one.delivered} delivered, {one.under_way} under way")


@click.command(epilog="\b\nExample:\n  collector event erased > erased.txt\n")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def erased(*, as_json: bool) -> None:
    """List what was erased: ids and times, no personal data.

    Kept outside the database, the list tells `collector restore --erasures` what an older backup
    must forget again.
    """

    async def work(session: Session) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = []
        while page := await session.store.read(erased_after, found[-1][0] if found else ""):
            found += page
        return found

    rows = [(own_id, render_time(at)) for own_id, at in run(work)]
    if as_json:
        print_json([{"id": own_id, "erased_at": at} for own_id, at in rows])
    else:
        for own_id, at in rows:
            click.echo(f"{own_id}  {at}")
