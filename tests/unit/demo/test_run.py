from __future__ import annotations

import asyncio
import gc
import re
import signal
import sys
from asyncio.subprocess import PIPE
from contextlib import ExitStack, suppress
from pathlib import Path
from socket import socket

import aiohttp
import pytest

from collector.config import load, with_generated_secrets
from collector.demo.run import Ports, bind_ports, origin, set_up
from collector.storage.captures import destinations_of, get_capture
from collector.storage.store import open_store
from tests.serving import START_S, bound_socket, environment


def close(ports: Ports) -> None:
    for sock in (ports.collector, ports.site, ports.driftrock):
        sock.close()


def free_in_a_row(count: int) -> int:
    """Find a port that is free, and those behind it."""
    while True:
        with ExitStack() as stack:
            first: int = stack.enter_context(bound_socket()).getsockname()[1]
            with suppress(OSError):
                for port in range(first + 1, first + count):
                    stack.enter_context(socket()).bind(("127.0.0.1", port))
                return first


# ---- ports ----------------------------------------------------------------------------------


def test_the_ports_are_three_in_a_row_on_this_machine_only() -> None:
    first = free_in_a_row(3)
    ports = bind_ports(first)
    names = [sock.getsockname() for sock in (ports.collector, ports.site, ports.driftrock)]
    close(ports)
    assert names == [("127.0.0.1", first + n) for n in range(3)]


def test_any_free_ports_are_three_different_ones() -> None:
    ports = bind_ports(0)
    origins = {origin(sock) for sock in (ports.collector, ports.site, ports.driftrock)}
    close(ports)
    assert len(origins) == 3
    assert all(re.fullmatch(r"http://127\.0\.0\.1:\d+", one) for one in origins)


def test_a_taken_port_is_named_and_the_others_are_given_back() -> None:
    first = free_in_a_row(2)
    with socket() as taken:
        taken.bind(("127.0.0.1", first + 1))
        taken.listen()
        with pytest.raises(OSError, match=f"port {first + 1} is taken.*--port"):
            bind_ports(first)
        with socket() as before:
            before.bind(("127.0.0.1", first))
    gc.collect()  # a socket that was left open is this test's fault


# ---- what is set up -------------------------------------------------------------------------


async def test_the_demo_site_may_send_and_its_leads_go_to_the_account(tmp_path: Path) -> None:
    ports = bind_ports(0)
    settings = with_generated_secrets(load({"COLLECTOR_DATA_DIR": str(tmp_path)}))
    source_id, api_key = await set_up(settings, ports)
    store = await open_store(settings.database_url)
    capture = await store.read(get_capture, source_id)
    assert capture.origins == (origin(ports.site),)
    assert len(await store.read(destinations_of, source_id)) == 1
    await store.close()
    assert len(api_key) >= 32
    assert api_key not in (tmp_path / "collector.db").read_bytes().decode("latin-1")
    close(ports)


# ---- the whole ------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
async def test_everything_it_prints_answers_and_nothing_of_it_is_kept(
    tmp_path: Path, sign: signal.Signals
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "collector", "demo", "--port", "0"),
        env=environment(tmp_path / "data") | {"TMPDIR": str(tmp_path)},
        stdout=PIPE,
        stderr=PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(START_S):
        guide = (await process.stdout.readuntil(b"nothing of it is kept.\n")).decode()
    urls = re.findall(r"^ +(http://127\.0\.0\.1:\d+/\S*)$", guide, re.MULTILINE)
    assert guide.count("http") == len(urls) == 9
    async with aiohttp.ClientSession() as browser:
        for url in urls:
            async with browser.get(url) as answer:
                assert answer.status == 200, url
    assert [path.name.startswith("collector-demo-") for path in tmp_path.iterdir()] == [True]
    process.send_signal(sign)
    _, err = await process.communicate()
    assert list(tmp_path.iterdir()) == []
    assert "Traceback" not in err.decode()
    assert process.returncode == 0
