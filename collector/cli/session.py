"""What every command that touches the database works with, opened and closed in one place."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from collector.cli.logs import set_up_logs
from collector.config import Settings, from_environment, with_generated_secrets
from collector.domain.errors import CollectorError
from collector.domain.times import parse_time
from collector.storage.store import Store, open_store, sqlite_path

Result = TypeVar("Result")


def now() -> int:
    """Read the clock: microseconds UTC."""
    return time.time_ns() // 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The settings, and the store they name."""

    settings: Settings
    store: Store


def start() -> Settings:
    """Read the settings, set the logs up, say what to beware of; for commands that stay."""
    try:
        settings = with_generated_secrets(from_environment())
    except CollectorError as error:
        raise click.ClickException(str(error)) from error
    set_up_logs(settings.log_format)
    for warning in settings.warnings:
        click.echo(f"Warning: {warning}", err=True)
    return settings


def run(work: Callable[[Session], Awaitable[Result]]) -> Result:
    """Open the store, let a command work with it, close it.

    An error of the project's tree ends the command with status 1 and its text on stderr.
    """
    try:
        return asyncio.run(_run(work))
    except CollectorError as error:
        raise click.ClickException(str(error)) from error


def is_set_up() -> bool:
    """Whether there is a database to ask: commands that can do without make none."""
    try:
        path = sqlite_path(from_environment().database_url)
    except CollectorError as error:
        raise click.ClickException(str(error)) from error
    return path is None or path.exists()


async def _run(work: Callable[[Session], Awaitable[Result]]) -> Result:
    settings = with_generated_secrets(from_environment())
    store = await open_store(settings.database_url)
    try:
        return await work(Session(settings=settings, store=store))
    finally:
        await store.close()


def parse_since(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    """Read an option that is a time, for click: microseconds UTC."""
    try:
        return None if text is None else parse_time(text)
    except ValueError:
        raise click.BadParameter("write a time such as 2026-11-24T08:00:00Z") from None


def print_json(value: Any) -> None:
    """Print a result as JSON on stdout."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_rows(rows: list[dict[str, Any]], *, as_json: bool, empty: str) -> None:
    """Print a listing: JSON, or aligned columns; `empty` says what to do when there is nothing."""
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo(empty, file=sys.stderr)
    else:
        click.echo(_table(rows))


def _table(rows: list[dict[str, Any]]) -> str:
    names = list(rows[0])
    lines = [[name.replace("_", " ").upper() for name in names]]
    lines += [[_cell(row[name]) for name in names] for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(names))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "-" if value is None else str(value)
