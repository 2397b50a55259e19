"""`collector event erase`: take a person's events out of the database."""

from __future__ import annotations

import click

from collector.cli.session import Session, now, print_json, run
from collector.storage.erasure import EraseEvents, Sent, events_of_email, sent_where
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
