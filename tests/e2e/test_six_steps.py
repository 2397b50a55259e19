"""What Driftrock's set-up guide asks of a person, step by step, from an empty database on."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from asyncio.subprocess import PIPE
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from collector.demo.driftrock import Account, create_driftrock
from tests.serving import Collector, environment, listening, serving

WAIT_S = 30
ACCOUNT_KEY = "key-of-the-account"
LEAD: dict[str, Any] = {
    "event_type": "lead",
    "event_name": "Probefahrt",
    "fields": {
        "Vorname": " ada ",
        "E-Mail-Adresse": "Ada@Example.org",
        "Telefon": "0171 1234567",
        "Wunschmodell": "Blatt",
    },
    "metadata": {"gclid": "Cj0KCQiA+P6_t.~", "utm_source": "google", "utm_medium": "cpc"},
    "event_id": "order-1",
}


async def send(
    collector: Collector, key: str, body: dict[str, Any], check: str | None = None
) -> None:
    """Send as a back end does that read the guide."""
    headers = {"authorization": f"Bearer {key}", "accept": "application/json"}
    query = {"check": check} if check else {}
    async with (
        aiohttp.ClientSession(collector.base, headers=headers) as client,
        client.post("/v2/event", json=body, params=query) as answer,
    ):
        assert (answer.status, await answer.text()) == (200, '{"data":"ok"}')


async def connected(collector: Collector, source_id: str, key: str) -> dict[str, Any]:
    """Wait at the Connect step while a test lead is sent; gives the event that arrived."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "collector", "capture", "connect", source_id),
        *("--timeout", str(WAIT_S), "--json"),
        env=environment(collector.data_dir, **collector.settings),
        stdout=PIPE,
        stderr=PIPE,
    )
    assert program.stderr is not None
    shown = ""
    while "waiting for an event" not in shown:
        shown += (await program.stderr.readline()).decode()
    [check] = set(re.findall(r"[?&]check=([\w.-]+)", shown))
    await send(collector, key, LEAD | {"source_id": source_id}, check)
    told = json.loads((await program.communicate())[0])
    assert (program.returncode, told["connected"]) == (0, True)
    event: dict[str, Any] = told["event"]
    return event


async def map_fields(collector: Collector, source_id: str) -> dict[str, Any]:
    """Take the suggestions, create what is missing; gives what the last event would become."""
    model = ("field", "create", "model", "--type", "choice")
    await collector.cli(*model, "--choice", "Leaf", "--choice", "Ariya")
    await collector.cli("mapping", "suggest", source_id, "--country", "DE", "--save")
    table = json.dumps({"do": "choice", "table": {"Blatt": "Leaf"}})
    rule = ("mapping", "add", source_id, "model", "--from", "Wunschmodell")
    await collector.cli(*rule, "--transform", table)
    preview = await collector.json("mapping", "preview", source_id)
    assert preview["mapped"]["errors"] == {}
    fields: dict[str, Any] = preview["mapped"]["fields"]
    return fields


async def add_destination(collector: Collector, source_id: str, address: str) -> None:
    """Send leads on to an account that calls one field by a name of its own."""
    made = await collector.json(
        *("destination", "create", "driftrock", "--name", "Account"),
        *("--set", f"api_key={ACCOUNT_KEY}", "--set", "source_id=drift-1"),
        *("--set", f"url={address}/v2/event"),
    )
    await collector.cli("destination", "link", made["id"], "--capture", source_id)
    rule = ("mapping", "add", source_id, "vehicle", "--from", "model")
    await collector.cli(*rule, "--destination", made["id"])


async def received(account: Account) -> dict[str, Any]:
    """Wait for the only request that the account gets; gives its body."""
    async with asyncio.timeout(WAIT_S):
        await account.wait_for(1)
    [only] = account.received
    assert only.status == 200
    body: dict[str, Any] = json.loads(only.request.body)
    return body


async def test_the_six_steps_lead_from_an_empty_database_to_a_mapped_lead(tmp_path: Path) -> None:
    driftrock = create_driftrock(ACCOUNT_KEY, {"drift-1"}, now=lambda: datetime.now(UTC))
    async with listening(driftrock) as address, serving(tmp_path) as collector:
        collector.settings["base_url"] = collector.base
        key = (await collector.json("key", "create", "Shop"))["key"]
        source_id = await collector.create_capture(name="Drives", more=("--kind", "webhook"))

        event = await connected(collector, source_id, key)
        assert (event["marks"], event["fields"]) == ({"test": "check code"}, LEAD["fields"])

        person = {"first_name": "ada", "email": "Ada@example.org", "phone": "+491711234567"}
        assert await map_fields(collector, source_id) == {**person, "model": "Leaf"}
        await add_destination(collector, source_id, address)

        await send(collector, key, LEAD | {"source_id": source_id})
        body = await received(driftrock.state.account)
        assert body["fields"] == {**person, "vehicle": "Leaf"}
        assert body["metadata"] == LEAD["metadata"]
        assert (body["event_id"], body["source_id"]) == ("order-1", "drift-1")
        [capture] = await collector.json("capture", "list")
        assert (capture["stage"], capture["problems"]) == ("live", [])
