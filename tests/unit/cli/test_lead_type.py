from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.command_line import CommandLine

CREATE = ("lead-type", "create", "Test drive", "--required", "email", "--optional", "postcode")


@pytest.fixture
def command(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path)


@pytest.fixture
def source_id(command: CommandLine) -> str:
    made: dict[str, Any] = command.json("capture", "create", "W", "--origin", "https://a.example")
    found: str = made["source_id"]
    return found


def test_a_lead_type_is_created_applied_listed_and_removed(
    command: CommandLine, source_id: str
) -> None:
    made = command.json(*CREATE, "--limit", "postcode.max_length=5")
    assert made == {
        "name": "Test drive",
        "required": ["email"],
        "optional": ["postcode"],
        "limits": {"postcode": {"max_length": 5}},
        "captures": [],
    }
    assert command.json("lead-type", "show", "Test drive") == made
    command.run("lead-type", "apply", "Test drive", "--capture", source_id)
    assert command.json("lead-type", "list") == [{**made, "captures": [source_id]}]
    assert command.json("capture", "show", source_id)["lead_type"] == "Test drive"
    assert source_id in command.run("lead-type", "show", "Test drive").stdout
    assert "W" in command.run("lead-type", "remove", "Test drive", code=1).stderr
    command.run("lead-type", "apply", "--none", "--capture", source_id)
    command.run("lead-type", "remove", "Test drive")
    assert command.json("lead-type", "list") == []


def test_one_is_replaced_only_where_that_is_asked_for(command: CommandLine) -> None:
    assert command.run(*CREATE).stdout == "Test drive\n"
    assert "already" in command.run(*CREATE, code=1).stderr
    command.run("lead-type", "create", "Test drive", "--required", "phone", "--replace")
    assert command.json("lead-type", "show", "Test drive")["required"] == ["phone"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("create", "T", "--required", "nickname"), 1, "no field nickname"),
        (("create", "T", "--limit", "email"), 2, "postcode.max_length=5"),
        (("create", "T", "--limit", "email.max_length=x"), 2, "postcode.max_length=5"),
        (("create", "T", "--limit", "email.size=5"), 2, "size"),
        (("create", "T", "--limit", "email.max_length=5"), 1, "neither required nor optional"),
        (("apply", "--capture", "x"), 2, "--none"),
        (("apply", "T", "--none", "--capture", "x"), 2, "--none"),
        (("apply", "T", "--capture", "x"), 1, "no lead type 'T'"),
        (("apply", "--none", "--capture", "x"), 1, "no capture x"),
        (("show", "T"), 1, "no lead type 'T'"),
        (("remove", "T"), 1, "no lead type 'T'"),
    ],
)
def test_what_cannot_be_is_said(
    command: CommandLine, arguments: tuple[str, ...], code: int, said: str
) -> None:
    assert said in command.run("lead-type", *arguments, code=code).stderr
