"""`collector field …`: what leads can hold, standard fields and custom ones."""

from __future__ import annotations

from typing import Any

import click

from collector.cli.session import Session, now, print_json, print_rows, run
from collector.domain.errors import InputError, UnknownField
from collector.domain.fields import FIELD_TYPES, STANDARD, Field, custom_field
from collector.storage.fields import RemoveField, SaveField, read_catalogue


@click.group(epilog="\b\nExample:\n  collector field list\n")
def field() -> None:
    """List fields; create, change and remove custom ones."""


@field.command("list", epilog="\b\nExample:\n  collector field list --custom --json\n")
@click.option("--custom", is_flag=True, help="Only those that were created here.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def list_command(*, custom: bool, as_json: bool) -> None:
    """List every field, standard ones first."""
    found = run(lambda session: session.store.read(read_catalogue))
    rows = [_shown(one) for one in found.values() if not (custom and one.name in STANDARD)]
    print_rows(
        rows,
        as_json=as_json,
        empty="there is no custom field: collector field create NAME --type TYPE",
    )


def _shown(one: Field) -> dict[str, Any]:
    return {
        "name": one.name,
        "label": one.label,
        "type": one.type,
        "choices": list(one.choices),
        "standard": one.name in STANDARD,
    }


@field.command(
    epilog="\b\nExample:\n  collector field create car --type choice --choice Leaf --choice Yes\n"
)
@click.argument("name")
@click.option("--type", "type_", type=click.Choice(FIELD_TYPES), default="text", show_default=True)
@click.option("--label", default="", help="What people read.")
@click.option("--choice", "choices", multiple=True, help="A value of a choice; repeats.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def create(*, as_json: bool, **given: Any) -> None:
    """Create a custom field called NAME."""
    try:
        made = custom_field(**given)
    except InputError as error:
        raise click.UsageError(str(error)) from error

    async def work(session: Session) -> None:
        await session.store.write(SaveField(field=made, now=now(), create=True))

    run(work)
    if as_json:
        print_json(_shown(made))
    else:
        click.echo(made.name)


@field.command(epilog="\b\nExample:\n  collector field change model --label 'Car model'\n")
@click.argument("name")
@click.option("--label", help="What people read.")
@click.option("--choice", "choices", multiple=True, help="All values of a choice anew; repeats.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def change(*, name: str, label: str | None, choices: tuple[str, ...], as_json: bool) -> None:
    """Change a custom field's label or choices; its type stays."""

    async def work(session: Session) -> Field:
        known = (await session.store.read(read_catalogue)).get(name)
        if known is None or name in STANDARD:
            raise UnknownField(f"there is no custom field {name}", field="name")
        made = custom_field(name, known.type, label or known.label, choices or known.choices)
        await session.store.write(SaveField(field=made, now=now()))
        return made

    changed = run(work)
    if as_json:
        print_json(_shown(changed))
    else:
        click.echo(f"{name} is changed", err=True)


@field.command(epilog="\b\nExample:\n  collector field remove model\n")
@click.argument("name")
def remove(*, name: str) -> None:
    """Forget a custom field that no mapping and no lead type uses."""

    async def work(session: Session) -> None:
        await session.store.write(RemoveField(name=name))

    run(work)
    click.echo(f"{name} is removed", err=True)
