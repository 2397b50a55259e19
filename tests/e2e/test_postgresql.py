"""Several processes on one PostgreSQL: two web processes, two delivery workers, one sink."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from pathlib import Path

import aiohttp
from cryptography.fernet import Fernet

from tests.postgres import Cluster
from tests.serving import Collector, environment, working
from tests.sink import Sink

LEADS = 200


async def test_two_servers_and_two_workers_deliver_every_lead_once(
    postgres: Cluster, tmp_path: Path
) -> None:
    postgres.sql("CREATE DATABASE several")
    settings = {
        "database_url": postgres.url("several"),
        "secret_keys": "s" * 40,
        "encryption_keys": Fernet.generate_key().decode(),
        "rate_limit": "0",
    }
    collector = Collector(data_dir=tmp_path, settings=settings)
    assert "collector migrate" in await failing(collector, "capture", "list")
    await collector.cli("migrate")
    async with Sink() as sink:
        source_id = await collector.create_capture("https://www.example.com")
        await collector.json(
            *("destination", "create", "webhook", "--name", "Sink"),
            *("--set", f"url={sink.url}", "--capture", source_id),
        )
        await collector.start("--workers", "2", "--no-worker")
        try:
            async with working(collector, 2) as workers:
                await post_leads(collector, source_id)
                async with asyncio.timeout(30):
                    await sink.wait_for(LEADS)
                for process in workers:
                    process.terminate()
                    await process.communicate()
                    assert process.returncode == 0
        finally:
            assert await collector.stop() == 0
        times = Counter(one.headers["webhook-id"] for one in sink.received)
        assert len(times) == LEADS
        assert set(times.values()) == {1}


async def failing(collector: Collector, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "collector", *arguments),
        env=environment(collector.data_dir, **collector.settings),
        stderr=PIPE,
    )
    _, err = await process.communicate()
    assert process.returncode == 1
    return err.decode()


async def post_leads(collector: Collector, source_id: str) -> None:
    async with aiohttp.ClientSession() as browser:

        async def post(number: int) -> None:
            url = f"{collector.base}/f/{source_id}"
            async with browser.post(url, json={"number": number}) as answer:
                assert answer.status == 200, await answer.text()

        await asyncio.gather(*[post(number) for number in range(LEADS)])
