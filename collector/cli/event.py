"""`collector event …`: what was received."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import click

from collector.cli.erase import erase, erased
from collector.cli.reclassify import reclassify
from collector.cli.session import Session, now, print_json, print_rows, run
from collector.domain.event import MARKS, METADATA_KEYS, Event, render_event
from collector.domain.receipt import columns_released
from collector.domain.spreadsheet import harmless
from collector.intake import rules_of
from collector.storage.captures import get_capture
from collector.storage.events import (
    EventFilter,
    ReleaseEvent,
    events_after,
    get_event,
    get_evidence,
    held_events,
    newest_events,
    person_of,
)


@click.group(epilog="\b\nExample:\n  collector event list\n")
def event() -> None:
    """List, export and release events."""


@event.command("list", epilog="\b\nExample:\n  collector event list --mark test --json\n")
@click.option("--capture", "source_id", help="Of one capture.")
@click.option("--mark", type=click.Choice(MARKS), help="With this mark.")
@click.option("--lead-type", metavar="NAME", help="Of one lead type.")
@click.option("--same-person", metavar="ID", help="Of the person of this event.")
@click.option("--limit", default=50, show_default=True, help="At most so many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of whole events.")
def list_command(*, same_person: str | None, limit: int, as_json: bool, **given: Any) -> None:
    """List events, newest first.

    Events are of one person by their person_id, in one capture also by their event_id.
    """
    wanted = EventFilter(**given)

    async def work(session: Session) -> list[Event]:
        if same_person is None:
            return await session.store.read(newest_events, wanted, limit)
        persons = await session.store.read(person_of, same_person)
        return await session.store.read(newest_events, replace(wanted, persons=persons), limit)

    rows = [render_event(one) for one in run(work)]
    print_rows(
        rows if as_json else [_line(row) for row in rows],
        as_json=as_json,
        empty="no event matches: has a form been sent to /f/SOURCE_ID?",
    )


def _line(row: dict[str, Any]) -> dict[str, Any]:
    last = row["attribution"].get("last") or {}
    return {
        "id": row["id"],
        "received_at": row["received_at"],
        "type": row["event_type"],
        "channel": last.get("channel"),
        "campaign": row["metadata"].get("utm_campaign"),
        "marks": list(row["marks"]),
    }


@event.command(epilog="\b\nExample:\n  collector event export --format csv > leads.csv\n")
@click.option("--format", "kind", type=click.Choice(["csv", "jsonl"]), default="jsonl")
@click.option("--capture", "source_id", help="Of one capture.")
@click.option("--mark", type=click.Choice(MARKS), help="With this mark.")
def export(*, kind: str, source_id: str | None, mark: str | None) -> None:
    """Write every event to stdout, oldest first."""
    wanted = EventFilter(source_id=source_id, mark=mark)
    write = _write_csv if kind == "csv" else _write_jsonl

    async def work(session: Session) -> None:
        await write(_all_events(session, wanted))

    run(work)


async def _all_events(session: Session, wanted: EventFilter) -> AsyncIterator[Event]:
    after = (0, "")
    while page := await session.store.read(events_after, wanted, after):
        for one in page:
            yield one
        after = (page[-1].received_at, page[-1].id)


async def _write_jsonl(found: AsyncIterator[Event]) -> None:
    async for one in found:
        click.echo(json.dumps(render_event(one), ensure_ascii=False))


_PLAIN = (
    *("id", "event_id", "event_type", "event_name", "source_id", "person_id", "affiliate_id"),
    *("created_at", "received_at"),
)


async def _write_csv(found: AsyncIterator[Event]) -> None:
    """Write the fixed columns, the nine metadata keys, and the fields as one JSON column."""
    out = csv.writer(sys.stdout)
    out.writerow([*_PLAIN, *METADATA_KEYS, "channel", "marks", "fields"])
    async for one in found:
        row = render_event(one)
        channel = (row["attribution"].get("last") or {}).get("channel")
        plain = [row[name] for name in _PLAIN] + [
            row["metadata"].get(key) for key in METADATA_KEYS
        ]
        fields = json.dumps(row["fields"], ensure_ascii=False)
        out.writerow(map(harmless, [*plain, channel, " ".join(row["marks"]), fields]))


@event.command(
    epilog="\b\nExample:\n  collector event release --mark origin --capture 01975c2e-…\n"
)
@click.argument("event_ids", metavar="[ID]", nargs=-1)
@click.option("--mark", type=click.Choice(["rate", "origin", "spam"]), help="All with this mark.")
@click.option("--capture", "source_id", help="All of one capture.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def release(
    *, event_ids: tuple[str, ...], mark: str | None, source_id: str | None, as_json: bool
) -> None:
    """Let events go that a mark withholds: by id, by mark, by capture.

    A test goes only when it is named by its ID. A released `origin` event is attributed again as
    if its origin had been allowed; allow the origin in the capture, so that later ones are not
    withheld.
    """
    if not (event_ids or mark or source_id):
        raise click.UsageError("name an event's ID, --mark or --capture")
    wanted = EventFilter(source_id=source_id, mark=mark, ids=event_ids)

    async def work(session: Session) -> int:
        for named in event_ids:
            await session.store.read(get_event, named)
        ids = await session.store.read(held_events, wanted)
        return sum([await _release(session, one) for one in ids])

    count = run(work)
    if as_json:
        print_json({"released": count})
    else:
        click.echo(f"{count} deliveries released")


async def _release(session: Session, event_id: str) -> int:
    found = await session.store.read(get_event, event_id)
    concluded = None
    if "origin" in found.marks:
        capture = await session.store.read(get_capture, found.source_id)
        evidence = await session.store.read(get_evidence, event_id)
        rules = rules_of(capture, session.settings.tables())
        concluded = columns_released(found, evidence, rules)
    released: int = await session.store.write(
        ReleaseEvent(event=event_id, now=now(), concluded=concluded)
    )
    return released


event.add_command(erase)
event.add_command(erased)
event.add_command(reclassify)
