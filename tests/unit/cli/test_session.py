"""What all commands have in common, seen from the outside."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.cli.session import print_rows
from tests.command_line import commands_of

LISTINGS = [("capture", "list"), ("destination", "list"), ("event", "list"), ("delivery", "list")]


def run(*arguments: str, **settings: str) -> Result:
    env = {f"COLLECTOR_{name.upper()}": value for name, value in settings.items()}
    return CliRunner().invoke(main, arguments, env=env)


def every_group(group: click.Group, *path: str) -> list[tuple[str, ...]]:
    inner = [(name, one) for name, one in commands_of(group) if isinstance(one, click.Group)]
    return [path, *(found for name, one in inner for found in every_group(one, *path, name))]


@pytest.mark.parametrize("path", every_group(main), ids=lambda path: " ".join(path) or "collector")
def test_every_group_explains_itself_with_an_example(path: tuple[str, ...]) -> None:
    shown = run(*path, "--help")
    assert shown.exit_code == 0
    assert "Example" in shown.output


@pytest.mark.parametrize("arguments", [("nonsense",), ("capture", "nonsense"), ("--nonsense",)])
def test_an_unknown_command_or_option_is_wrong_use(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "nonsense" in done.stderr


@pytest.mark.parametrize("arguments", LISTINGS, ids=" ".join)
def test_an_empty_listing_prints_nothing_but_says_on_stderr_what_to_do(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = run(*arguments, data_dir=str(tmp_path))
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.strip()
    done = run(*arguments, "--json", data_dir=str(tmp_path))
    assert (done.exit_code, json.loads(done.stdout), done.stderr) == (0, [], "")


@pytest.mark.parametrize("arguments", [*LISTINGS, ("migrate",), ("serve",)], ids=" ".join)
def test_settings_that_cannot_be_used_are_all_listed_and_nothing_is_made(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = run(*arguments, data_dir=str(tmp_path / "data"), port="x", cookie_days="0", hots="y")
    assert (done.exit_code, done.stdout) == (1, "")
    assert all(name in done.stderr for name in ("_PORT: ", "_COOKIE_DAYS: ", "_HOTS: "))
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [("capture", "list"), ("migrate",)], ids=" ".join)
def test_a_file_that_is_no_database_fails_in_a_sentence(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "collector.db").write_bytes(b"no database at all" * 1_000)
    done = run(*arguments, data_dir=str(tmp_path))
    assert (done.exit_code, done.stdout) == (1, "")
    assert isinstance(done.exception, SystemExit), done.exception
    assert done.stderr.startswith("Error: ")


def test_a_command_that_failed_has_closed_the_store(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    done = run("capture", "show", "nowhere", data_dir=str(tmp_path))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error: there is no capture nowhere\n"
    left = set(threading.enumerate()) - before
    assert not [one for one in left if one.name.startswith("sqlite")]
    assert not list(tmp_path.glob("*-wal"))


def test_a_listing_for_people_has_columns_that_stand_under_each_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows: list[dict[str, Any]] = [
        {"source_id": "1", "origins": ["a", "b"], "state": None},
        {"source_id": "1234567890123", "origins": [], "state": 0},
    ]
    print_rows(rows, as_json=False, empty="nothing")
    assert capsys.readouterr().out.splitlines() == [
        "SOURCE ID      ORIGINS  STATE",
        "1              a, b     -",
        "1234567890123           0",
    ]


def test_json_keeps_types_and_letters(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"name": "Zoë 🙂", "none": None, "number": 1, "list": ["a"]}]
    print_rows(rows, as_json=True, empty="nothing")
    text = capsys.readouterr().out
    assert json.loads(text) == rows
    assert "Zoë 🙂" in text
