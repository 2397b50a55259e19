"""Every public address as /openapi.json describes it, fuzzed on a real server."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import aiohttp
import pytest

from collector.demo.protocol import METADATA_KEYS
from tests.api_hooks import AFFILIATE, SOURCE
from tests.installation import SITE
from tests.serving import ROOT, Collector, serving

KEY = "a-key-for-the-fuzzer-alone"
CONFIG = f"""
[auth.openapi.Bearer]
bearer = "{KEY}"
[auth.openapi.Basic]
username = "fuzzer"
password = "{KEY}"
[parameters]
"path.source_id" = "{SOURCE}"
"""
RULES_NO_SCHEMA_TELLS = "positive_data_acceptance"
"""That a page is on an own domain, a time not in the future, a form not empty."""


async def set_up(collector: Collector) -> None:
    await collector.create_capture(SITE, more=("--source-id", SOURCE))
    await collector.create_capture(more=("--source-id", AFFILIATE, "--kind", "affiliate"))
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "collector", "key", "create", "Fuzzer"),
        *("--id", "fuzzer", "--value-stdin"),
        env=os.environ | {"COLLECTOR_DATA_DIR": str(collector.data_dir)},
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
    )
    await program.communicate(KEY.encode())
    assert program.returncode == 0


async def fuzz(collector: Collector, folder: Path, seed: int, examples: int) -> None:
    """Run all checks but one; what it says of a failure is the test's own message."""
    config = folder / "schemathesis.toml"
    config.write_text(CONFIG)
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"),
        *(f"{collector.base}/openapi.json", "--seed", str(seed), "-n", str(examples)),
        *("--exclude-checks", RULES_NO_SCHEMA_TELLS, "--no-color", "--suppress-health-check=all"),
        *("--generation-database", "none"),
        cwd=folder,
        env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.api_hooks", "PYTHONPATH": str(ROOT)},
        stdout=PIPE,
        stderr=STDOUT,
    )
    said, _ = await program.communicate()
    assert program.returncode == 0, said.decode()
    assert b"Tested: 16" in said, said.decode()
    events = await collector.json("event", "list", "--limit", "1000")
    assert {event["source_id"] for event in events} == {SOURCE, AFFILIATE}, "nothing was accepted"


async def test_every_public_address_answers_as_it_is_described(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", rate_limit="0") as collector:
        await set_up(collector)
        await fuzz(collector, tmp_path, seed=1, examples=4)


@pytest.mark.long
@pytest.mark.parametrize("seed", [2, 3])
async def test_and_so_in_thousands_of_requests(tmp_path: Path, seed: int) -> None:
    async with serving(tmp_path / "data", rate_limit="0") as collector:
        await set_up(collector)
        await fuzz(collector, tmp_path, seed=seed, examples=400)


async def test_the_description_is_of_openapi_3_1_and_of_the_types_in_use(tmp_path: Path) -> None:
    async with (
        serving(tmp_path) as collector,
        aiohttp.ClientSession() as client,
        client.get(f"{collector.base}/openapi.json") as answer,
    ):
        assert answer.status == 200
        assert answer.content_type == "application/json"
        document = await answer.json()
    assert document["openapi"].startswith("3.1.")
    schemas = document["components"]["schemas"]
    assert set(schemas["Metadata"]["properties"]) == set(METADATA_KEYS)
    needed = schemas["SentEvent"]["required"]
    assert needed == ["event_type", "event_name", "source_id", "fields"]
    assert "affiliate_id" in schemas["SentAffiliateEvent"]["required"]
