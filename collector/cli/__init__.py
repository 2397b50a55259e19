"""The command line: one file for each noun, read only when its command is called."""

from __future__ import annotations

import gc
from functools import cache
from importlib import import_module
from types import ModuleType

import click

from collector import __version__

COMMANDS = {
    "serve": "serve:serve",
    "work": "work:work",
    "demo": "demo:demo",
    "migrate": "migrate:migrate",
    "backup": "backup:backup",
    "restore": "restore:restore",
    "secret": "secret:secret",
    "doctor": "doctor:doctor",
    "check": "check:check",
    "inspect": "inspect:inspect",
    "apply": "apply:apply",
    "check-site": "check_site:check_site_command",
    "capture": "capture:capture",
    "field": "field:field",
    "mapping": "mapping:mapping",
    "lead-type": "lead_type:lead_type",
    "destination": "destination:destination",
    "key": "key:key",
    "user": "user:user",
    "event": "event:event",
    "delivery": "delivery:delivery",
    "link": "link:link",
    "report": "report:report",
}
"""Each command's module and its name there: a command costs what it imports, not what all do."""


class Commands(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command; none is imported."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; None for a name that is none."""
        del ctx
        module, _, name = COMMANDS.get(cmd_name, "").partition(":")
        if not module:
            return None
        command: click.Command = getattr(_load(module), name)
        return command


@cache
def _load(module: str) -> ModuleType:
    """Import a command's module, and never look for garbage in it: a third of a short command."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return import_module(f"collector.cli.{module}")
    finally:
        gc.freeze()
        if collecting:
            gc.enable()


@click.group(
    cls=Commands,
    epilog="\b\nExample:\n  collector demo\n",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__)
def main() -> None:
    """Keep click ids, UTMs and the GA client id, and merge them into leads that never get lost."""
