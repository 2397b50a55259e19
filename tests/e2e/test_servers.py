"""Driftrock's protocol between real servers: chained, in parallel, and the Connect step."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography.fernet import Fernet

from tests.installation import SITE
from tests.postgres import Cluster, cluster
from tests.serving import Collector, environment, serving

WAIT_S = 30
TIMES = 50
LEAD: dict[str, Any] = {
    "event_type": "conversion",
    "event_name": "Bestellung ✓",
    "fields": {"email": "ada@example.org", "n": [1, 2.5, None, True, {"x": "ü"}], "big": 10**17},
    "metadata": {
        **{f"utm_{name}": f"{name} +%20" for name in ("source", "medium", "campaign")},
        "utm_term": "",
        "utm_content": "c",
        "utm_keyword": "k",
        "gclid": "Cj0KCQiA+P6_t.~",
        "fbclid": "Iw-Ar",
        "ga_client_id": "123.456",
    },
    "event_id": "order-1",
    "person_id": "person-1",
    "affiliate_id": "partner-1",
    "created_at": "2019-12-02T10:00:00.123Z",
}


async def new_key(collector: Collector) -> str:
    key: str = (await collector.json("key", "create", "Sender"))["key"]
    return key


@asynccontextmanager
async def sender(collector: Collector, key: str) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"authorization": f"Bearer {key}", "accept": "application/json"}
    async with aiohttp.ClientSession(collector.base, headers=headers) as opened:
        yield opened


async def post(
    client: aiohttp.ClientSession, body: dict[str, Any], path: str = "/v2/event"
) -> None:
    async with client.post(path, json=body) as answer:
        assert (answer.status, await answer.read()) == (200, b'{"data":"ok"}')


async def events(collector: Collector, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await collector.json(
        "event", "list", "--limit", "1000", *arguments
    )
    return found


# ---- two collectors, one behind the other ---------------------------------------------------


@pytest.mark.long
async def test_nothing_changes_between_two_collectors(tmp_path: Path) -> None:
    async with serving(tmp_path / "last") as last, serving(tmp_path / "first") as first:
        source_id = await last.create_capture(SITE, more=("--kind", "webhook"))
        await first.create_capture(SITE, more=("--source-id", source_id))
        await first.add_driftrock(source_id, last.base, await new_key(last))
        async with sender(first, await new_key(first)) as client:
            await post(client, LEAD | {"source_id": source_id})
            form = {"email": "form@example.org", "_page": f"{SITE}/?gclid=Cj0_a-Z&utm_source=x"}
            async with client.post(f"/f/{source_id}", data=form) as answer:
                assert answer.status == 200
        async with asyncio.timeout(WAIT_S):
            while len(await events(last)) < 2:  # each look starts a command and takes its time
                pass
        sent = {event["event_id"]: event for event in await events(first)}
        arrived = {event["event_id"]: event for event in await events(last)}
        assert arrived.keys() == sent.keys()
        same = (*LEAD, "source_id")
        for event_id, event in sent.items():
            kept = {name: arrived[event_id][name] for name in same}
            assert kept == {name: event[name] for name in same}
        order = arrived["order-1"]
        assert {name: order[name] for name in LEAD} == LEAD
        deliveries = await first.json("delivery", "list")
        assert [one["state"] for one in deliveries] == ["delivered"] * 2


# ---- many at once ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def postgres() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


@asynccontextmanager
async def two_processes(
    database: str, folder: Path, request: pytest.FixtureRequest
) -> AsyncIterator[list[Collector]]:
    """One database and whatever may serve it: two processes, on SQLite only one."""
    if database == "sqlite":
        async with serving(folder) as collector:
            yield [collector]
        return
    running: Cluster = request.getfixturevalue("postgres")
    running.sql("CREATE DATABASE parallel")
    settings = {
        "database_url": running.url("parallel"),
        "secret_keys": "s" * 40,
        "encryption_keys": Fernet.generate_key().decode(),
    }
    collector = Collector(data_dir=folder, settings=settings)
    await collector.cli("migrate")
    async with serving(folder, **settings) as one, serving(folder, **settings) as two:
        yield [one, two]


@pytest.mark.parametrize(
    "database", [pytest.param("sqlite", marks=pytest.mark.long), "postgresql"]
)
async def test_repeats_at_once_are_one_event_and_one_id_links_fifty(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    async with two_processes(database, tmp_path, request) as collectors:
        first = collectors[0]
        source_id = await first.create_capture(more=("--kind", "webhook"))
        key = await new_key(first)
        body = LEAD | {"source_id": source_id}

        async def send_all(bodies: list[dict[str, Any]], path: str) -> None:
            """From as many connections as there are bodies, over all processes in turn."""
            async with asyncio.TaskGroup() as group:
                for number, one in enumerate(bodies):
                    group.create_task(send(collectors[number % len(collectors)], one, path))

        async def send(collector: Collector, one: dict[str, Any], path: str) -> None:
            async with sender(collector, key) as client:
                await post(client, one, path)

        await send_all([body] * TIMES, "/v2/event")
        (only,) = await events(first)
        different = [body | {"fields": {"n": n}, "person_id": f"p-{n % 7}"} for n in range(TIMES)]
        await send_all(different, "/v2/event")
        found = await events(first)
        assert len(found) == TIMES + 1
        assert {event["fields"].get("n") for event in found[:-1]} == set(range(TIMES))
        linked = await events(first, "--same-person", only["id"])
        assert {event["id"] for event in linked} == {event["id"] for event in found}


# ---- the Connect step -----------------------------------------------------------------------


async def send_like_curl(line: str) -> None:
    """Do what curl does with these options, on machines that have none."""
    words = shlex.split(line)
    given = list(pairwise(words))
    headers = dict(word.split(": ", 1) for option, word in given if option == "-H")
    (body,) = (word for option, word in given if option == "-d")
    async with (
        aiohttp.ClientSession(headers=headers) as client,
        client.post(words[-1], data=body) as answer,
    ):
        assert await answer.json() == {"data": "ok"}


async def test_a_capture_waits_for_the_line_it_shows_and_tells_what_it_held(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as collector:
        collector.settings["base_url"] = collector.base
        source_id = await collector.create_capture(more=("--kind", "webhook"))
        key = await new_key(collector)
        (capture,) = await collector.json("capture", "list")
        assert capture["stage"] == "new"
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "collector", "capture", "connect", source_id),
            *("--timeout", str(WAIT_S), "--json"),
            env=environment(tmp_path, **collector.settings),
            stdout=PIPE,
            stderr=PIPE,
        )
        assert program.stderr is not None
        shown = ""
        while "waiting for an event" not in shown:
            shown += (await program.stderr.readline()).decode()
        (line,) = re.findall(r"^ +(curl .*)$", shown, re.MULTILINE)
        await send_like_curl(line.replace("$KEY", key))
        out, _ = await program.communicate()
        told = json.loads(out)
        assert (program.returncode, told["connected"]) == (0, True)
        assert told["event"]["marks"] == {"test": "check code"}
        assert told["event"]["fields"]["email"] == "test@example.com"
        (capture,) = await collector.json("capture", "list")
        assert capture["stage"] == "connected"
        assert [one["id"] for one in await events(collector, "--mark", "test")] == [
            told["event"]["id"]
        ]
