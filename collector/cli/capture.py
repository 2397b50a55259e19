"""`collector capture …`: where leads come from."""

from __future__ import annotations

import secrets
from typing import Any

import click

from collector.cli.session import Session, now, print_json, print_rows, run
from collector.domain.capture import CAPTURE_KINDS, Capture, missing_twins, parse_origin
from collector.domain.check_code import CheckCodes
from collector.domain.errors import InputError
from collector.domain.ids import RANDOM_BYTES, parse_uuid, uuid7
from collector.domain.redirect import next_page
from collector.domain.times import render_time
from collector.storage.captures import (
    ChangeCapture,
    CreateCapture,
    ResumeCapture,
    destinations_of,
    get_capture,
    list_captures,
)


@click.group(epilog="\b\nExample:\n  collector capture list\n")
def capture() -> None:
    """Create, list, test, pause and archive captures."""


@capture.command(
    epilog="""\b
Example:
  collector capture create "Website" --origin https://www.example.com --origin https://example.com
"""
)
@click.argument("name")
@click.option(
    "--origin", "origins", multiple=True, required=True, help="An allowed origin; repeats."
)
@click.option("--redirect", help="Where a browser goes after its form.")
@click.option("--source-id", help="Take over a source_id that senders already use.")
@click.option("--kind", type=click.Choice(CAPTURE_KINDS), default="form", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def create(*, as_json: bool, **given: Any) -> None:
    """Create a capture and print its source_id."""
    try:
        made = _new_capture(**given)
    except InputError as error:
        raise click.UsageError(str(error)) from error
    for twin in missing_twins(made.origins):
        click.echo(
            f"Warning: {twin} is not allowed; add --origin {twin} if people use it", err=True
        )

    async def work(session: Session) -> None:
        await session.store.write(CreateCapture(capture=made))

    run(work)
    if as_json:
        print_json(_shown(made))
    else:
        click.echo(made.source_id)


def _new_capture(
    *, name: str, origins: tuple[str, ...], redirect: str | None, source_id: str | None, kind: Any
) -> Capture:
    created_at = now()
    known = (
        parse_uuid(source_id)
        if source_id
        else uuid7(created_at, secrets.token_bytes(RANDOM_BYTES))
    )
    if known is None:
        raise InputError(f"{source_id!r} is not a UUID", field="source_id")
    allowed = tuple(dict.fromkeys(map(parse_origin, origins)))
    made = Capture(
        source_id=known,
        name=name,
        kind=kind,
        origins=allowed,
        redirect=redirect,
        created_at=created_at,
    )
    if redirect and next_page(redirect, made, None) is None:
        raise InputError(
            f"--redirect {redirect!r} must be a whole address on one of the allowed origins",
            field="redirect",
        )
    return made


def _shown(one: Capture) -> dict[str, Any]:
    return {
        "source_id": one.source_id,
        "name": one.name,
        "kind": one.kind,
        "state": one.state,
        "origins": list(one.origins),
        "redirect": one.redirect,
        "event_type": one.event_type,
        "event_name": one.event_name,
        "attribution_model": one.attribution_model,
        "created_at": render_time(one.created_at),
    }


@capture.command("list", epilog="\b\nExample:\n  collector capture list --json\n")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def list_command(*, as_json: bool) -> None:
    """List every capture, oldest first."""
    rows = [_shown(one) for one in run(lambda session: session.store.read(list_captures))]
    short = ("source_id", "name", "kind", "state", "origins")
    shown = rows if as_json else [{name: row[name] for name in short} for row in rows]
    print_rows(
        shown,
        as_json=as_json,
        empty='there is no capture yet: collector capture create "Website" --origin https://…',
    )


@capture.command(epilog="\b\nExample:\n  collector capture show 01975c2e-…\n")
@click.argument("source_id")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def show(*, source_id: str, as_json: bool) -> None:
    """Show one capture, the script tag and the form address that go with it."""

    async def work(session: Session) -> dict[str, Any]:
        found = await session.store.read(get_capture, source_id)
        linked = await session.store.read(destinations_of, source_id)
        base = session.settings.base_url or "https://YOUR-COLLECTOR"
        return _shown(found) | {
            "destinations": linked,
            "script": f'<script async src="{base}/t.js" data-source="{source_id}"></script>',
            "form": f'<form method="post" action="{base}/f/{source_id}">',
        }

    found = run(work)
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        click.echo(f"{name:18}{', '.join(value) if isinstance(value, list) else value or '-'}")


@capture.command(epilog="\b\nExample:\n  collector capture check 01975c2e-…\n")
@click.argument("source_id")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def check(*, source_id: str, as_json: bool) -> None:
    """Make a check code: for 30 minutes, what is sent with it is a test."""

    async def work(session: Session) -> dict[str, str]:
        found = await session.store.read(get_capture, source_id)
        codes = CheckCodes(session.settings.secret_keys)
        code, expires_at = codes.make(found.source_id, now())
        page = next((origin for origin in found.origins if "*" not in origin), "https://YOUR-PAGE")
        return {
            "code": code,
            "url": f"{page}/?_check={code}",
            "expires_at": render_time(expires_at),
        }

    made = run(work)
    if as_json:
        print_json(made)
    else:
        click.echo(f"Open until {made['expires_at']}, and submit a form there:\n{made['url']}")


@capture.command(epilog="\b\nExample:\n  collector capture resume 01975c2e-…\n")
@click.argument("source_id")
def resume(*, source_id: str) -> None:
    """Let a paused capture deliver again, what it held meanwhile included."""

    async def work(session: Session) -> int:
        released: int = await session.store.write(ResumeCapture(source_id=source_id, now=now()))
        return released

    click.echo(f"{source_id} is active; {run(work)} held deliveries are due now", err=True)


def _state_command(name: str, state: str, text: str) -> None:
    @capture.command(
        name, help=text, epilog=f"\b\nExample:\n  collector capture {name} 01975c2e-…\n"
    )
    @click.argument("source_id")
    def change(*, source_id: str) -> None:
        write = ChangeCapture(source_id=source_id, changes={"state": state}, now=now())

        async def work(session: Session) -> None:
            await session.store.write(write)

        run(work)
        click.echo(f"{source_id} is {state}", err=True)


_state_command("pause", "paused", "Keep storing leads, and hold their deliveries.")
_state_command("archive", "archived", "Retire a capture: its address answers 404 from now on.")
