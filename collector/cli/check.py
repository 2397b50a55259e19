"""`collector check`: every setting, its value and where it came from."""

from __future__ import annotations

import json

import click

from collector.config import SETTINGS, Settings, from_environment
from collector.domain.errors import SettingsError

EXAMPLE = """\b
Example:
  COLLECTOR_PORT=9000 collector check
"""


@click.command(epilog=EXAMPLE)
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def check(*, as_json: bool) -> None:
    """Print each setting with where it came from, secrets masked.

    Creates nothing. Exits 1 and lists every problem when there are any.
    """
    try:
        settings = from_environment()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    for warning in settings.warnings:
        click.echo(f"Warning: {warning}", err=True)
    click.echo(_json(settings) if as_json else _table(settings))


def _json(settings: Settings) -> str:
    rows = [
        {
            "name": setting.variable,
            "value": settings.shown(setting),
            "source": settings.sources[setting.name],
        }
        for setting in SETTINGS
    ]
    return json.dumps(rows, indent=2)


def _table(settings: Settings) -> str:
    rows = settings.listed()
    names, values = (max(len(row[column]) for row in rows) for column in (0, 1))
    return "\n".join(f"{name:{names}}  {value:{values}}  {source}" for name, value, source in rows)
