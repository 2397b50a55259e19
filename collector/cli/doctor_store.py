"""What a self-test finds in the database: whether it can be relied on, copied, and sent from."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from collector.cli.finding import Finding, Findings, bad, ok, warn
from collector.config import Settings
from collector.delivery.sender import open_sender
from collector.delivery.trial import Trial
from collector.destinations import Registry
from collector.domain.delivery import OutcomeKind
from collector.domain.errors import CollectorError
from collector.domain.reasons import explain
from collector.domain.times import HOUR, SECOND, render_time
from collector.storage import schema
from collector.storage.backups import last_backup
from collector.storage.clock import read_clock
from collector.storage.destinations import StoredDestination, list_destinations
from collector.storage.probe import Probe
from collector.storage.restored import newest_received
from collector.storage.secrets import SecretBox
from collector.storage.status import find_damage, read_status
from collector.storage.store import Store, open_database, sqlite_path

OFF = 2 * SECOND
"""A machine that is so far off its database's time is worth setting right."""


class Patient(NamedTuple):
    """An open store, and how to look at it; `random` gives so many bytes."""

    settings: Settings
    store: Store
    now: Callable[[], int]
    random: Callable[[int], bytes]


async def look_at_store(patient: Patient) -> Findings:
    """Look at the database itself; the rest of it only where its schema is this version's."""
    store = patient.store
    try:
        status = await store.read(read_status)
    except CollectorError as error:
        yield bad("database", str(error), "start it, or mend COLLECTOR_DATABASE_URL")
        return
    try:
        schema.require_head(status.revision)
    except CollectorError as error:
        yield bad("database", str(error), "collector migrate, or the version that it is of")
        return
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[status.kind]
    yield ok("database", f"{kind}, {status.size // 2**20:,} MiB, schema {status.revision}")
    for look in (_writable, _whole, _clock, _backup):
        yield await look(patient)


async def _writable(patient: Patient) -> Finding:
    started = time.monotonic()
    try:
        await patient.store.write(Probe())
    except CollectorError as error:
        return bad(
            "writing", str(error), "leads are answered with 503 or 507 until this is mended"
        )
    took = round((time.monotonic() - started) * 1000)
    return ok("writing", f"a commit took {took} ms")


async def _whole(patient: Patient) -> Finding:
    try:
        damage = await patient.store.read(find_damage)
    except CollectorError as error:
        damage = str(error)
    if damage:
        return bad("integrity", damage, "stop the collector and put the last backup back")
    return ok("integrity", "no damage found")


async def _clock(patient: Patient) -> Finding:
    on_file = sqlite_path(patient.settings.database_url) is not None
    newest = await patient.store.read(newest_received) or 0
    ahead = 0 if on_file else patient.now() - await patient.store.read(read_clock)
    if newest > patient.now() + HOUR:
        said = f"the newest event is of {render_time(newest)}, which is still to come"
        return bad("clock", said, "set this machine's clock by a time server (NTP)")
    if abs(ahead) > OFF:
        said = f"this machine is {ahead / SECOND:+.1f} s off its database, whose time counts"
        return warn("clock", said, "set both by a time server (NTP)")
    return ok("clock", render_time(patient.now()))


async def _backup(patient: Patient) -> Finding:
    on_file = sqlite_path(patient.settings.database_url) is not None
    if not on_file and shutil.which("pg_dump") is None:
        cure = "install PostgreSQL's client programs, of the server's version or newer"
        return warn("backup", "pg_dump is not installed here, so that none can be made", cure)
    made = await patient.store.read(last_backup)
    cure = "collector backup FILE, once a day (docs/operating.md)"
    if made is None:
        return warn("backup", "none was made yet", cure)
    hours = (patient.now() - made.made_at) // HOUR
    said = f"the last one is {hours} h old: {made.file}"
    return warn("backup", said, cure) if made.is_old(patient.now()) else ok("backup", said)


async def look_at_destinations(patient: Patient, *, send: bool) -> Findings:
    """Look at each, and with `send` have it take a test event. Needs this version's schema."""
    box = SecretBox(patient.settings.encryption_keys)
    found = await patient.store.read(list_destinations)
    if not found:
        yield warn(
            "destinations", "there is none: leads stay here", "collector destination create"
        )
    for stored in found:
        finding = _standing(stored, box)
        if send and finding.state != "bad" and stored.lane.state != "paused":
            finding = await _try(patient, stored, Registry(box))
        yield finding


def _standing(stored: StoredDestination, box: SecretBox) -> Finding:
    about, lane = f"destination {stored.name}", stored.lane
    if not box.opens(stored.secrets):
        cure = "add the lost key to the end of COLLECTOR_ENCRYPTION_KEYS, or enter them again"
        return bad(about, "no key opens its secrets", cure)
    if lane.state == "paused":
        return warn(about, "paused by a person", f"collector destination resume {stored.id}")
    if lane.waits or lane.failing_since:
        said = f"{lane.state}: {explain(lane.reason) or 'its last deliveries failed'}"
        return bad(about, said, f"collector destination test {stored.id}")
    if not box.is_newest(stored.secrets):
        cure = "collector secret rotate --finish"
        return warn(about, "its secrets are sealed with an older key", cure)
    last = lane.last_success_at
    return ok(about, f"took its last event {render_time(last)}" if last else "got nothing yet")


async def _try(patient: Patient, stored: StoredDestination, registry: Registry) -> Finding:
    about = f"destination {stored.name}"
    async with open_sender(patient.settings.allow_destinations) as sender:
        parts: dict[str, Any] = {"clock": patient.now, "random": patient.random, "sender": sender}
        outcome = await Trial(store=patient.store, registry=registry, **parts).run(stored.id)
    if outcome.kind is OutcomeKind.OK:
        return ok(about, f"took a test event in {outcome.latency_ms} ms")
    status = f" (HTTP {outcome.http_status})" if outcome.http_status else ""
    said = f"a test event failed: {explain(outcome.reason)}{status}"
    return bad(about, said, f"collector destination test {stored.id} shows its answer")


def open_patient(
    settings: Settings, now: Callable[[], int], random: Callable[[int], bytes]
) -> Patient:
    """Open the database as it is, whatever its schema."""
    return Patient(settings, Store(open_database(settings.database_url)), now, random)
