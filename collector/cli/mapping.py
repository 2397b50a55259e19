"""`collector mapping …`: from incoming names to fields, and on to a destination's."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TextIO

import click
from msgspec.structs import replace

from collector.cli.preview import print_preview
from collector.cli.session import Session, print_json, print_rows, run
from collector.domain.errors import InputError, UnknownEvent
from collector.domain.mapping import PASS_ALL, Mapping, parse_mapping, render_mapping
from collector.domain.suggestions import suggest_mapping
from collector.domain.transform_notation import parse_transform
from collector.storage.captures import get_capture
from collector.storage.mappings import SaveMapping, link_mappings_of
from collector.storage.preview import last_event, read_preview

of_link = click.option(
    "--destination", "destination_id", metavar="ID", help="The mapping on to this destination."
)


@click.group(epilog="\b\nExample:\n  collector mapping suggest 01975c2e-… --save\n")
def mapping() -> None:
    """Suggest, write, show and try out mappings."""


async def _read(session: Session, source_id: str, destination_id: str | None) -> Mapping | None:
    capture = await session.store.read(get_capture, source_id)
    if destination_id is None:
        return capture.mapping
    return (await session.store.read(link_mappings_of, source_id)).get(destination_id)


async def _save(
    session: Session, source_id: str, destination_id: str | None, wanted: Mapping | None
) -> None:
    write = SaveMapping(source_id=source_id, destination_id=destination_id, mapping=wanted)
    await session.store.write(write)


def _change(
    source_id: str, destination_id: str | None, change: Callable[[Mapping], Mapping]
) -> None:
    """Change what is saved, and say that it is."""

    async def work(session: Session) -> int:
        before = await _read(session, source_id, destination_id)
        after = change(before or PASS_ALL)
        await _save(session, source_id, destination_id, after)
        return len(after.rules)

    click.echo(f"saved; the mapping has {run(work)} rules", err=True)


@mapping.command(epilog="\b\nExample:\n  collector mapping show 01975c2e-… --json\n")
@click.argument("source_id")
@of_link
@click.option("--json", "as_json", is_flag=True, help="Print the mapping as `set` reads it.")
def show(*, source_id: str, destination_id: str | None, as_json: bool) -> None:
    """Show a mapping."""
    found = run(lambda session: _read(session, source_id, destination_id)) or PASS_ALL
    _print(found, as_json=as_json)


def _print(found: Mapping, *, as_json: bool) -> None:
    if as_json:
        print_json(render_mapping(found))
        return
    rules = [
        {
            "to": rule.to,
            "from": list(rule.names) or rule.attribution,
            "value": rule.value,
            "transforms": [str(one.__struct_config__.tag) for one in rule.transforms],
            "otherwise": rule.otherwise,
        }
        for rule in found.rules
    ]
    print_rows(rules, as_json=False, empty="there is no rule")
    click.echo(f"Fields without a rule: {found.unmapped}. Country: {found.country or '-'}")


@mapping.command("set", epilog="\b\nExample:\n  collector mapping set 01975c2e-… mapping.json\n")
@click.argument("source_id")
@click.argument("file", type=click.File(encoding="utf-8"))
@of_link
def set_command(*, source_id: str, file: TextIO, destination_id: str | None) -> None:
    """Put the mapping in FILE (JSON; `-` reads stdin) in the place of the one there is."""
    try:
        wanted = parse_mapping(json.load(file))
    except (ValueError, InputError) as error:
        raise click.UsageError(f"{file.name}: {error}") from error
    _change(source_id, destination_id, lambda _: wanted)


@mapping.command(
    epilog="""\b
Example:
  collector mapping add 01975c2e-… phone --from Telefon --transform phone:DE
  collector mapping add 01975c2e-… fb_click --attribution fbc
