from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from collector.cli import main

ORIGINS = ("--origin", "https://www.example.com", "--origin", "https://example.com")


@pytest.fixture
def run(tmp_path: Path) -> Any:
    def command(*arguments: str, code: int = 0) -> Result:
        found = CliRunner().invoke(main, arguments, env={"COLLECTOR_DATA_DIR": str(tmp_path)})
        assert found.exit_code == code, found.output
        return found

    return command


def every_command(group: click.Group) -> list[click.Command]:
    return [
        inner
        for one in group.commands.values()
        for inner in (every_command(one) if isinstance(one, click.Group) else [one])
    ]


@pytest.mark.parametrize("command", every_command(main), ids=lambda one: str(one.name))
def test_every_command_explains_itself_with_an_example(command: click.Command) -> None:
    shown = CliRunner().invoke(command, ["--help"])
    assert shown.exit_code == 0
    assert "Example" in shown.output
    assert "collector" in shown.output


def test_a_capture_is_created_listed_shown_and_archived(run: Any) -> None:
    made = json.loads(run("capture", "create", "Website", *ORIGINS, "--json").stdout)
    source_id = made["source_id"]
    assert made["origins"] == ["https://www.example.com", "https://example.com"]
    listed = json.loads(run("capture", "list", "--json").stdout)
    assert [one["source_id"] for one in listed] == [source_id]
    shown = json.loads(run("capture", "show", source_id, "--json").stdout)
    assert f'data-source="{source_id}"' in shown["script"]
    run("capture", "pause", source_id)
    run("capture", "resume", source_id)
    run("capture", "archive", source_id)
    assert json.loads(run("capture", "show", source_id, "--json").stdout)["state"] == "archived"


def test_a_source_id_is_taken_over(run: Any) -> None:
    own = "018f7a5e-0000-7000-8000-000000000001"
    made = run("capture", "create", "W", *ORIGINS, "--source-id", own.upper(), "--json")
    assert json.loads(made.stdout)["source_id"] == own
    assert (
        "exists already"
        in run("capture", "create", "W", *ORIGINS, "--source-id", own, code=1).output
    )


def test_a_check_code_comes_with_its_link_and_its_end(run: Any) -> None:
    source_id = json.loads(run("capture", "create", "W", *ORIGINS, "--json").stdout)["source_id"]
    made = json.loads(run("capture", "check", source_id, "--json").stdout)
    assert set(made) == {"code", "url", "expires_at"}
    assert made["url"] == f"https://www.example.com/?_check={made['code']}"


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", "W", "--origin", "www.example.com"),
        ("create", "W"),
        ("create", "W", *ORIGINS, "--source-id", "x"),
        ("create", "W", *ORIGINS, "--redirect", "https://evil.example/"),
        ("create", "W", *ORIGINS, "--kind", "fax"),
    ],
)
def test_wrong_use_is_2(run: Any, arguments: tuple[str, ...]) -> None:
    run("capture", *arguments, code=2)


def test_what_is_not_there_is_1(run: Any) -> None:
    assert "there is no capture" in run("capture", "show", "x", code=1).output


def test_a_forgotten_twin_is_named_on_stderr(run: Any) -> None:
    made = run("capture", "create", "W", "--origin", "https://www.example.com")
    assert "https://example.com is not allowed" in made.stderr
