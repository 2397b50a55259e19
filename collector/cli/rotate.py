"""`collector destination rotate-secret`: another signing secret, shown once."""

from __future__ import annotations

import secrets

import click

from collector.cli.session import Session, now, print_json, run
from collector.destinations import SECRET_BYTES, Registry
from collector.domain.times import render_time
from collector.storage.destinations import ChangeDestination, get_destination
from collector.storage.secrets import SecretBox

EXAMPLE = """\b
Example:
  collector destination rotate-secret 01975c2e-…
"""


@click.command("rotate-secret", epilog=EXAMPLE)
@click.argument("destination_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def rotate_secret(*, destination_id: str, as_json: bool) -> None:
    """Give a destination another signing secret and print it, this once.

    The one before signs beside it for 24 hours; until then there is no third.
    """

    async def work(session: Session) -> tuple[str, int | None]:
        registry = Registry(SecretBox(session.settings.encryption_keys))
        stored = await session.store.read(get_destination, destination_id)
        at = now()
        value, made = registry.roll(stored, secrets.token_bytes(SECRET_BYTES), at)
        await session.store.write(ChangeDestination(destination=made, seen=stored.changed_at))
        return value, registry.former_until(made, at)

    value, until = run(work)
    said = None if until is None else render_time(until)
    if as_json:
        print_json({"id": destination_id, "secret": value, "former_until": said})
        return
    click.echo(value)
    if said:
        click.echo(f"the secret before it signs as well until {said}", err=True)
