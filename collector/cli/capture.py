"""`collector capture …`: where leads come from."""

from __future__ import annotations

import secrets
from typing import Any

import click

from collector.cli.capture_rows import read_shown, show_value
from collector.cli.connect import connect
from collector.cli.session import Session, now, print_json, print_rows, run
from collector.domain.capture import (
    ATTRIBUTION_MODELS,
    CAPTURE_KINDS,
    Capture,
    missing_twins,
)
from collector.domain.capture_changes import change_capture, differences, new_capture
from collector.domain.capture_row import capture_row
from collector.domain.check_code import CheckCodes
from collector.domain.errors import InputError
from collector.domain.event import EVENT_TYPES
from collector.domain.ids import RANDOM_BYTES, uuid7
from collector.domain.mapping import render_mapping
from collector.domain.stage import History
from collector.domain.times import render_time
from collector.domain.way import checked_page, form_tag, script_tag
from collector.storage.captures import (
    ChangeCapture,
    CreateCapture,
    ResumeCapture,
    StoreOnly,
    destinations_of,
    get_capture,
    list_captures,
)
from collector.storage.histories import read_histories
from collector.storage.preview import capture_problems


@click.group(epilog="\b\nExample:\n  collector capture list\n")
def capture() -> None:
    """Create, list, test, pause and archive captures."""


def _settings(command: Any) -> Any:
    """Add the options of what may be set at the creation of a capture and later."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option("--origin", "origins", multiple=True, help="An allowed origin; repeats."),
    click.option("--redirect", help="Where a browser goes after its form."),
    click.option("--kind", type=click.Choice(CAPTURE_KINDS), help="Default: form."),
    click.option("--event-type", type=click.Choice(EVENT_TYPES), help="Where a form says none."),
    click.option("--event-name", help="Where a form says none."),
    click.option(
        "--attribution-model",
        type=click.Choice(ATTRIBUTION_MODELS),
        help="Whose metadata a lead gets; default: last_campaign.",
    ),
    click.option("--utm-keyword-from", help="The parameter that fills utm_keyword as well."),
    click.option(
        "--derive-utm/--no-derive-utm", default=None, help="Fill in concluded source and medium."
    ),
    click.option(
        "--refuse-other-origins/--hold-other-origins",
        default=None,
        help="What becomes of forms on pages that are not allowed.",
    ),
    click.option("--json", "as_json", is_flag=True, help="Print one object."),
)


@capture.command(
    epilog="""\b
Example:
  collector capture create "Website" --origin https://www.example.com --origin https://example.com
"""
)
@click.argument("name")
@click.option("--source-id", help="Take over a source_id that senders already use.")
@_settings
def create(*, name: str, source_id: str | None, as_json: bool, **given: Any) -> None:
    """Create a capture and print its source_id; a form needs an --origin."""
    try:
        made = _new_capture(source_id, given | {"name": name})
    except InputError as error:
        raise click.UsageError(str(error)) from error
    _warn_of_twins(made)

    async def work(session: Session) -> None:
        await session.store.write(CreateCapture(capture=made))

    run(work)
    if as_json:
        print_json(capture_row(made, History(), now(), []))
    else:
        click.echo(made.source_id)


def _new_capture(source_id: str | None, given: dict[str, Any]) -> Capture:
    created_at = now()
    own_id = uuid7(created_at, secrets.token_bytes(RANDOM_BYTES))
    return new_capture(given, source_id or own_id, created_at)


def _warn_of_twins(made: Capture) -> None:
    for twin in missing_twins(made.origins):
        click.echo(
            f"Warning: {twin} is not allowed; add --origin {twin} if people use it", err=True
        )


@capture.command(
    "set",
    epilog="""\b
Example:
  collector capture set 01975c2e-… --name "Shop" --attribution-model first --redirect ""
""",
)
@click.argument("source_id")
@click.option("--name", help="A label for people.")
@_settings
def set_command(*, source_id: str, as_json: bool, **given: Any) -> None:
    """Change what is given of a capture; an empty text clears, origins replace all there were."""
    given["origins"] = given["origins"] or None

    async def work(session: Session) -> dict[str, Any]:
        before = await session.store.read(get_capture, source_id)
        try:
            after = change_capture(before, given)
        except InputError as error:
            raise click.UsageError(str(error)) from error
        change = ChangeCapture(source_id=source_id, changes=differences(before, after), now=now())
        await session.store.write(change)
        _warn_of_twins(after)
        return await read_shown(session, await session.store.read(get_capture, source_id))

    changed = run(work)
    if as_json:
        print_json(changed)
    else:
        click.echo(f"{source_id} is changed", err=True)


@capture.command("list", epilog="\b\nExample:\n  collector capture list --json\n")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def list_command(*, as_json: bool) -> None:
    """List every capture, oldest first."""

    async def work(session: Session) -> list[dict[str, Any]]:
        histories = await session.store.read(read_histories)
        return [
            capture_row(
                one,
                histories.get(one.source_id, History()),
                now(),
                await session.store.read(capture_problems, one),
            )
            for one in await session.store.read(list_captures)
        ]

    rows = run(work)
    short = ("source_id", "name", "kind", "state", "stage", "origins", "lead_type", "problems")
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
        return await read_shown(session, found) | {
            "mapping": None if found.mapping is None else render_mapping(found.mapping),
            "destinations": linked,
            "script": script_tag(base, source_id),
            "form": form_tag(base, source_id),
        }

    found = run(work)
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        click.echo(f"{name:22}{show_value(value)}")


@capture.command(epilog="\b\nExample:\n  collector capture check 01975c2e-…\n")
@click.argument("source_id")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def check(*, source_id: str, as_json: bool) -> None:
    """Make a check code: for 30 minutes, what is sent with it is a test."""

    async def work(session: Session) -> dict[str, str]:
        found = await session.store.read(get_capture, source_id)
        codes = CheckCodes(session.settings.secret_keys)
        code, expires_at = codes.make(found.source_id, now())
        return {
            "code": code,
            "url": checked_page(found, code),
            "expires_at": render_time(expires_at),
        }

    made = run(work)
    if as_json:
        print_json(made)
    else:
        click.echo(f"Open until {made['expires_at']}, and submit a form there:\n{made['url']}")


@capture.command(epilog="\b\nExample:\n  collector capture store-only 01975c2e-…\n")
@click.argument("source_id")
def store_only(*, source_id: str) -> None:
    """Say that leads are stored here and sent nowhere, on purpose."""

    async def work(session: Session) -> None:
        await session.store.write(StoreOnly(source_id=source_id))

    run(work)
    click.echo(f"{source_id} stores only", err=True)


@capture.command(epilog="\b\nExample:\n  collector capture resume 01975c2e-…\n")
@click.argument("source_id")
def resume(*, source_id: str) -> None:
    """Let a paused or archived capture work again; what it held meanwhile is due."""

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


capture.add_command(connect)
_state_command("pause", "paused", "Keep storing leads, and hold their deliveries.")
_state_command("archive", "archived", "Retire a capture: its address answers 404 from now on.")
