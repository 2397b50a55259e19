"""`collector destination delete`: take a destination away, and keep what it got."""

from __future__ import annotations

import click

from collector.cli.session import Session, now, print_json, run
from collector.storage.deletion import DeleteDestination, Owed


@click.command(epilog="\b\nExample:\n  collector destination delete 01975c2e-… --cancel\n")
@click.argument("destination_id", metavar="ID")
@click.option("--cancel", is_flag=True, help="Cancel what it is still owed.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def delete(*, destination_id: str, cancel: bool, as_json: bool) -> None:
    """Delete a destination; it cannot be brought back.

    Refused while deliveries are owed to it, unless --cancel says that these are to be cancelled.
    Events, deliveries and attempts stay; secrets go.
    """

    async def work(session: Session) -> Owed:
        write = DeleteDestination(destination_id=destination_id, now=now(), cancel=cancel)
        owed: Owed = await session.store.write(write)
        return owed

    owed = run(work)
    if as_json:
        told = {"cancelled": owed.waiting, "under_way": owed.under_way}
        print_json({"id": destination_id, **told})
        return
    click.echo(f"{destination_id} is deleted; {owed.waiting} deliveries are cancelled")
    if owed.under_way:
        click.echo(f"  {owed.under_way} are under way and may still arrive")
