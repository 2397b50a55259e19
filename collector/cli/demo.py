"""`collector demo`: the main job in one command."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from collector.cli.logs import set_up_logs
from collector.demo.run import bind_ports, run_demo

EXAMPLE = """\b
Example:
  collector demo --port 9000
"""


@click.command(epilog=EXAMPLE)
@click.option(
    "--port",
    type=click.IntRange(0, 65533),
    default=8000,
    show_default=True,
    help="The first of three ports; 0 takes any free ones.",
)
def demo(*, port: int) -> None:
    """Run the collector, a demo site and a stand-in Driftrock account, on this machine only.

    Prints what to open and click, in order. Nothing is kept.
    """
    set_up_logs("text")
    try:
        ports = bind_ports(port)
    except OSError as error:
        raise click.ClickException(str(error)) from error
    with TemporaryDirectory(prefix="collector-demo-") as folder:
        asyncio.run(run_demo(Path(folder), ports))
