from __future__ import annotations

import json
import subprocess
import sys

import pytest

SCRIPT = """
import logging, structlog
from collector.cli.logs import set_up_logs
set_up_logs({format!r})
structlog.get_logger().warning("first", text="a\\r\\nforged ERROR \\x1b[2J")
logging.getLogger("library").error("second %s", "x")
logging.getLogger("uvicorn").info("chatter")
try:
    secret = "canary@example.org"
    1 / 0
except ZeroDivisionError:
    structlog.get_logger().exception("third")
"""


def logged(log_format: str) -> str:
    script = SCRIPT.format(format=log_format)
    return subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stderr


def test_a_json_log_is_one_object_a_line_whatever_it_holds() -> None:
    lines = [json.loads(line) for line in logged("json").splitlines()]
    assert [line["event"] for line in lines] == ["first", "second x", "third"]
    assert "ZeroDivisionError" in lines[2]["exception"]


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_values_of_a_traceback_stay_out_of_the_log(log_format: str) -> None:
    assert "canary@" not in logged(log_format).replace('secret = "canary@example.org"', "")
