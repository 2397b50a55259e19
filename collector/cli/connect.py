"""`collector capture connect`: wait for the first event of a capture, and show what it held."""

from __future__ import annotations

import asyncio
import json
import sys
from itertools import cycle
from typing import Any, Self

import click

from collector.cli.session import Session, now, print_json, run
from collector.config import Settings
from collector.domain.capture import Capture
from collector.domain.check_code import CheckCodes
from collector.domain.event import Event, render_event
from collector.domain.times import render_time
from collector.domain.way import Way, way_to
from collector.storage.captures import get_capture
from collector.storage.events import EventFilter, newest_events

LOOK_EVERY_S = 0.5
_LOOKED_AT = 50
"""How many of the newest events are compared at each look."""

_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


def way_from(capture: Capture, settings: Settings, at: int) -> Way:
    """Say how to send a test to a capture of this installation; it is one by its check code."""
    check = CheckCodes(settings.secret_keys).make(capture.source_id, at)
    return way_to(capture, _base(settings), check)


def _base(settings: Settings) -> str:
    return settings.base_url or f"http://{settings.host}:{settings.port}"


@click.command(epilog="\b\nExample:\n  collector capture connect 01975c2e-… --timeout 600\n")
@click.argument("source_id")
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(min=0),
    help="Seconds to wait; else until it comes.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one object, once it came.")
def connect(*, source_id: str, timeout_s: float | None, as_json: bool) -> None:
    """Show how to send a capture its first event, wait for it, and show what it held.

    Sent as shown it is a test, which is not delivered; a real one connects just as well. Exits 1
    when none comes in time.
    """

    async def work(session: Session) -> tuple[str, Way, Event | None]:
        capture = await session.store.read(get_capture, source_id)
        way = way_from(capture, session.settings, now())
        for line in instructions(capture, way):
            click.echo(line, err=as_json)
        return capture.kind, way, await arrival(session, source_id, timeout_s)

    kind, way, event = run(work)
    if as_json:
        print_json(_result(kind, way, event))
    elif event is not None:
        click.echo("\n".join(description(event)))
    if event is None:
        click.echo(f"No event came within {timeout_s:g} seconds.", err=True)
        sys.exit(1)


def instructions(capture: Capture, way: Way) -> list[str]:
    """Write what to send and where, for a person."""
    lines = [f"Endpoint   POST {way.endpoint}"]
    lines += [f"Header     {name}: {value}" for name, value in way.headers.items()]
    lines += [
        f"source_id  {capture.source_id}",
        "",
        "As a line for a shell, after KEY=… (collector key create NAME makes one):",
        f"  {way.curl}",
    ]
    if capture.kind == "form":
        lines += ["", "Or on a page, opened with ?_check= and the code in the endpoint:"]
        lines += [f"  {way.script}", f"  {way.form}"]
    return [*lines, "", f"The code makes a test of what is sent until {_short(way.expires_at)}."]


def _short(at: int) -> str:
    return render_time(at)[:16].replace("T", " ") + " UTC"


async def arrival(session: Session, source_id: str, timeout_s: float | None) -> Event | None:
    """Wait for an event of the capture that was not there before; None when none comes."""
    wanted = EventFilter(source_id=source_id)
    before = {one.id for one in await session.store.read(newest_events, wanted, _LOOKED_AT)}
    try:
        async with asyncio.timeout(timeout_s):
            with Waiting() as waiting:
                while True:
                    found = await session.store.read(newest_events, wanted, _LOOKED_AT)
                    if new := [one for one in found if one.id not in before]:
                        return new[-1]
                    waiting.turn()
                    await asyncio.sleep(LOOK_EVERY_S)
    except TimeoutError:
        return None


class Waiting:
    """A spinner on stderr; a plain line where that is no terminal."""

    TEXT = "waiting for an event"

    def __init__(self) -> None:
        self._frames = cycle(_SPINNER) if sys.stderr.isatty() else None

    def __enter__(self) -> Self:
        """Say what is waited for."""
        if self._frames is None:
            click.echo(f"{self.TEXT} …", err=True)
        return self

    def turn(self) -> None:
        """Show that it still goes on."""
        if self._frames is not None:
            click.echo(f"\r{next(self._frames)} {self.TEXT} ", err=True, nl=False)

    def __exit__(self, *_reason: object) -> None:
        """Clear the line."""
        if self._frames is not None:
            click.echo("\r\x1b[K", err=True, nl=False)


def description(event: Event) -> list[str]:
    """Write what an event held, for a person."""
    test = event.marks.get("test")
    kind = f"a test ({test}): stored, not delivered" if test else "a real event: connected"
    lines = [f"✓ {event.event_type} {event.event_name!r} arrived, {kind}"]
    for title, values in (("fields", event.fields), ("metadata", event.metadata)):
        lines += [
            f"{title}:",
            *(f"  {_text(name)}  {_text(value)}" for name, value in values.items()),
        ]
    return lines


def _text(value: Any) -> str:
    """Write a value on one line; a sender's control characters never reach the terminal."""
    plain = isinstance(value, str) and value.isprintable()
    return value if plain else json.dumps(value)


def _result(kind: str, way: Way, event: Event | None) -> dict[str, Any]:
    return {
        "connected": event is not None,
        "endpoint": way.endpoint,
        "headers": way.headers,
        "curl": way.curl,
        "snippet": f"{way.script}\n{way.form}" if kind == "form" else None,
        "expires_at": render_time(way.expires_at),
        "event": None if event is None else render_event(event),
    }
