"""`collector destination …`: where events go."""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import replace
from typing import Any

import click

from collector.cli.backfill import backfill
from collector.cli.delete import delete
from collector.cli.pace import pace_options, set_command, shown_pace
from collector.cli.rotate import rotate_secret
from collector.cli.session import Session, now, print_json, print_rows, run
from collector.delivery.guard import AddressPolicy
from collector.delivery.sender import open_sender
from collector.delivery.trial import Trial
from collector.destinations import KINDS, Registry, find_kind
from collector.destinations.kind import Kind
from collector.domain.delivery import Outcome, OutcomeKind
from collector.domain.errors import InputError
from collector.domain.ids import RANDOM_BYTES, uuid7
from collector.domain.pace import Pace, render_rate
from collector.domain.reasons import explain
from collector.domain.times import render_time
from collector.storage.captures import LinkDestination, get_capture
from collector.storage.destinations import (
    ChangeLane,
    CreateDestination,
    StoredDestination,
    captures_of,
    list_destinations,
    waiting_counts,
)
from collector.storage.secrets import SecretBox


@click.group(epilog="\b\nExample:\n  collector destination list\n")
def destination() -> None:
    """Create, list, link, test, pause, resume and delete destinations."""


def _describe_kinds() -> str:
    """Write the settings of every kind as the help's last part."""
    lines = ["\b", "Settings of each kind (* needed):"]
    for kind in KINDS.values():
        lines.append(f"  {kind.name}")
        for setting in kind.settings:
            needed = "*" if setting.required and setting.default is None else " "
            lines.append(f"   {needed}{setting.name:<10} {setting.help}")
    example = "  collector destination create driftrock --name Driftrock --set api_key=…"
    return "\n".join([*lines, "", "\b", "Example:", f"{example} --set source_id=…"])


