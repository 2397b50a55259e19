"""The reckoning: what was acknowledged, what is stored, what was received, and what is lost.

It reads the lines that senders and destinations wrote and the rows of the store, and believes
none of them alone.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from collector.storage.tables import attempts, deliveries, events
from tools.faults.site import Rows, Site

DELIVERED: Final = "delivered"
SCHEDULED: Final = "ready"
WITH_REASON: Final = ("held", "refused", "expired", "cancelled")
LISTED: Final = 5
"""How many examples of one kind of violation a report shows."""

Lines = Sequence[Mapping[str, Any]]


def read_lines(record: Path) -> Lines:
    """Read a file of JSON lines; one that was never begun is empty."""
    return (
        [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []
    )


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The three files: acknowledgements, the store's tables, and requests by destination."""

    acknowledged: Lines
    events: Rows
    deliveries: Rows
    attempts: Rows
    received: Mapping[str, Lines]


async def gather(site: Site, acknowledged: Path, received: Sequence[Path]) -> Evidence:
    """Read all three; `received` in the order of the site's destinations."""
    return Evidence(
        acknowledged=read_lines(acknowledged),
        events=await site.rows(events),
        deliveries=await site.rows(deliveries),
        attempts=await site.rows(attempts),
        received=dict(zip(site.destination_ids, map(read_lines, received), strict=True)),
    )


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The table of a run and what it violates; `lost` holds an entry for each lead and route."""

    acknowledged: int
    stored: int
    delivered: int
    parked: int
    duplicates: int
    in_flight: int
    lost: Sequence[str]
    violations: Sequence[str] = field(repr=False)

    def table(self) -> dict[str, int]:
        """Give the figures by name; `in flight` are attempts that nobody knows the end of."""
        return {
            "acknowledged": self.acknowledged,
            "stored": self.stored,
            "delivered": self.delivered,
            "parked": self.parked,
            "duplicates": self.duplicates,
            "in flight": self.in_flight,
            "lost": len(self.lost),
        }


def judge(evidence: Evidence) -> Verdict:
    """Count, and name every broken promise."""
    states = Counter(row["state"] for row in evidence.deliveries)
    return Verdict(
        acknowledged=len({line["event_id"] for line in evidence.acknowledged}),
        stored=len(evidence.events),
        delivered=states[DELIVERED],
        parked=states.total() - states[DELIVERED],
        duplicates=sum(map(_duplicates, evidence.received.values())),
        in_flight=sum(row["outcome"] == "unknown" for row in evidence.attempts),
        lost=list(_lost(evidence)),
        violations=[
            *_stored_twice(evidence),
            *_owes_too_little(evidence),
            *_bodies_differ(evidence),
            *_attempts_missing(evidence),
            *_sent_too_often(evidence),
            *_unexplained(evidence),
        ],
    )


def _duplicates(lines: Lines) -> int:
    accepted = [line["event"] for line in lines if line["accepted"]]
    return len(accepted) - len(set(accepted))


def _lost(evidence: Evidence) -> Iterator[str]:
    """Find what was acknowledged, and is not stored, not owed, or not where it is said to be."""
    stored = {(row["event_id"], row["id"]) for row in evidence.events}
    owed = {(row["event"], row["destination_id"]): row for row in evidence.deliveries}
    arrived = {
        (line["event"], key)
        for key, lines in evidence.received.items()
        for line in lines
        if line["accepted"]
    }
    for line in evidence.acknowledged:
        if (line["event_id"], line["id"]) not in stored:
            yield f"{line['id']} was acknowledged and is not stored"
            continue
        for key in evidence.received:
            place = (line["id"], key)
            row = owed.get(place)
            if row is None or not _accounted(row):
                yield f"{line['id']} is owed to {key} and stands nowhere: {row}"
            elif row["state"] == DELIVERED and place not in arrived:
                yield f"{line['id']} counts as delivered and {key} never accepted it"


def _accounted(row: Mapping[str, Any]) -> bool:
    """Whether a delivery is done, on its schedule, under way, or parked for a stated reason."""
    return row["state"] in {DELIVERED, SCHEDULED, "leased"} or (
        row["state"] in WITH_REASON and bool(row["reason"])
    )


def _stored_twice(evidence: Evidence) -> Iterator[str]:
    for event_id, times in Counter(row["event_id"] for row in evidence.events).items():
        if times > 1:
            yield f"{event_id} was sent again and again, and is stored {times} times"


def _owes_too_little(evidence: Evidence) -> Iterator[str]:
    """Find events without all they owe: the two are one commit, acknowledged or not."""
    owed = Counter(row["event"] for row in evidence.deliveries)
    for row in evidence.events:
        if owed[row["id"]] != len(evidence.received):
            yield f"{row['id']} is stored and owed to {owed[row['id']]} destinations"


def _bodies_differ(evidence: Evidence) -> Iterator[str]:
    """Find requests whose bytes are not those that the store keeps for every attempt."""
    kept = {(row["event"], row["destination_id"]): row["body"] for row in evidence.deliveries}
    for key, lines in evidence.received.items():
        for line in lines:
            body = kept.get((line["event"], key)) or ""
            if hashlib.sha256(body.encode()).hexdigest() != line["body"]:
                yield f"{line['event']} went to {key} with other bytes than are kept"


def _attempts_missing(evidence: Evidence) -> Iterator[str]:
    """Find changes of state without their attempt; a delivered row's last one ended well."""
    tried: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in evidence.attempts:
        tried[row["delivery_id"]].append(row)
    for row in evidence.deliveries:
        known = tried[row["id"]]
        if [one["number"] for one in known] != list(range(1, row["attempts"] + 1)):
            yield f"delivery {row['id']} counts {row['attempts']} attempts, {len(known)} are kept"
        if row["state"] != "leased" and any(one["outcome"] is None for one in known):
            yield f"delivery {row['id']} has an attempt without an outcome"
        ended = [one for one in known if one["outcome"] == "ok" and one["ended_at"]]
        if row["state"] == DELIVERED and ended != known[-1:]:
            yield f"delivery {row['id']} is delivered without one last attempt that says so"


def _sent_too_often(evidence: Evidence) -> Iterator[str]:
    """Find requests without an attempt: none goes twice but after one whose end is unknown."""
    allowed = {(row["event"], row["destination_id"]): row for row in evidence.deliveries}
    for key, lines in evidence.received.items():
        for event, times in Counter(line["event"] for line in lines).items():
            row = allowed.get((event, key))
            if row is None or times > row["attempts"]:
                yield f"{event} went to {key} {times} times: {row and row['attempts']} attempts"


def _unexplained(evidence: Evidence) -> Iterator[str]:
    """Find what was accepted again without an attempt before whose end nobody knows."""
    unknown = Counter(
        row["delivery_id"] for row in evidence.attempts if row["outcome"] == "unknown"
    )
    owed = {(row["event"], row["destination_id"]): row["id"] for row in evidence.deliveries}
    for key, lines in evidence.received.items():
        for event, times in Counter(line["event"] for line in lines if line["accepted"]).items():
            allowed = 1 + unknown[owed.get((event, key), 0)]
            if times > allowed:
                yield f"{event} was accepted by {key} {times} times, and {allowed} are explained"


def shown(found: Iterable[str]) -> str:
    """List the first few of many."""
    lines = list(found)
    return "\n".join([*lines[:LISTED], *([f"… {len(lines)} in all"] if lines[LISTED:] else [])])
