"""`collector lead-type …`: what leads must and may hold."""

from __future__ import annotations

from typing import Any

import click

from collector.cli.session import Session, now, print_json, print_rows, run
from collector.domain.capture import Capture
from collector.domain.errors import InputError
from collector.domain.lead_type import LeadType, parse_lead_type
from collector.storage.captures import list_captures
from collector.storage.lead_types import (
    ApplyLeadType,
    RemoveLeadType,
    SaveLeadType,
    get_lead_type,
    list_lead_types,
)


@click.group("lead-type", epilog="\b\nExample:\n  collector lead-type list\n")
def lead_type() -> None:
    """Create lead types and apply them to captures."""


@lead_type.command(
    epilog="""\b
Example:
  collector lead-type create "Test drive" --required email --required last_name \\
    --optional postcode --limit postcode.max_length=5
"""
)
@click.argument("name")
@click.option("--required", multiple=True, metavar="FIELD", help="It must be there; repeats.")
@click.option("--optional", multiple=True, metavar="FIELD", help="It may be there; repeats.")
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="FIELD.LIMIT=N",
    help="min_length, max_length, minimum or maximum; repeats.",
)
@click.option("--replace", is_flag=True, help="Put this in the place of one of that name.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def create(*, replace: bool, as_json: bool, **given: Any) -> None:
    """Create a lead type called NAME; values are judged by the types of their fields."""
    try:
        made = parse_lead_type(given | {"limits": _parse_limits(given["limits"])})
    except InputError as error:
        raise click.UsageError(str(error)) from error

    async def work(session: Session) -> None:
        await session.store.write(SaveLeadType(lead_type=made, now=now(), create=not replace))

    run(work)
    if as_json:
        print_json(_shown(made, []))
    else:
        click.echo(made.name)


def _parse_limits(texts: tuple[str, ...]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for text in texts:
        name, dot, limit = text.partition(".")
        key, _, number = limit.partition("=")
        try:
            value = float(number)
        except ValueError:
            dot = ""
        if not dot:
            raise InputError(f"--limit {text}: write it as postcode.max_length=5")
        found.setdefault(name, {})[key] = int(value) if value.is_integer() else value
    return found


def _shown(one: LeadType, captures: list[Capture]) -> dict[str, Any]:
    return {
        "name": one.name,
        "required": list(one.required),
        "optional": list(one.optional),
        "limits": {name: _limits(limits) for name, limits in one.limits.items()},
        "captures": [it.source_id for it in captures if it.lead_type_name == one.name],
    }


def _limits(limits: Any) -> dict[str, float]:
    named = {name: getattr(limits, name) for name in limits.__struct_fields__}
    return {name: value for name, value in named.items() if value is not None}


@lead_type.command("list", epilog="\b\nExample:\n  collector lead-type list --json\n")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def list_command(*, as_json: bool) -> None:
    """List every lead type with its captures."""

    async def work(session: Session) -> list[dict[str, Any]]:
        captures = await session.store.read(list_captures)
        return [_shown(one, captures) for one in await session.store.read(list_lead_types)]

    rows = run(work)
    short = ("name", "required", "optional", "captures")
    print_rows(
        rows if as_json else [{name: row[name] for name in short} for row in rows],
        as_json=as_json,
        empty="there is no lead type: collector lead-type create NAME --required email",
    )


@lead_type.command(epilog='\b\nExample:\n  collector lead-type show "Test drive"\n')
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def show(*, name: str, as_json: bool) -> None:
    """Show one lead type."""

    async def work(session: Session) -> dict[str, Any]:
        found = await session.store.read(get_lead_type, name)
        return _shown(found, await session.store.read(list_captures))

    found = run(work)
    if as_json:
        print_json(found)
        return
    for key, value in found.items():
        click.echo(f"{key:10}{', '.join(value) if isinstance(value, list) else value or '-'}")


@lead_type.command(
    epilog='\b\nExample:\n  collector lead-type apply "Test drive" --capture 01975c2e-…\n'
)
@click.argument("name", required=False)
@click.option("--capture", "captures", multiple=True, required=True, metavar="SOURCE_ID")
@click.option("--none", "takes_away", is_flag=True, help="Let the captures have no lead type.")
def apply(*, name: str | None, captures: tuple[str, ...], takes_away: bool) -> None:
    """Have the leads of captures be of the type NAME from now on."""
    if (name is None) is not takes_away:
        raise click.UsageError("name a lead type, or --none")

    async def work(session: Session) -> None:
        for source_id in captures:
            await session.store.write(ApplyLeadType(source_id=source_id, name=name))

    run(work)
    for source_id in captures:
        click.echo(f"{source_id} has {'no lead type' if name is None else name}", err=True)


@lead_type.command(epilog='\b\nExample:\n  collector lead-type remove "Test drive"\n')
@click.argument("name")
def remove(*, name: str) -> None:
    """Forget a lead type that no capture has."""

    async def work(session: Session) -> None:
        await session.store.write(RemoveLeadType(name=name))

    run(work)
    click.echo(f"{name} is removed", err=True)
