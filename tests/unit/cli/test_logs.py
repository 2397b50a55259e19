from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from collector.domain.times import parse_time
from collector.storage.captures import CreateCapture
from collector.storage.store import open_store
from tests.installation import SOURCE, new_capture
from tests.serving import serving

JSON = {"content-type": "application/json"}

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


@cache
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


FORGED = "x\r\n2026-11-24T00:00:00Z [error] forged \x1b[2J\x00"
FORGING = f"""
import logging, structlog, sys
from collector.cli.logs import set_up_logs
for log_format in ("json", "text"):
    set_up_logs(log_format)
    structlog.get_logger().warning("ours", text={FORGED!r})
    logging.getLogger("library").error("theirs: %s", {FORGED!r})
    print("----", file=sys.stderr)
"""


@cache
def forged() -> dict[str, bytes]:
    """What two entries with such a text become in each format."""
    written = subprocess.run([sys.executable, "-c", FORGING], check=True, capture_output=True)
    return dict(zip(("json", "text"), written.stderr.split(b"----\n"), strict=False))


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_what_a_visitor_sent_forges_no_line_and_moves_no_cursor(log_format: str) -> None:
    written = forged()[log_format]
    assert written.count(b"\n") == 2
    assert written.endswith(b"\n")
    assert not any(raw in written for raw in (b"\r", b"\x1b[2J", b"\x00"))


def test_every_entry_says_when_how_grave_and_whose_it_is() -> None:
    ours, theirs, failed = (json.loads(line) for line in logged("json").splitlines())
    assert [one["level"] for one in (ours, theirs, failed)] == ["warning", "error", "error"]
    assert theirs["logger"] == "library"
    for one in (ours, theirs, failed):
        parse_time(one["timestamp"])


CANARY = "canary"
BREAK = "CREATE TRIGGER broken BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no'); END"


async def test_nothing_of_a_visitor_reaches_the_log_of_a_server_not_even_when_it_fails(
    tmp_path: Path,
) -> None:
    """Every place of a request where a person's data can stand, on every path to an error."""
    store = await open_store(f"sqlite:///{tmp_path / 'collector.db'}")
    await store.write(CreateCapture(capture=new_capture()))
    await store.close()
    with closing(sqlite3.connect(tmp_path / "collector.db")) as database:
        database.execute(BREAK)
    async with serving(tmp_path, log_format="json") as collector:
        form = f"/f/{SOURCE}"
        lead = {"email": f"{CANARY}@example.org", "_person_id": CANARY, "_token": CANARY}
        sent: list[tuple[str, str, dict[str, Any], int]] = [
            ("POST", form, {"json": lead}, 500),
            ("POST", form, {"data": lead}, 500),
            ("POST", form, {"data": f"{CANARY}%00=1", "headers": {"content-type": "x/y"}}, 415),
            ("POST", form, {"data": f"{{{CANARY}", "headers": JSON}, 400),
            ("POST", f"/f/{CANARY}", {"json": lead}, 404),
            ("POST", f"/t?{CANARY}", {"data": f'{{"url": "{CANARY}"', "headers": JSON}, 400),
            ("GET", f"/{CANARY}", {}, 404),
        ]
        cookies = {"_lc": CANARY, "_ga": CANARY, "session": CANARY}
        headers = {"referer": f"https://{CANARY}.example/", "user-agent": CANARY}
        async with aiohttp.ClientSession(
            collector.base,
            connector=aiohttp.TCPConnector(force_close=True),  # a failed request ends its line
            headers=headers,
            cookies=cookies,
        ) as one:
            for method, path, body, status in sent:
                async with one.request(method, path, **body) as answer:
                    assert answer.status == status, await answer.text()
        assert await collector.stop() == 0
    listens = next(n for n, line in enumerate(collector.log) if "listens on" in line)
    log = collector.log[listens + 1 :]  # what is before it speaks to a person
    assert CANARY not in "".join(log)
    entries = [json.loads(line) for line in log]
    assert "request_failed" in [entry["event"] for entry in entries]
