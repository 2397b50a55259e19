"""The command line: one file for each noun."""

from __future__ import annotations

import click

from collector import __version__
from collector.cli.apply import apply
from collector.cli.capture import capture
from collector.cli.check import check
from collector.cli.check_site import check_site_command
from collector.cli.delivery import delivery
from collector.cli.demo import demo
from collector.cli.destination import destination
from collector.cli.event import event
from collector.cli.field import field
from collector.cli.inspect import inspect
from collector.cli.key import key
from collector.cli.lead_type import lead_type
from collector.cli.link import link
from collector.cli.mapping import mapping
from collector.cli.migrate import migrate
from collector.cli.report import report
from collector.cli.serve import serve
from collector.cli.user import user
from collector.cli.work import work


@click.group(
    epilog="\b\nExample:\n  collector demo\n",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__)
def main() -> None:
    """Keep click ids, UTMs and the GA client id, and merge them into leads that never get lost."""


for command in (
    *(serve, work, demo, migrate, check, inspect, apply, check_site_command),
    *(capture, field, mapping, lead_type, destination, key, user, event, delivery, link, report),
):
    main.add_command(command)
