from __future__ import annotations

from pathlib import Path

import pytest

from collector.domain.fields import STANDARD
from tests.command_line import CommandLine

MODEL = ("field", "create", "model", "--type", "choice", "--choice", "Leaf", "--choice", "Ariya")


@pytest.fixture
def command(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path)


def test_standard_fields_are_there_from_the_first(command: CommandLine) -> None:
    rows = command.json("field", "list")
    assert [row["name"] for row in rows] == list(STANDARD)
    assert rows[0] == {
        "name": "email",
        "label": "E-mail",
        "type": "email",
        "choices": [],
        "standard": True,
    }


def test_a_custom_field_is_created_changed_and_removed(command: CommandLine) -> None:
    made = command.json(*MODEL)
    assert command.json("field", "list", "--custom") == [made]
    assert made == {
        "name": "model",
        "label": "Model",
        "type": "choice",
        "choices": ["Leaf", "Ariya"],
        "standard": False,
    }
    changed = command.json("field", "change", "model", "--label", "Car", "--choice", "Micra")
    assert changed == {**made, "label": "Car", "choices": ["Micra"]}
    assert "model is removed" in command.run("field", "remove", "model").stderr
    assert command.json("field", "list", "--custom") == []


def test_without_json_the_name_is_printed(command: CommandLine) -> None:
    assert command.run(*MODEL).stdout == "model\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("create", "Model"), 2, "small letters"),
        (("create", "model", "--type", "choice"), 2, "needs choices"),
        (("create", "email"), 2, "standard field"),
        (("create", "x", "--type", "colour"), 2, "colour"),
        (("change", "email", "--label", "x"), 1, "no custom field email"),
        (("change", "nobody", "--label", "x"), 1, "no custom field nobody"),
        (("remove", "nobody"), 1, "no custom field nobody"),
    ],
)
def test_what_cannot_be_is_said(
    command: CommandLine, arguments: tuple[str, ...], code: int, said: str
) -> None:
    assert said in command.run("field", *arguments, code=code).stderr
    assert command.json("field", "list", "--custom") == []


def test_a_field_is_created_once(command: CommandLine) -> None:
    command.run(*MODEL)
    assert "already" in command.run(*MODEL, code=1).stderr
