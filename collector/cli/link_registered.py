"""`collector link register | list | forget`: links put somewhere, and what they brought."""

from __future__ import annotations

import secrets
from typing import BinaryIO, Final

import click

from collector.cli.link_input import read_links
from collector.cli.session import Session, now, print_json, print_rows, run
from collector.domain.errors import InputError, UnknownPath
from collector.domain.ids import RANDOM_BYTES, uuid7
from collector.domain.registered_link import RegisteredLink, Registrar
from collector.storage.audit import Audited, Deed
from collector.storage.captures import list_captures
from collector.storage.link_rules import read_link_rules
from collector.storage.registered_links import (
    Brought,
    ForgetLink,
    RegisterLinks,
    brought_by,
    list_links,
    row_of,
)
from collector.storage.tallies import count_leads

_EMPTY: Final = "no link is registered: collector link register LINK"
_NONE_LEFT: Final = "somebody has come by every link"


@click.command(
    epilog="""\b
Examples:
  collector link register "https://www.example.com/?utm_source=flyer&utm_medium=print" --name Fair
  collector link register --file ads.csv
"""
)
@click.argument("links", nargs=-1)
@click.option("--file", "listed", type=click.File("rb"), help="A list or CSV; - is stdin.")
@click.option("--column", help="The column of links in a CSV; else it is found.")
@click.option("--name", default="", help="Where they stand, for people.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def register(
    *,
    links: tuple[str, ...],
    listed: BinaryIO | None,
    column: str | None,
    name: str,
    as_json: bool,
) -> None:
    """Keep links, so that what comes by each is counted from now on.

    A link with an error of the linter is refused, and so is one to a site of no capture.
    """
    wanted = [*links, *(read_links(listed.read(), column) if listed else ())]
    if not wanted:
        raise click.UsageError("name a link, or a list with --file")

    async def work(session: Session) -> int:
        made = await _made(session, wanted, name)
        deed = Deed(
            at=now(),
            user_email=None,
            deed="link.register",
            subject=made[0].id,
            details={"links": len(made)},
        )
        new: int = await session.store.write(Audited(write=RegisterLinks(links=made), deed=deed))
        return new

    new = run(work)
    if as_json:
        print_json({"new": new, "same": len(wanted) - new})
    else:
        click.echo(f"new: {new}, there already: {len(wanted) - new}", err=True)


async def _made(session: Session, wanted: list[str], name: str) -> list[RegisteredLink]:
    """Make links ready to be kept. Raises InputError."""
    at = now()
    registrar = Registrar(
        rules=await session.store.read(read_link_rules), tables=session.settings.tables(), now=at
    )
    made = [registrar.link(one, name, _new_id(at)) for one in wanted]
    captures = await session.store.read(list_captures)
    for one in made:
        if not any(capture.owns_host(one.host) for capture in captures):
            raise InputError(f"{one.host} is on none of the captures' own domains", field="links")
    return made


def _new_id(at: int) -> str:
    return uuid7(at, secrets.token_bytes(RANDOM_BYTES))


@click.command("list", epilog="\b\nExample:\n  collector link list --never-touched --json\n")
@click.option("--never-touched", "never", is_flag=True, help="Only links nobody has come by.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def list_command(*, never: bool, as_json: bool) -> None:
    """List registered links, the newest first, with the touches and leads of each.

    `elsewhere` are touches with the same UTMs on other pages of the site.
    """

    async def work(session: Session) -> list[Brought]:
        await count_leads(session.store)
        links = await session.store.read(list_links)
        return await session.store.read(brought_by, links, None)

    rows = [row_of(one) for one in run(work) if not (never and one.touches)]
    print_rows(rows, as_json=as_json, empty=_NONE_LEFT if never else _EMPTY)


@click.command(epilog="\b\nExample:\n  collector link forget LINK_ID\n")
@click.argument("link_id", metavar="ID")
def forget(*, link_id: str) -> None:
    """Take a link out of the register; what it brought stays in reports."""

    async def work(session: Session) -> None:
        deed = Deed(at=now(), user_email=None, deed="link.forget", subject=link_id)
        if not await session.store.write(Audited(write=ForgetLink(id=link_id), deed=deed)):
            raise UnknownPath(f"there is no registered link {link_id}")

    run(work)
    click.echo(f"{link_id} is taken out", err=True)
