"""`collector key …`: who may send events."""

from __future__ import annotations

import secrets
import sys
from typing import Any

import click

from collector.cli.session import Session, now, print_json, print_rows, run
from collector.domain.api_key import (
    SCOPES,
    SHORT,
    VALUE_BYTES,
    ApiKey,
    make_value,
    new_key,
    parse_key_id,
    parse_value,
)
from collector.domain.errors import InputError
from collector.domain.ids import RANDOM_BYTES, uuid7
from collector.domain.times import render_time
from collector.storage.keys import CreateKey, RevokeKey, list_keys


@click.group(epilog="\b\nExample:\n  collector key list\n")
def key() -> None:
    """Create, list and revoke the API keys of senders."""


@key.command(
    epilog="""\b
Examples:
  collector key create "Shop backend"
  printf %s "$OLD_SECRET" | collector key create "Old sender" --id "$OLD_KEY" --value-stdin
"""
)
@click.argument("name")
@click.option("--value-stdin", is_flag=True, help="Take over a key that a sender already uses.")
@click.option("--id", "key_id", help="The user name of a Basic pair that is taken over.")
@click.option("--capture", "source_id", help="For this capture only; else for every one.")
@click.option(
    "--scope", type=click.Choice(SCOPES), default="events:write", show_default=True, help="For it."
)
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def create(*, value_stdin: bool, as_json: bool, **given: Any) -> None:
    """Create a key and print it, this once: only its SHA-256 is kept.

    Senders use it as `Authorization: Bearer KEY`, or as `Basic ID:KEY` for /webhooks/events.
    """
    try:
        value = _read_value() if value_stdin else make_value(secrets.token_bytes(VALUE_BYTES))
        made = _new_key(value, **given)
    except InputError as error:
        raise click.UsageError(str(error)) from error

    async def work(session: Session) -> None:
        await session.store.write(CreateKey(key=made))

    run(work)
    if as_json:
        print_json(_shown(made) | {"key": value})
        return
    click.echo(f"id   {made.id}\nkey  {value}")
    click.echo("The key is shown this once; only its fingerprint is kept.", err=True)


def _read_value() -> str:
    value = parse_value(sys.stdin.read())
    if len(value) < SHORT:
        click.echo(
            f"Warning: a key of under {SHORT} characters can be guessed; "
            "give the sender a new one soon",
            err=True,
        )
    return value


def _new_key(
    value: str, *, name: str, key_id: str | None, source_id: str | None, scope: Any
) -> ApiKey:
    created_at = now()
    own_id = uuid7(created_at, secrets.token_bytes(RANDOM_BYTES))
    known = parse_key_id(key_id) if key_id else own_id
    return new_key(
        value, key_id=known, name=name, scope=scope, source_id=source_id, now=created_at
    )


def _shown(one: ApiKey) -> dict[str, Any]:
    """Show a key; of the key itself, its first characters."""
    return {
        "id": one.id,
        "name": one.name,
        "prefix": one.prefix,
        "scopes": list(one.scopes),
        "capture": one.source_id,
        "created_at": render_time(one.created_at),
        "last_used_at": _time(one.last_used_at),
        "revoked_at": _time(one.revoked_at),
    }


def _time(at: int | None) -> str | None:
    return None if at is None else render_time(at)


@key.command("list", epilog="\b\nExample:\n  collector key list --json\n")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def list_command(*, as_json: bool) -> None:
    """List every key, oldest first, revoked ones too; last uses are known to the minute."""
    rows = [_shown(one) for one in run(lambda session: session.store.read(list_keys))]
    short = ("id", "name", "prefix", "scopes", "capture", "last_used_at", "revoked_at")
    print_rows(
        rows if as_json else [{name: row[name] for name in short} for row in rows],
        as_json=as_json,
        empty='there is no key yet: collector key create "Shop backend"',
    )


@key.command(epilog="\b\nExample:\n  collector key revoke 01975c2e-…\n")
@click.argument("key_id", metavar="ID")
def revoke(*, key_id: str) -> None:
    """End a key: whatever is sent with it from now on is refused, by every process."""

    async def work(session: Session) -> None:
        await session.store.write(RevokeKey(id=key_id, now=now()))

    run(work)
    click.echo(f"{key_id} is revoked", err=True)
