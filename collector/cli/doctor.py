"""`collector doctor`: a self-test of an installation, each line with its cure."""

from __future__ import annotations

import asyncio
import os
import sys

import click

from collector.cli.doctor_front import Front, look_at_base, look_at_cookies, look_at_front
from collector.cli.doctor_here import look_here
from collector.cli.doctor_store import (
    Patient,
    look_at_destinations,
    look_at_store,
    open_patient,
)
from collector.cli.finding import Finding, Findings, bad, warn
from collector.cli.session import now, print_json
from collector.config import Settings, from_environment
from collector.domain.errors import CollectorError, SettingsError
from collector.site_check.names import resolve
from collector.storage.captures import list_captures
from collector.storage.store import sqlite_path

EXAMPLE = """\b
Example:
  collector doctor --json
"""
COLORS = {"ok": "green", "warn": "yellow", "bad": "red"}


@click.command(epilog=EXAMPLE)
@click.option("--send", is_flag=True, help="Send a marked test event to each destination, too.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def doctor(*, send: bool, as_json: bool) -> None:
    """Look at settings, keys, files, database, public address, cookies, destinations, backups.

    Changes nothing, and shows no secret. Exits 1 if anything is bad; what is merely worth
    mending is a warning.
    """
    try:
        found = asyncio.run(_collect(send=send, aloud=not as_json))
    except CollectorError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        print_json([one._asdict() for one in found])
    if any(one.state == "bad" for one in found):
        sys.exit(1)


async def _collect(*, send: bool, aloud: bool) -> list[Finding]:
    found = []
    async for one in _look(send=send):
        found.append(one)
        if aloud:
            _tell(one)
    return found


def _tell(one: Finding) -> None:
    state = click.style(f"{one.state:4}", fg=COLORS[one.state])
    click.echo(f"{state}  {one.about}: {one.said}")
    if one.cure:
        click.echo(f"      -> {one.cure}")


async def _look(*, send: bool) -> Findings:
    try:
        settings = from_environment()
    except SettingsError as error:
        yield bad("settings", str(error), "collector check, docs/settings.md")
        return
    for one in look_here(settings):
        yield one
    database = sqlite_path(settings.database_url)
    if database is not None and not database.exists():
        yield warn("database", f"{database} is made at the first start", "collector serve")
        return
    patient = open_patient(settings, now, os.urandom)
    try:
        async for one in _look_further(patient, send=send):
            yield one
    finally:
        await patient.store.close()


async def _look_further(patient: Patient, *, send: bool) -> Findings:
    is_usable = True
    async for one in look_at_store(patient):
        is_usable = is_usable and (one.about, one.state) != ("database", "bad")
        yield one
    if not is_usable:
        return
    async for one in _look_from_outside(patient.settings, patient):
        yield one
    async for one in look_at_destinations(patient, send=send):
        yield one


async def _look_from_outside(settings: Settings, patient: Patient) -> Findings:
    for one in look_at_base(settings):
        yield one
    if settings.base_url is None:
        return
    captures = await patient.store.read(list_captures)
    async with Front(settings.base_url) as front:
        for one in await look_at_front(front, settings, captures, now()):
            yield one
    async for one in look_at_cookies(settings.base_url, captures, resolve):
        yield one
