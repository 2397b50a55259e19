"""A mapping preview on paper: what came, and what each destination would get of it."""

from __future__ import annotations

import json
from typing import Any

import click
import msgspec

from collector.cli.session import print_json
from collector.storage.preview import Preview, Result


def print_preview(found: Preview, *, as_json: bool) -> None:
    """Print it as JSON, or as one block for each station of the way."""
    if as_json:
        print_json(msgspec.to_builtins(found))
        return
    kind = "test event" if found.test else "event"
    _print_block(f"As it came ({kind} {found.event})", found.before, {})
    _print_result("Behind the capture's mapping", found.mapped)
    for name, said in found.lead_type.items():
        click.echo(f"  ! the lead type refuses {name}: {said}")
    for one in found.destinations:
        refused = ", refused" if one.after.errors else ""
        _print_result(f"To {one.kind} {one.name} ({one.id}){refused}", one.after)
    if not found.destinations:
        click.echo("No destination gets it.")


def _print_result(title: str, result: Result) -> None:
    _print_block(title, result.fields, result.errors)


def _print_block(title: str, fields: dict[str, Any], errors: dict[str, str]) -> None:
    click.echo(f"{title}:")
    width = max(map(len, [*fields, *errors]), default=0)
    for name, value in fields.items():
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        click.echo(f"  {name:{width}}  {shown}")
    for name, said in errors.items():
        click.echo(f"! {name:{width}}  {said}")
