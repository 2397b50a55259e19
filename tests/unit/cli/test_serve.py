from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import aiohttp
import pytest
import uvicorn
from click.testing import CliRunner
from starlette.applications import Starlette

from collector.cli import main
from collector.storage.sqlite import ServingLock
from collector.web.server import Server
from tests.serving import bound_socket, environment, serving


async def ended(folder: Path, *arguments: str, **settings: str) -> tuple[int | None, str, str]:
    """Run a command to its end: exit status, stdout, stderr."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "collector", *arguments),
        env=environment(folder, **settings),
        stdout=PIPE,
        stderr=PIPE,
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


@contextmanager
def served_already(folder: Path) -> Iterator[tuple[str, ...]]:
    lock = ServingLock(folder / "collector.db")
    yield "--port", "0"
    lock.release()


@contextmanager
def port_taken(_folder: Path) -> Iterator[tuple[str, ...]]:
    with bound_socket() as taken:
        taken.listen()
        yield "--port", str(taken.getsockname()[1])


@contextmanager
def no_database(folder: Path) -> Iterator[tuple[str, ...]]:
    (folder / "collector.db").write_bytes(b"no database at all" * 1_000)
    yield "--port", "0"


@contextmanager
def several_on_sqlite(_folder: Path) -> Iterator[tuple[str, ...]]:
    yield "--workers", "2"


@pytest.mark.parametrize(
    ("hindrance", "status", "said"),
    [
        (served_already, 1, "another `collector serve` or `collector work` already uses"),
        (port_taken, 1, "in use"),
        (no_database, 1, "not a database"),
        (several_on_sqlite, 2, "--workers needs PostgreSQL"),
    ],
)
async def test_what_keeps_a_server_from_starting_is_told_in_a_sentence(
    tmp_path: Path,
    hindrance: Callable[[Path], AbstractContextManager[tuple[str, ...]]],
    status: int,
    said: str,
) -> None:
    with hindrance(tmp_path) as arguments:
        code, out, err = await ended(tmp_path, "serve", *arguments)
    assert said in err
    assert "Traceback" not in err
    assert "listens on" not in err
    assert (code, out) == (status, "")


@pytest.mark.parametrize(
    "arguments",
    [("--workers", "0"), ("--port", "70000"), ("--port", "http"), ("--wrokers", "2")],
    ids=" ".join,
)
def test_wrong_use_is_2_and_names_the_option(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    env = {"COLLECTOR_DATA_DIR": str(tmp_path)}
    done = CliRunner().invoke(main, ["serve", *arguments], env=env)
    assert (done.exit_code, done.stdout) == (2, "")
    assert arguments[0] in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
async def test_commands_run_beside_a_server_that_ends_when_it_is_told_and_loses_nothing(
    tmp_path: Path, sign: signal.Signals
) -> None:
    def command(*arguments: str) -> str:
        done = CliRunner().invoke(main, arguments, env={"COLLECTOR_DATA_DIR": str(tmp_path)})
        assert done.exit_code == 0, done.output
        return done.stdout

    async with serving(tmp_path) as collector:
        origins = ("--origin", "https://www.example.com")
        source_id = await asyncio.to_thread(command, "capture", "create", "Website", *origins)
        url = f"{collector.base}/f/{source_id.strip()}"
        async with aiohttp.ClientSession() as browser, browser.post(url, json={"n": 1}) as answer:
            assert answer.status == 200
        assert collector.process is not None
        collector.process.send_signal(sign)
        assert await collector._ended() == 0
    assert "Traceback" not in "".join(collector.log)
    [event] = json.loads(await asyncio.to_thread(command, "event", "list", "--json"))
    assert event["fields"] == {"n": 1}


async def test_the_first_admin_is_offered_a_link_until_there_is_a_user(tmp_path: Path) -> None:
    async with serving(tmp_path) as collector:
        (link,) = [line.strip() for line in collector.log if "/console/welcome?link=" in line]
        form = {
            "link": link.partition("link=")[2],
            "email": "ada@example.com",
            "password": "correct horse battery staple",
        }
        assert link.startswith(collector.base)
        async with aiohttp.ClientSession() as browser:
            async with browser.get(link) as answer:
                assert answer.status == 200
            said = {"sec-fetch-site": "same-origin"}
            posted = browser.post(link, data=form, headers=said, allow_redirects=False)
            async with posted as answer:
                assert answer.status == 303
        await collector.stop()
        collector.log.clear()
        await collector.start()
        assert "welcome" not in "".join(collector.log)


def test_told_twice_to_end_it_still_finishes_what_is_under_way() -> None:
    server = Server(uvicorn.Config(Starlette()))
    for _ in range(2):
        server.handle_exit(signal.SIGINT, None)
    assert server.should_exit
    assert not server.force_exit
