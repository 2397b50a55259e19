from __future__ import annotations

import gc

import pytest
from click.testing import CliRunner

from collector.cli import main
from tests.serving import bound_socket


def test_a_taken_port_is_named_with_the_option_that_avoids_it() -> None:
    with bound_socket() as taken:
        taken.listen()
        port = taken.getsockname()[1]
        done = CliRunner().invoke(main, ["demo", "--port", str(port)])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"Error: port {port} is taken: choose another with --port\n"
    del done
    gc.collect()  # a socket that was left open is this test's fault


@pytest.mark.parametrize("port", ["65534", "-1", "http"])
def test_three_ports_in_a_row_must_fit(port: str) -> None:
    done = CliRunner().invoke(main, ["demo", "--port", port])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--port" in done.stderr
