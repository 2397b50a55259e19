from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from tests.broken_sites import HEALTHY, serve_sites
from tests.serving import environment, listening


async def run(tmp_path: Path, *arguments: str, allow: str = "127.0.0.0/8") -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "collector", "check-site", *arguments),
        env=environment(tmp_path, allow_destinations=allow),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode()


async def test_a_healthy_page_is_told_from_one_elsewhere(tmp_path: Path) -> None:
    async with listening(serve_sites({"plain": HEALTHY["plain"]})) as base:
        code, out = await run(tmp_path, f"{base}/0/", "--json")
        report = json.loads(out)
        assert (code, report["findings"]) == (0, [])
        assert report["prospect"] == {"topology": "path", "capped": None}
        assert [hop["status"] for hop in report["hops"]] == [200]
        code, out = await run(tmp_path, f"{base}/0/", "--own", "example.com")
    assert code == 1
    assert "error: landed_elsewhere" in out
    assert "cookie: first-party, on the page's own host" in out


async def test_nothing_private_is_visited_unless_allowed(tmp_path: Path) -> None:
    code, out = await run(tmp_path, "http://127.0.0.1:9/", allow="")
    assert code == 1
    assert "address_blocked" in out
    code, out = await run(tmp_path, "no address")
    assert (code, "begin with https://" in out) == (2, True)
