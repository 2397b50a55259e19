"""`collector apply FILE`: captures and what belongs to them, from a file, in one transaction."""

from __future__ import annotations

import json
import secrets
from functools import partial
from pathlib import Path
from typing import Any

import click

from collector.cli.session import Session, now, print_json, run
from collector.cli.setup_capture import Known, plan_capture
from collector.cli.setup_change import Change
from collector.cli.setup_file import SetupFile, read_setup
from collector.cli.setup_plan import Means, plan_destination, plan_fields, plan_lead_types
from collector.delivery.guard import AddressPolicy
from collector.destinations import Registry
from collector.domain.errors import InputError
from collector.domain.fields import catalogue_with
from collector.domain.ids import RANDOM_BYTES, uuid7
from collector.domain.mapping import Mapping
from collector.storage.captures import destinations_of, list_captures
from collector.storage.destinations import list_destinations
from collector.storage.fields import read_catalogue
from collector.storage.lead_types import list_lead_types
from collector.storage.mappings import link_mappings_of
from collector.storage.secrets import SecretBox
from collector.storage.together import Together


@click.command(epilog="\b\nExample:\n  collector apply --dry-run docs/setup.example.toml\n")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show the difference, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def apply(*, file: Path, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Create or change captures, fields, mappings, destinations and lead types as FILE says.

    What the file does not name stays as it is. The difference is shown first.
    """
    if as_json and not (yes or dry_run):
        raise click.UsageError("--json asks nothing: give --yes or --dry-run as well")
    try:
        wanted = read_setup(file)
    except InputError as error:
        raise click.UsageError(str(error)) from error

    async def work(session: Session) -> tuple[list[Change], bool]:
        changes = await plan(session, wanted)
        if not as_json:
            _print(changes)
        wished = bool(changes) and not dry_run
        if wished:
            await _make(session, changes, ask=not yes)
        return changes, wished

    changes, done = run(work)
    if as_json:
        print_json({"applied": done, "changes": [change.shown() for change in changes]})
    elif done:
        click.echo(f"{len(changes)} changes made", err=True)


async def _make(session: Session, changes: list[Change], *, ask: bool) -> None:
    if ask:
        click.confirm("Make these changes?", abort=True, err=True)
    writes = [write for change in changes for write in change.writes]
    await session.store.write(Together(writes=writes))


async def plan(session: Session, wanted: SetupFile) -> list[Change]:
    """Compare a file with what there is. Raises InputError with the TOML path at fault."""
    at = now()
    read = session.store.read
    known_types = {one.name: one for one in await read(list_lead_types)}
    fields = await read(read_catalogue)
    catalogue = catalogue_with({**fields, **wanted.fields}.values())
    means = Means(
        registry=Registry(SecretBox(session.settings.encryption_keys)),
        policy=AddressPolicy(allow=session.settings.allow_destinations),
        new_id=partial(_new_id, at),
        now=at,
    )
    changes = [*plan_fields(wanted, fields, at)]
    changes += plan_lead_types(wanted, known_types, catalogue, at)
    stored = await read(list_destinations)
    ids: dict[str, str] = {}
    for key, destination in wanted.destinations.items():
        ids[key], change = plan_destination(key, destination, stored, means)
        changes += [change] if change else []
    known = Known(
        captures=await read(list_captures),
        links=await _links(session),
        catalogue=catalogue,
        lead_types={**known_types, **wanted.lead_types},
        destinations=ids,
    )
    planned = (
        plan_capture(key, capture, known, means.new_id(), at)
        for key, capture in wanted.captures.items()
    )
    return changes + [change for change in planned if change]


def _new_id(at: int) -> str:
    return uuid7(at, secrets.token_bytes(RANDOM_BYTES))


async def _links(session: Session) -> dict[str, dict[str, Mapping | None]]:
    """Read each capture's links with the mapping of each."""
    found: dict[str, dict[str, Mapping | None]] = {}
    for capture in await session.store.read(list_captures):
        linked = await session.store.read(destinations_of, capture.source_id)
        mappings = await session.store.read(link_mappings_of, capture.source_id)
        found[capture.source_id] = {key: mappings.get(key) for key in linked}
    return found


def _print(changes: list[Change]) -> None:
    if not changes:
        click.echo("Nothing to change.")
    for change in changes:
        sign = "+" if change.new else "~"
        click.echo(f"{sign} {change.kind} {change.name} ({change.id})")
        for name, (before, after) in change.differences.items():
            if not change.new:
                click.echo(f"    {name}: {_text(before)} -> {_text(after)}")
            elif after not in (None, [], {}):
                click.echo(f"    {name}: {_text(after)}")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