"""
)
@click.argument("source_id")
@click.argument("to")
@click.option("--from", "names", multiple=True, metavar="NAME", help="The first that has a value.")
@click.option("--attribution", help="Take a value of the lead's attribution, such as channel.")
@click.option("--value", help="Write this where nothing came.")
@click.option(
    "--transform",
    "transforms",
    multiple=True,
    metavar="NAME[:ARGUMENT]",
    help="trim, case:title, join: , name_part:first, phone:DE, date:DD.MM.YYYY, or JSON; repeats.",
)
@click.option(
    "--otherwise",
    type=click.Choice(["refuse", "keep", "drop"]),
    default="refuse",
    show_default=True,
    help="What becomes of a value that cannot be read.",
)
@of_link
def add(*, source_id: str, destination_id: str | None, **given: Any) -> None:
    """Fill the field TO by a rule, in the place of one that fills it already."""
    try:
        rule = _parse_rule(**given)
    except InputError as error:
        raise click.UsageError(str(error)) from error

    def change(before: Mapping) -> Mapping:
        kept = tuple(one for one in before.rules if one.to != rule.to)
        return replace(before, rules=(*kept, rule))

    _change(source_id, destination_id, change)


def _parse_rule(*, names: tuple[str, ...], transforms: tuple[str, ...], **plain: Any) -> Any:
    given = {name: value for name, value in plain.items() if value is not None}
    rule = {**given, "from": names, "transforms": list(map(parse_transform, transforms))}
    return parse_mapping({"rules": [rule]}).rules[0]


@mapping.command(epilog="\b\nExample:\n  collector mapping remove 01975c2e-… phone\n")
@click.argument("source_id")
@click.argument("to")
@of_link
def remove(*, source_id: str, to: str, destination_id: str | None) -> None:
    """Take away the rule that fills the field TO."""

    def change(before: Mapping) -> Mapping:
        kept = tuple(one for one in before.rules if one.to != to)
        if len(kept) == len(before.rules):
            raise InputError(f"no rule fills {to}", field="to")
        return replace(before, rules=kept)

    _change(source_id, destination_id, change)


@mapping.command(epilog="\b\nExample:\n  collector mapping options 01975c2e-… --country DE\n")
@click.argument("source_id")
@click.option("--unmapped", type=click.Choice(["pass", "drop"]), help="Fields without a rule.")
@click.option("--country", help="Where phones without + ring, such as DE.")
@of_link
def options(*, source_id: str, destination_id: str | None, **given: Any) -> None:
    """Change what holds for the whole mapping."""
    changes = {name: value for name, value in given.items() if value is not None}
    _change(source_id, destination_id, lambda before: replace(before, **changes))


@mapping.command(epilog="\b\nExample:\n  collector mapping clear 01975c2e-…\n")
@click.argument("source_id")
@of_link
def clear(*, source_id: str, destination_id: str | None) -> None:
    """Let every field pass under its own name, as before anything was mapped."""
    run(lambda session: _save(session, source_id, destination_id, None))
    click.echo("every field passes under its own name", err=True)


@mapping.command(
    epilog="\b\nExample:\n  collector mapping suggest 01975c2e-… --country DE --save\n"
)
@click.argument("source_id")
@click.option("--country", help="Where phones without + ring, such as DE.")
@click.option("--save", is_flag=True, help="Put it in the place of the capture's mapping.")
@click.option("--json", "as_json", is_flag=True, help="Print the mapping as `set` reads it.")
def suggest(*, source_id: str, country: str | None, save: bool, as_json: bool) -> None:
    """Suggest a mapping from the names in the last event that came, in English or German."""

    async def work(session: Session) -> Mapping:
        capture = await session.store.read(get_capture, source_id)
        last = await session.store.read(last_event, source_id)
        if last is None:
            raise UnknownEvent(f"the capture {source_id} has no event yet; send one first")
        found = suggest_mapping(last.fields, capture.catalogue, country)
        if save:
            await _save(session, source_id, None, found)
        return found

    _print(run(work), as_json=as_json)


@mapping.command(epilog="\b\nExample:\n  collector mapping preview 01975c2e-… --json\n")
@click.argument("source_id")
@click.option("--event", metavar="ID", help="This event in the place of the last real one.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def preview(*, source_id: str, event: str | None, as_json: bool) -> None:
    """Show what each destination would get of an event that came; sends nothing."""
    found = run(lambda session: session.store.read(read_preview, source_id, event))
    print_preview(found, as_json=as_json)
