from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import CommandLine

URL = "url=https://hooks.example.com/in"


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path)


def create(line: CommandLine, *more: str) -> str:
    made = line.json("destination", "create", "webhook", "--name", "Hook", "--set", URL, *more)
    key: str = made["id"]
    return key


def pace(line: CommandLine) -> list[object]:
    [row] = line.json("destination", "list")
    return [row[name] for name in ("rate", "burst", "max_in_flight")]


def test_a_destination_is_created_with_a_pace_or_without(line: CommandLine) -> None:
    create(line, "--rate", "5/s", "--burst", "2", "--max-in-flight", "3")
    assert pace(line) == ["5/s", 2, 3]


def test_what_is_not_named_stays_and_none_takes_a_rate_off(line: CommandLine) -> None:
    key = create(line)
    assert pace(line) == [None, None, None]
    line.run("destination", "set", key, "--rate", "30/m", "--max-in-flight", "2")
    told = line.json("destination", "set", key, "--burst", "4")
    assert told == {"id": key, "rate": "30/m", "burst": 4, "max_in_flight": 2}
    assert "rate none" in line.run("destination", "set", key, "--rate", "none").stdout
    assert pace(line) == [None, 4, 2]


@pytest.mark.parametrize("rate", ["5", "0/s", "5/d", "-1/s", "5 /s", ""])
def test_a_rate_that_cannot_be_read_is_said_to_be(line: CommandLine, rate: str) -> None:
    refused = line.run("destination", "set", "x", "--rate", rate, code=2)
    assert "write a rate such as 5/s" in refused.output


def test_setting_nothing_is_wrong_use(line: CommandLine) -> None:
    assert "--rate" in line.run("destination", "set", "x", code=2).output
