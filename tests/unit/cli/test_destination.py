from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from tests.sink import Reply, Sink

URL = "https://hooks.example.com/in"
SECRET = "whsec_" + "A" * 32
API_KEY = "drift-key-0123456789"


class Command:
    """The command line on an installation of its own."""

    def __init__(self, folder: Path) -> None:
        self.env = {
            "COLLECTOR_DATA_DIR": str(folder),
            "COLLECTOR_ALLOW_DESTINATIONS": "127.0.0.0/8",
        }

    def run(self, *arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, arguments, env=self.env)
        assert result.exit_code == code, result.output
        return result

    def json(self, *arguments: str, code: int = 0) -> Any:
        return json.loads(self.run(*arguments, "--json", code=code).stdout)

    def create_capture(self) -> str:
        made = self.json("capture", "create", "Website", "--origin", "https://www.example.com")
        source_id: str = made["source_id"]
        return source_id

    def create(self, *more: str, kind: str = "webhook") -> str:
        made = self.json("destination", "create", kind, "--name", "Hook", *more)
        destination_id: str = made["id"]
        return destination_id

    def create_driftrock(self, sink: Sink) -> str:
        given = {"api_key": API_KEY, "source_id": "s", "url": sink.url}
        settings = [part for name, value in given.items() for part in ("--set", f"{name}={value}")]
        return self.create(*settings, kind="driftrock")

    def only(self) -> dict[str, Any]:
        [row] = self.json("destination", "list")
        found: dict[str, Any] = row
        return found


@pytest.fixture
def command(tmp_path: Path) -> Command:
    return Command(tmp_path)


def test_a_destination_is_created_for_captures_and_listed_without_its_secrets(
    command: Command,
) -> None:
    captures = sorted(command.create_capture() for _ in range(2))
    links = [part for source_id in captures for part in ("--capture", source_id)]
    key = command.create("--set", f"url={URL}", "--set", f"secret={SECRET}", *links)
    row = command.only()
    assert (row["id"], row["kind"], row["name"], row["state"]) == (
        key,
        "webhook",
        "Hook",
        "active",
    )
    assert (row["config"], row["captures"], row["waiting"]) == ({"url": URL}, captures, 0)
    assert SECRET not in command.run("destination", "list", "--json").output
    assert key in command.run("destination", "list").stdout


def test_without_json_the_id_alone_is_printed(command: Command) -> None:
    result = command.run("destination", "create", "webhook", "--name", "H", "--set", f"url={URL}")
    assert result.stdout.strip() == command.only()["id"]


def test_a_value_may_hold_equals_signs(command: Command) -> None:
    command.create("--set", f"url={URL}?a=b=c")
    assert command.only()["config"] == {"url": f"{URL}?a=b=c"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("webhook",), "Missing option '--name'"),
        (("pigeon", "--name", "P"), "'driftrock', 'webhook'"),
        (("webhook", "--name", "H"), "url: missing"),
        (("webhook", "--name", "H", "--set", "url"), "write it as key=value"),
        (("driftrock", "--name", "D", "--set", "apikey=k"), "apikey: unknown"),
        (("driftrock", "--name", "D", "--set", "apikey=k"), "source_id: missing"),
    ],
)
def test_wrong_use_names_everything_that_is_wrong(
    command: Command, arguments: tuple[str, ...], said: str
) -> None:
    assert said in command.run("destination", "create", *arguments, code=2).output
    assert command.json("destination", "list") == []


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/", "http://10.0.0.1/", "https://u:p@example.com/"]
)
def test_an_address_that_may_not_be_used_creates_nothing(command: Command, url: str) -> None:
    settings = ("--name", "H", "--set", f"url={url}")
    command.run("destination", "create", "webhook", *settings, code=1)
    assert command.json("destination", "list") == []


def test_an_unknown_capture_creates_nothing(command: Command) -> None:
    settings = ("--name", "H", "--set", f"url={URL}", "--capture", "nowhere")
    assert "nowhere" in command.run("destination", "create", "webhook", *settings, code=1).output
    assert command.json("destination", "list") == []


def test_the_help_describes_the_settings_of_every_kind(command: Command) -> None:
    text = command.run("destination", "create", "--help").output
    for word in ("driftrock", "*api_key", "*source_id", "webhook", "*url", "whsec_"):
        assert word in text


def test_a_destination_is_paused_and_resumed(command: Command) -> None:
    key = command.create("--set", f"url={URL}")
    command.run("destination", "pause", key)
    assert command.only()["state"] == "paused"
    command.run("destination", "resume", key)
    assert command.only()["state"] == "active"


@pytest.mark.parametrize("verb", ["pause", "resume", "test"])
def test_an_unknown_destination_is_a_failure(command: Command, verb: str) -> None:
    assert "there is no destination x" in command.run("destination", verb, "x", code=1).output


async def test_a_test_that_passes_says_so_and_counts_as_a_success(command: Command) -> None:
    async with Sink() as sink:
        key = await asyncio.to_thread(command.create_driftrock, sink)
        found = await asyncio.to_thread(command.json, "destination", "test", key)
        text = await asyncio.to_thread(command.run, "destination", "test", key)
    assert (found["passed"], found["outcome"], found["http_status"]) == (True, "ok", 200)
    assert text.stdout.startswith("passed: The destination accepted it.")
    assert (await asyncio.to_thread(command.only))["last_success_at"] is not None


async def test_a_test_that_fails_shows_the_answer_without_secrets(command: Command) -> None:
    said = f'{{"error":"no such key {API_KEY}"}}'.encode()
    async with Sink(otherwise=Reply(401, body=said)) as sink:
        key = await asyncio.to_thread(command.create_driftrock, sink)
        found = await asyncio.to_thread(command.json, "destination", "test", key, code=1)
        text = await asyncio.to_thread(command.run, "destination", "test", key, code=1)
    assert (found["passed"], found["outcome"], found["reason"]) == (False, "auth", "auth")
    assert found["answer"] == '{"error":"no such key ***"}'
    assert text.stdout.startswith("failed: The destination does not accept the key")
    assert (await asyncio.to_thread(command.only))["last_success_at"] is None


def test_a_capture_is_linked_and_unlinked(command: Command) -> None:
    key, source_id = command.create("--set", f"url={URL}"), command.create_capture()
    assert source_id in command.run("destination", "link", key, "--capture", source_id).stderr
    assert command.only()["captures"] == [source_id]
    command.run("destination", "unlink", key, "--capture", source_id)
    assert command.only()["captures"] == []


@pytest.mark.parametrize("verb", ["link", "unlink"])
def test_only_what_is_there_can_be_linked(command: Command, verb: str) -> None:
    key, source_id = command.create("--set", f"url={URL}"), command.create_capture()
    said = command.run("destination", verb, key, "--capture", "nowhere", code=1).stderr
    assert "there is no capture nowhere" in said
    said = command.run("destination", verb, "x", "--capture", source_id, code=1).stderr
    assert "there is no destination x" in said