@destination.command(epilog=_describe_kinds())
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.option("--name", required=True, help="A label for people.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="A setting; repeats.")
@click.option(
    "--capture", "captures", multiple=True, metavar="SOURCE_ID", help="Serve it; repeats."
)
@pace_options
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def create(
    *,
    kind: str,
    name: str,
    settings: tuple[str, ...],
    captures: tuple[str, ...],
    as_json: bool,
    **pace: int | None,
) -> None:
    """Create a destination of a KIND and print its id.

    Without --capture it gets no events yet.
    """
    try:
        given = dict(map(_parse_setting, settings))
        find_kind(kind).parse_settings(given)
    except InputError as error:
        raise click.UsageError(str(error)) from error

    async def work(session: Session) -> StoredDestination:
        made = _new_destination(session, find_kind(kind), name, given)
        made = replace(made, pace=Pace(**{key: value or None for key, value in pace.items()}))
        for source_id in captures:
            await session.store.read(get_capture, source_id)
        await session.store.write(CreateDestination(destination=made))
        for source_id in captures:
            link = LinkDestination(source_id=source_id, destination_id=made.id)
            await session.store.write(link)
        return made

    made = run(work)
    if as_json:
        print_json(_shown(made, list(captures)))
    else:
        click.echo(made.id)


def _parse_setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise InputError(f"--set {text}: write it as key=value")
    return name.strip(), value


def _new_destination(
    session: Session, kind: Kind, name: str, given: dict[str, str]
) -> StoredDestination:
    created_at = now()
    new_id = uuid7(created_at, secrets.token_bytes(RANDOM_BYTES))
    made = _registry(session).new(kind, name=name, given=given, new_id=new_id, now=created_at)
    policy = AddressPolicy(allow=session.settings.allow_destinations)
    for url in kind.urls(made.config).values():
        policy.check_url(url)
    return made


def _registry(session: Session) -> Registry:
    return Registry(SecretBox(session.settings.encryption_keys))


def _shown(stored: StoredDestination, captures: list[str]) -> dict[str, Any]:
    """Show a destination; of its secrets, nothing."""
    lane = stored.lane
    return {
        "id": stored.id,
        "kind": stored.kind,
        "name": stored.name,
        "config": dict(stored.config),
        "captures": captures,
        "state": lane.state,
        "reason": lane.reason,
        "disabled": lane.is_disabled,
        "failing_since": _time(lane.failing_since),
        "warning": lane.warning,
        "resume_at": _time(lane.resume_at),
        "last_success_at": _time(lane.last_success_at),
        "created_at": _time(stored.created_at),
        **shown_pace(stored.pace),
        "learnt_rate": render_rate(lane.learnt_spacing),
    }


def _time(at: int | None) -> str | None:
    return None if at is None else render_time(at)


@destination.command("list", epilog="\b\nExample:\n  collector destination list --json\n")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def list_command(*, as_json: bool) -> None:
    """List destinations, with how each stands and what it is still owed."""

    async def work(session: Session) -> list[dict[str, Any]]:
        found = await session.store.read(list_destinations)
        captures = await session.store.read(captures_of)
        waiting = await session.store.read(waiting_counts)
        return [
            _shown(one, captures.get(one.id, [])) | {"waiting": waiting.get(one.id, 0)}
            for one in found
        ]

    rows = run(work)
    short = ("id", "kind", "name", "state", "reason", "waiting", "last_success_at", "warning")
    print_rows(
        rows if as_json else [{name: row[name] for name in short} for row in rows],
        as_json=as_json,
        empty="no destination yet: collector destination create --help",
    )


@destination.command("test", epilog="\b\nExample:\n  collector destination test 01975c2e-…\n")
@click.argument("destination_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def test_command(*, destination_id: str, as_json: bool) -> None:
    """Send a marked test event to a destination, and say what it answered.

    One that passes counts as a success: it ends a hold. Exits 1 when it does not pass.
    """

    async def work(session: Session) -> Outcome:
        async with open_sender(session.settings.allow_destinations) as sender:
            trial = Trial(
                store=session.store,
                registry=_registry(session),
                sender=sender,
                clock=now,
                random=os.urandom,
            )
            return await trial.run(destination_id)

    outcome = run(work)
    passed = outcome.kind is OutcomeKind.OK
    if as_json:
        print_json(_result(outcome) | {"passed": passed})
    else:
        click.echo(f"{'passed' if passed else 'failed'}: {explain(outcome.reason)}")
        for name, value in _result(outcome).items():
            click.echo(f"  {name}: {'-' if value in (None, '') else value}")
    if not passed:
        sys.exit(1)


def _result(outcome: Outcome) -> dict[str, Any]:
    return {
        "outcome": outcome.kind.value,
        "reason": outcome.reason,
        "http_status": outcome.http_status,
        "latency_ms": outcome.latency_ms,
        "answer": outcome.excerpt,
    }


@destination.command(
    epilog="\b\nExample:\n  collector destination link 01975c2e-… --capture 01975c2f-…\n"
)
@click.argument("destination_id", metavar="ID")
@click.option("--capture", "captures", multiple=True, required=True, metavar="SOURCE_ID")
def link(*, destination_id: str, captures: tuple[str, ...]) -> None:
    """Send the events of captures there from now on."""
    _link(destination_id, captures, linked=True)


@destination.command(
    epilog="\b\nExample:\n  collector destination unlink 01975c2e-… --capture 01975c2f-…\n"
)
@click.argument("destination_id", metavar="ID")
@click.option("--capture", "captures", multiple=True, required=True, metavar="SOURCE_ID")
def unlink(*, destination_id: str, captures: tuple[str, ...]) -> None:
    """Send no new events of captures there; what is owed already still goes."""
    _link(destination_id, captures, linked=False)


def _link(destination_id: str, captures: tuple[str, ...], *, linked: bool) -> None:
    async def work(session: Session) -> None:
        for source_id in captures:
            write = LinkDestination(
                source_id=source_id, destination_id=destination_id, linked=linked
            )
            await session.store.write(write)

    run(work)
    for source_id in captures:
        verb = "gets" if linked else "no longer gets"
        click.echo(f"{destination_id} {verb} the events of {source_id}", err=True)


@destination.command(epilog="\b\nExample:\n  collector destination pause 01975c2e-…\n")
@click.argument("destination_id", metavar="ID")
def pause(*, destination_id: str) -> None:
    """Send nothing there until it is resumed; what comes in meanwhile waits."""
    _change(destination_id, "paused")


@destination.command(epilog="\b\nExample:\n  collector destination resume 01975c2e-…\n")
@click.argument("destination_id", metavar="ID")
def resume(*, destination_id: str) -> None:
    """Send again, whether a person paused it or it was held; all that waits is due at once."""
    _change(destination_id, "active")


def _change(destination_id: str, state: str) -> None:
    async def work(session: Session) -> None:
        change = ChangeLane(destination_id=destination_id, state=state, now=now())
        await session.store.write(change)

    run(work)
    click.echo(f"{destination_id} is {state}")


destination.add_command(set_command)
destination.add_command(backfill)
destination.add_command(rotate_secret)
destination.add_command(delete)
