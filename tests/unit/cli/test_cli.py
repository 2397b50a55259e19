from __future__ import annotations

import gc

import click
import pytest

from collector.cli import COMMANDS, _load, main


@pytest.mark.parametrize("collecting", [True, False])
def test_garbage_is_collected_after_a_command_was_imported_as_it_was_before(
    collecting: bool,
) -> None:
    _load.cache_clear()
    try:
        if not collecting:
            gc.disable()
        assert main.get_command(click.Context(main), next(iter(COMMANDS))) is not None
        assert gc.isenabled() is collecting
    finally:
        gc.enable()
