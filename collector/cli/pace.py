"""How fast a destination may go, as options of its commands; `collector destination set`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import click
from msgspec.structs import replace

from collector.cli.session import Session, print_json, run
from collector.domain.errors import InputError
from collector.domain.pace import MOST_AT_ONCE, Pace, parse_rate, render_rate
from collector.storage.destinations import SetPace, get_destination

NO_LIMIT: Final = 0


def _read_rate(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    """Read a rate; no limit is 0, since None is not said."""
    try:
        return None if text is None else parse_rate(text) or NO_LIMIT
    except InputError as error:
        raise click.BadParameter(str(error)) from error


def pace_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say how fast."""
    count = click.IntRange(1, MOST_AT_ONCE)
    for option in (
        click.option("--burst", type=count, help="So many at once after a rest."),
        click.option(
            "--max-in-flight", type=count, help="So many under way at once; 8 where not said."
        ),
        click.option(
            "--rate",
            "spacing",
            callback=_read_rate,
            help="Such as 5/s, 30/m, 1000/h; or none.",
        ),
    ):
        command = option(command)
    return command


def shown_pace(pace: Pace) -> dict[str, Any]:
    """Show how fast a destination may go."""
    return {
        "rate": render_rate(pace.spacing),
        "burst": pace.burst,
        "max_in_flight": pace.max_in_flight,
    }


@click.command("set", epilog="\b\nExample:\n  collector destination set 01975c2e-… --rate 5/s\n")
@click.argument("destination_id", metavar="ID")
@pace_options
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def set_command(*, destination_id: str, as_json: bool, **given: int | None) -> None:
    """Say how fast a destination may go, in all processes together; what is not named stays.

    It also forgets what a 429 taught about its rate.
    """
    named = {name: value for name, value in given.items() if value is not None}
    if not named:
        raise click.UsageError("name --rate, --max-in-flight or --burst")

    async def work(session: Session) -> Pace:
        stored = await session.store.read(get_destination, destination_id)
        pace = replace(stored.pace, **{name: value or None for name, value in named.items()})
        await session.store.write(SetPace(destination_id=destination_id, pace=pace))
        return pace

    pace = run(work)
    if as_json:
        print_json({"id": destination_id, **shown_pace(pace)})
    else:
        told = ", ".join(f"{name} {value or 'none'}" for name, value in shown_pace(pace).items())
        click.echo(f"{destination_id}: {told}")
