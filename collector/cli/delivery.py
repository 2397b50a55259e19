"""`collector delivery …`: what is owed to destinations, and what became of it."""

from __future__ import annotations

from typing import Any

import click

from collector.cli.session import Session, now, parse_since, print_json, print_rows, run
from collector.domain.delivery import DeliveryState
from collector.domain.reasons import explain
from collector.domain.times import render_time
from collector.storage.deliveries import (
    RETRYABLE_STATES,
    DeliveryFilter,
    RetryDeliveries,
    newest_deliveries,
)

_STATES = [state.value for state in DeliveryState]
_RETRYABLE = [state.value for state in RETRYABLE_STATES]
_TIMES = ("created_at", "next_at", "delivered_at")
_SHORT = ("id", "event_id", "destination", "state", "reason", "attempts", "http_status", "next_at")


@click.group(epilog="\b\nExample:\n  collector delivery list\n")
def delivery() -> None:
    """List and retry deliveries."""


@delivery.command("list", epilog="\b\nExample:\n  collector delivery list --state held --json\n")
@click.option("--state", type=click.Choice(_STATES), help="In this state.")
@click.option("--destination", "destination_id", metavar="ID", help="To one destination.")
@click.option("--limit", default=50, show_default=True, help="At most so many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def list_command(
    *, state: str | None, destination_id: str | None, limit: int, as_json: bool
) -> None:
    """List deliveries, newest first, each with its last answer."""
    states = (state,) if state else ()
    wanted = DeliveryFilter(states=states, destination_id=destination_id)
    rows = [
        _shown(row)
        for row in run(lambda session: session.store.read(newest_deliveries, wanted, limit))
    ]
    print_rows(
        rows if as_json else [{name: row[name] for name in _SHORT} for row in rows],
        as_json=as_json,
        empty="no delivery matches: is a destination linked to the capture?",
    )


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    times = {name: None if row[name] is None else render_time(row[name]) for name in _TIMES}
    return row | times | {"explanation": explain(row["reason"])}


@delivery.command(
    epilog="\b\nExample:\n  collector delivery retry --destination 01975c2e-… --state refused\n"
)
@click.argument("delivery_id", metavar="[ID]", type=int, required=False)
@click.option("--destination", "destination_id", metavar="ID", help="All to one destination.")
@click.option("--since", callback=parse_since, metavar="TIME", help="All made since then.")
@click.option("--state", type=click.Choice(_RETRYABLE), help="All in this state.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def retry(*, state: str | None, as_json: bool, **which: Any) -> None:
    """Try deliveries again that are held, refused or expired.

    Each body is written anew, by the settings and the mapping as they stand now.

    What an event's mark or a paused capture withholds goes only by its own ID; see
    `collector event release` for many.
    """
    wanted = DeliveryFilter(states=(state,) if state else (), **which)
    if wanted == DeliveryFilter():
        raise click.UsageError("name a delivery's ID, --destination, --since or --state")

    async def work(session: Session) -> int:
        write = RetryDeliveries(wanted=wanted, now=now())
        count: int = await session.store.write(write)
        return count

    count = run(work)
    if as_json:
        print_json({"retried": count})
    else:
        click.echo(f"{count} deliveries are due again")
