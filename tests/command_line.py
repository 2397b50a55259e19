"""The command line on an installation of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner, Result

from collector.cli import main


def commands_of(group: click.Group) -> list[tuple[str, click.Command]]:
    """Give each command of a group with the name it is called by."""
    context = click.Context(group)
    found = [(name, group.get_command(context, name)) for name in group.list_commands(context)]
    return [(name, command) for name, command in found if command]


class CommandLine:
    """Runs commands in the test's process."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.env = {"COLLECTOR_DATA_DIR": str(folder), **settings}

    def run(self, *arguments: str, code: int = 0, typed: str | None = None) -> Result:
        """Run a command that must end with a code; `typed` is its standard input."""
        result = CliRunner().invoke(main, arguments, env=self.env, input=typed)
        assert result.exit_code == code, result.output
        return result

    def json(self, *arguments: str, code: int = 0) -> Any:
        """Run a command with --json; gives what it printed."""
        return json.loads(self.run(*arguments, "--json", code=code).stdout)
