"""`collector user …`: who may sign in to the console."""

from __future__ import annotations

import secrets
import sys
from typing import Any

import click

from collector.cli.session import Session, now, print_json, print_rows, run
from collector.domain.errors import InputError
from collector.domain.ids import RANDOM_BYTES, uuid7
from collector.domain.passwords import parse_password
from collector.domain.times import render_time
from collector.domain.user import ROLES, Role, User, check_reach, parse_user_email
from collector.storage.audit import Audited, Deed
from collector.storage.users import CreateUser, DisableUser, list_users
from collector.web.hashing import hash_password


@click.group(epilog="\b\nExample:\n  collector user list\n")
def user() -> None:
    """Create, list and disable the users of the console."""


@user.command(
    epilog="""\b
Examples:
  collector user create ada@example.com --role admin
  printf %s "$PASSWORD" | collector user create bo@example.com --role viewer --password-stdin
"""
)
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What they may do.")
@click.option("--password-stdin", is_flag=True, help="Read the password; else it is asked for.")
@click.option(
    "--capture", "captures", multiple=True, metavar="SOURCE_ID", help="These only; repeats."
)
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def create(
    *,
    email: str,
    role: Role,
    password_stdin: bool,
    captures: tuple[str, ...],
    as_json: bool,
) -> None:
    """Create a user who signs in by EMAIL and a password.

    Viewers look, editors act on leads and deliveries, admins do everything.
    """
    try:
        check_reach(role, captures or None)
        address = parse_user_email(email)
        password = parse_password(_read_password(from_stdin=password_stdin), address)
    except InputError as error:
        raise click.UsageError(str(error)) from error
    created_at = now()
    made = User(
        id=uuid7(created_at, secrets.token_bytes(RANDOM_BYTES)),
        email=address,
        role=role,
        source_ids=captures or None,
        password=hash_password(password),
        created_at=created_at,
    )
    told = {"email": made.email, "role": made.role, "captures": made.source_ids}
    deed = Deed(at=created_at, user_email=None, deed="user.create", subject=made.id, details=told)

    async def work(session: Session) -> None:
        await session.store.write(Audited(write=CreateUser(user=made), deed=deed))

    run(work)
    if as_json:
        print_json(_shown(made))
    else:
        click.echo(made.id)


def _read_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.read().rstrip("\r\n")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return typed


def _shown(one: User) -> dict[str, Any]:
    """Show a user; of the password, nothing."""
    return {
        "id": one.id,
        "email": one.email,
        "role": one.role,
        "captures": None if one.source_ids is None else list(one.source_ids),
        "created_at": render_time(one.created_at),
        "disabled_at": None if one.disabled_at is None else render_time(one.disabled_at),
    }


@user.command("list", epilog="\b\nExample:\n  collector user list --json\n")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def list_command(*, as_json: bool) -> None:
    """List every user, oldest first, disabled ones too."""
    rows = [_shown(one) for one in run(lambda session: session.store.read(list_users))]
    print_rows(
        rows,
        as_json=as_json,
        empty="there is no user yet: collector user create you@example.com --role admin",
    )


@user.command(epilog="\b\nExample:\n  collector user disable ada@example.com\n")
@click.argument("email")
def disable(*, email: str) -> None:
    """Let a user sign in no more; whoever is signed in as them is signed out at once."""
    ended_at = now()
    address = email.strip().lower()
    deed = Deed(at=ended_at, user_email=None, deed="user.disable", subject=address)

    async def work(session: Session) -> None:
        write = DisableUser(email=address, now=ended_at)
        await session.store.write(Audited(write=write, deed=deed))

    run(work)
    click.echo(f"{address} is disabled", err=True)
