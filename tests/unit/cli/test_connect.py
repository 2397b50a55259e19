from __future__ import annotations

import json
import shlex
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from collector.cli import connect, main
from collector.cli.connect import Waiting, arrival, description, instructions, way_from
from collector.cli.session import Session
from collector.config import Settings, load
from collector.domain.check_code import LIFETIME, CheckCodes
from collector.storage.captures import CreateCapture
from collector.storage.events import StoreEvent, event_row
from collector.storage.store import open_store
from tests.installation import SOURCE, new_capture
from tests.unit.storage.test_events import event

OTHER = SOURCE[:-1] + "2"
NOW = 1_795_486_500_000_000


def settings(folder: Path, **more: str) -> Settings:
    return load(
        {"COLLECTOR_DATA_DIR": str(folder), "COLLECTOR_SECRET_KEYS": "s" * 40}
        | {f"COLLECTOR_{name.upper()}": value for name, value in more.items()}
    )


def test_the_line_for_a_shell_sends_a_test_that_the_endpoint_takes(tmp_path: Path) -> None:
    capture = new_capture(kind="affiliate", event_name='It\'s a "test" drive')
    way = way_from(capture, settings(tmp_path, base_url="https://leads.example.com"), NOW)
    words = shlex.split(way.curl)
    assert words[0] == "curl"
    assert words[-1] == way.endpoint
    address, _, code = way.endpoint.partition("?check=")
    assert address == "https://leads.example.com/v2/affiliate_event"
    assert CheckCodes(["s" * 40]).refusal(code, SOURCE, NOW + LIFETIME - 1) is None
    body = json.loads(words[words.index("-d") + 1])
    assert body["event_name"] == 'It\'s a "test" drive'
    assert (body["source_id"], body["affiliate_id"]) == (SOURCE, "partner-1")
    assert "Authorization: Bearer $KEY" in words


@pytest.mark.parametrize(
    ("base", "endpoint"),
    [
        (None, "http://127.0.0.1:8000/v2/event"),
        ("https://leads.example.com", "https://leads.example.com/v2/event"),
        ("https://www.example.com/_lc", "https://YOUR-COLLECTOR/v2/event"),
    ],
)
def test_the_endpoint_is_on_the_collectors_own_host(
    tmp_path: Path, base: str | None, endpoint: str
) -> None:
    chosen = settings(tmp_path, **({"base_url": base} if base else {}))
    assert way_from(new_capture(), chosen, NOW).endpoint.startswith(f"{endpoint}?check=")


@pytest.mark.parametrize(("kind", "shown"), [("form", True), ("webhook", False)])
def test_a_snippet_is_shown_where_there_are_pages(tmp_path: Path, kind: Any, shown: bool) -> None:
    capture = new_capture(kind=kind)
    text = "\n".join(instructions(capture, way_from(capture, settings(tmp_path), NOW)))
    assert (f'data-source="{SOURCE}"' in text) is shown
    assert "POST http://127.0.0.1:8000/v2/event?check=1795488300-" in text
    assert "until 2026-11-24 02:45 UTC" in text


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    chosen = settings(tmp_path)
    store = await open_store(chosen.database_url)
    for source_id in (SOURCE, OTHER):
        await store.write(CreateCapture(capture=new_capture(source_id=source_id)))
    yield Session(settings=chosen, store=store)
    await store.close()


async def test_the_first_new_event_is_the_one_that_arrived(
    session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def send(number: int, source_id: str = SOURCE) -> None:
        one = event(number, source_id=source_id)
        await session.store.write(StoreEvent(row=event_row(one, "{}")))

    async def between_two_looks(_seconds: float) -> None:
        for arriving in next(later):
            await send(*arriving)

    later: Iterator[list[Any]] = iter([[], [(2, OTHER)], [(3,), (4,)]])
    await send(1)
    monkeypatch.setattr(connect.asyncio, "sleep", between_two_looks)  # type: ignore[attr-defined]
    found = await arrival(session, SOURCE, None)
    assert found is not None
    assert found.event_id == "e-3"
    assert list(later) == []
    assert await arrival(session, SOURCE, 0) is None
    assert capsys.readouterr().err.count("waiting for an event …\n") == 2


def test_on_a_terminal_it_spins_and_leaves_no_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with Waiting() as waiting:
        waiting.turn()
        waiting.turn()
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "\r⠋ waiting for an event \r⠙ waiting for an event \r\x1b[K"


def test_what_arrived_is_shown_and_harms_no_terminal() -> None:
    made = event(
        marks={"test": "check code"},
        fields={"email": "a@b.de", "evil\x1b[2J": "\x1b]0;x\x07", "n": [1, None]},
        metadata={"gclid": "Cj0"},
    )
    text = "\n".join(description(made))
    assert "✓ lead 'Lead' arrived, a test (check code): stored, not delivered" in text
    assert "  email  a@b.de" in text
    assert "  gclid  Cj0" in text
    assert "  n  [1, null]" in text
    assert "\x1b" not in text
    assert "a real event: connected" in description(event())[0]


def test_when_nothing_comes_in_time_it_says_so_and_fails(tmp_path: Path) -> None:
    env = {"COLLECTOR_DATA_DIR": str(tmp_path)}
    made = ["capture", "create", "W", "--kind", "webhook", "--json"]
    source_id = json.loads(CliRunner().invoke(main, made, env=env).stdout)["source_id"]
    waited = ["capture", "connect", source_id, "--timeout", "0"]
    plain = CliRunner().invoke(main, waited, env=env)
    assert (plain.exit_code, "No event came within 0 seconds" in plain.stderr) == (1, True)
    assert "curl" in plain.stdout
    as_json = CliRunner().invoke(main, [*waited, "--json"], env=env)
    assert as_json.exit_code == 1
    told = json.loads(as_json.stdout)
    assert (told["connected"], told["event"], told["snippet"]) == (False, None, None)
    assert set(told) >= {"endpoint", "headers", "curl", "expires_at"}
    unknown = CliRunner().invoke(main, ["capture", "connect", SOURCE], env=env)
    assert (unknown.exit_code, unknown.stdout) == (1, "")
