from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from starlette.applications import Starlette

from collector.app import create
from collector.cli.doctor_front import Front, look_at_base, look_at_front
from collector.cli.doctor_here import is_guessable
from collector.config import load
from collector.config.notation import ENCRYPTION_KEYS, SECRET_KEYS
from collector.domain.times import DAY
from collector.storage import schema
from tests.command_line import CommandLine
from tests.installation import installation
from tests.serving import bound_socket, listening
from tests.sink import Reply, Sink

KINDS = ("secret_keys", "encryption_keys")


class Patient(CommandLine):
    """An installation, and what the doctor says of it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, COLLECTOR_ALLOW_DESTINATIONS="127.0.0.0/8")
        self.folder = folder
        self.database = folder / "collector.db"

    def ask(self, *arguments: str, code: int = 0) -> dict[str, dict[str, str]]:
        """Give the worst finding about each matter."""
        found: dict[str, dict[str, str]] = {}
        for one in self.json("doctor", *arguments, code=code):
            known = found.setdefault(one["about"], one)
            if ("ok", "warn", "bad").index(one["state"]) > ("ok", "warn", "bad").index(
                known["state"]
            ):
                found[one["about"]] = one
        return found

    def change(self, statement: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.database)) as opened, opened:
            opened.execute(statement, values)

    def add_destination(self, url: str) -> None:
        self.run("destination", "create", "webhook", "--name", "Hook", "--set", f"url={url}")


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    """One in use, whose last backup is fresh."""
    made = Patient(tmp_path / "data")
    made.run("capture", "create", "Website", "--origin", "https://www.example.com")
    made.add_destination("https://hooks.example.com/in")
    made.run("backup", str(tmp_path / "backup"))
    return made


def test_of_an_installation_that_is_well_nothing_is_bad(patient: Patient) -> None:
    found = patient.ask()
    assert {about: one["state"] for about, one in found.items()} == {
        "settings": "ok",
        "keys": "ok",
        "files": "ok",
        "disk": "ok",
        "server": "warn",
        "database": "ok",
        "writing": "ok",
        "integrity": "ok",
        "clock": "ok",
        "backup": "ok",
        "public address": "warn",
        "destination Hook": "ok",
    }
    assert [one for one in found.values() if (one["state"] == "ok") == bool(one["cure"])] == []


def test_it_reads_as_lines_with_their_cure_and_shows_no_key(patient: Patient) -> None:
    patient.env["COLLECTOR_METRICS_TOKEN"] = "a-token-that-nobody-may-read"
    said = patient.run("doctor").output
    assert "ok    database: SQLite, 0 MiB, schema " in said
    assert "warn  public address: COLLECTOR_BASE_URL is not set" in said
    assert "      -> set it to the address of the script" in said
    kept = [(patient.folder / name).read_text().strip() for name in KINDS]
    assert [one for one in (*kept, "a-token-that-nobody-may-read") if one in said] == []


def test_before_the_first_start_it_makes_nothing(tmp_path: Path) -> None:
    patient = Patient(tmp_path / "data")
    found = patient.ask()
    assert found["database"]["state"] == "warn"
    assert "made at the first start" in found["keys"]["said"]
    assert not (tmp_path / "data").exists()


def test_settings_that_cannot_be_used_end_it(tmp_path: Path) -> None:
    patient = Patient(tmp_path)
    patient.env["COLLECTOR_PORT"] = "many"
    found = patient.ask(code=1)
    assert list(found) == ["settings"]
    assert "COLLECTOR_PORT" in found["settings"]["said"]


def open_to_all(patient: Patient) -> None:
    patient.database.chmod(0o644)


def guessable_key(patient: Patient) -> None:
    patient.env["COLLECTOR_SECRET_KEYS"] = "change-me-change-me-change-me-change-me"


def one_key_for_both(patient: Patient) -> None:
    key = Fernet.generate_key().decode()
    patient.env |= {"COLLECTOR_SECRET_KEYS": key, "COLLECTOR_ENCRYPTION_KEYS": key}


def no_file_to_lock(patient: Patient) -> None:
    Path(f"{patient.database}.serving").mkdir()


def older_schema(patient: Patient) -> None:
    patient.change("UPDATE alembic_version SET version_num = ?", schema.KNOWN[-2])


def newer_schema(patient: Patient) -> None:
    patient.change("UPDATE alembic_version SET version_num = '9999'")


def no_database(patient: Patient) -> None:
    patient.database.write_text("no database at all" * 1000)


def damaged(patient: Patient) -> None:
    """Spoil the page of a table that nothing else reads."""
    with closing(sqlite3.connect(patient.database, isolation_level=None)) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")
        [page] = opened.execute("SELECT rootpage FROM sqlite_master WHERE name='audit'").fetchone()
    with patient.database.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)


def future_event(patient: Patient) -> None:
    with installation(patient.folder) as site:
        site.post({"email": "ada@example.com"})
    patient.change("UPDATE events SET received_at = received_at + ?", 9000 * DAY)


def lost_key(patient: Patient) -> None:
    (patient.folder / "encryption_keys").write_text(Fernet.generate_key().decode())


def held(patient: Patient) -> None:
    patient.change("UPDATE destinations SET state = 'held', reason = 'auth'")


@pytest.mark.parametrize(
    ("trouble", "about", "cure"),
    [
        (open_to_all, "files", "chmod o-rwx"),
        (guessable_key, "keys", "secret rotate"),
        (one_key_for_both, "keys", "keys of its own"),
        (no_file_to_lock, "server", "the user that the collector runs as"),
        (older_schema, "database", "collector migrate"),
        (newer_schema, "database", "the version that it is of"),
        (no_database, "database", "COLLECTOR_DATABASE_URL"),
        (damaged, "integrity", "put the last backup back"),
        (future_event, "clock", "NTP"),
        (lost_key, "destination Hook", "the lost key"),
        (held, "destination Hook", "collector destination test"),
    ],
)
def test_what_is_bad_is_named_with_its_cure_and_exit_status_1(
    patient: Patient, trouble: Callable[[Patient], None], about: str, cure: str
) -> None:
    trouble(patient)
    found = patient.ask(code=1)[about]
    assert found["state"] == "bad"
    assert cure in found["cure"]


def old_backup(patient: Patient) -> None:
    patient.change("UPDATE backups SET made_at = made_at - ?", 3 * DAY)


def no_backup(patient: Patient) -> None:
    patient.change("DELETE FROM backups")


def paused(patient: Patient) -> None:
    patient.change("UPDATE destinations SET state = 'paused'")


def older_key(patient: Patient) -> None:
    file = patient.folder / "encryption_keys"
    file.write_text(f"{Fernet.generate_key().decode()}\n{file.read_text()}")


def exposed_keys(patient: Patient) -> None:
    (patient.folder / "secret_keys").chmod(0o644)


@pytest.mark.parametrize(
    ("trouble", "about", "cure"),
    [
        (old_backup, "backup", "collector backup"),
        (no_backup, "backup", "collector backup"),
        (paused, "destination Hook", "destination resume"),
        (older_key, "destination Hook", "secret rotate --finish"),
        (exposed_keys, "settings", "chmod o-rwx"),
    ],
)
def test_what_is_worth_mending_is_a_warning(
    patient: Patient, trouble: Callable[[Patient], None], about: str, cure: str
) -> None:
    trouble(patient)
    found = patient.ask()[about]
    assert found["state"] == "warn"
    assert cure in found["cure"]


@pytest.mark.parametrize(
    ("base", "states"),
    [
        (None, ["warn"]),
        ("http://leads.example.com", ["bad"]),
        ("http://127.0.0.1:8000", []),
        ("https://leads.example.com/_lc", []),
    ],
)
def test_an_address_that_is_no_good_is_told_before_it_is_tried(
    tmp_path: Path, base: str | None, states: list[str]
) -> None:
    named = {"COLLECTOR_BASE_URL": base} if base else {}
    settings = load({"COLLECTOR_DATA_DIR": str(tmp_path), **named})
    assert [one.state for one in look_at_base(settings)] == states


async def test_why_nobody_answers_there_is_said(tmp_path: Path) -> None:
    plain = Starlette()
    settings = load({"COLLECTOR_DATA_DIR": str(tmp_path)})
    sock = bound_socket()  # bound, and nobody listens
    nobody = f"127.0.0.1:{sock.getsockname()[1]}"
    async with listening(plain) as base:
        for address, said in (
            (f"http://{nobody}", "nobody takes a connection there"),
            (base.replace("http:", "https:"), "it speaks no https"),
            (base, "answers 404"),
        ):
            async with Front(address) as front:
                [found] = await look_at_front(front, settings, [], 0)
            assert (found.state, said in found.said) == ("bad", True), found
    sock.close()


async def test_destinations_get_a_test_event_only_when_told(tmp_path: Path) -> None:
    patient = Patient(tmp_path)
    async with Sink(Reply(200), Reply(401)) as sink:
        await asyncio.to_thread(patient.add_destination, sink.url)
        await asyncio.to_thread(patient.ask)
        assert sink.received == []
        found = await asyncio.to_thread(patient.ask, "--send")
        assert "took a test event" in found["destination Hook"]["said"]
        found = await asyncio.to_thread(lambda: patient.ask("--send", code=1))
        assert "(HTTP 401)" in found["destination Hook"]["said"]


async def test_a_running_collector_is_asked_from_outside(tmp_path: Path) -> None:
    patient, sock = Patient(tmp_path), bound_socket()
    base = f"http://127.0.0.1:{sock.getsockname()[1]}"
    patient.env["COLLECTOR_BASE_URL"] = base
    origins = ("--origin", base, "--origin", "https://127.0.0.2")
    await asyncio.to_thread(patient.run, "capture", "create", "Website", *origins)
    app = create(load(patient.env), with_worker=False)
    async with listening(app, sock, lifespan="on"):
        found = await asyncio.to_thread(patient.ask)
    for about in ("server", "public address", "readiness", "proxy", f"cookies on {base}"):
        assert found[about]["state"] == "ok", found[about]
    assert "third-party" in found["cookies on https://127.0.0.2"]["said"]


async def test_on_postgresql_it_looks_at_what_there_is(reused: Any, tmp_path: Path) -> None:
    patient = Patient(tmp_path)
    patient.env |= {
        "COLLECTOR_DATABASE_URL": reused.emptied(),
        "COLLECTOR_SECRET_KEYS": SECRET_KEYS.generate() if SECRET_KEYS.generate else "",
        "COLLECTOR_ENCRYPTION_KEYS": ENCRYPTION_KEYS.generate()
        if ENCRYPTION_KEYS.generate
        else "",
    }
    found = await asyncio.to_thread(patient.ask)
    assert found["database"]["said"].startswith("PostgreSQL, ")
    assert (found["writing"]["state"], found["clock"]["state"]) == ("ok", "ok")
    assert "files" not in found


@pytest.mark.parametrize(
    ("key", "guessable"),
    [
        ("A" * 43 + "=", True),
        ("my-Secret-for-the-website-number-12345", True),
        ("0123456789" * 4, True),
        ("8gJ1hZ0vYwRr3mTqk5XcNnE2bLs9uPdA7fGiVoKjQyM=", False),
    ],
)
def test_a_key_that_a_person_thought_up_is_told_from_a_random_one(
    key: str, guessable: bool
) -> None:
    assert is_guessable(key) is guessable
