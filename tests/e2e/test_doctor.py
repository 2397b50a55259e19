"""The doctor comes through the shipped nginx.conf, and through one that lost a line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from collector.app import create
from collector.cli.doctor_front import Front, look_at_front
from collector.cli.finding import Finding
from collector.cli.session import now
from collector.config import load
from collector.storage.captures import CreateCapture
from collector.storage.store import open_store
from tests.broken_sites import Loopback
from tests.installation import new_capture
from tests.nginx import OWN_HOST, PUBLIC, SITE_HOST, Behind, Nginx, nginx
from tests.serving import listening

HIDDEN = "X-Forwarded-Proto $scheme; proxy_hide_header Set-Cookie;"
LOST = (
    ({"X-Forwarded-Proto  $scheme": "X-Forwarded-Proto  http"}, "X-Forwarded-Proto"),
    ({"X-Forwarded-Prefix /_lc": 'X-Forwarded-Prefix ""'}, "X-Forwarded-Prefix"),
    ({"X-Forwarded-Proto  $scheme;": HIDDEN}, "Set-Cookie is dropped"),
)
CAPTURE = new_capture()


async def look(through: Nginx, base: str) -> list[Finding]:
    async with Front(base, ssl=through.context(), resolver=Loopback()) as front:
        return await look_at_front(front, load({}), [CAPTURE], now())


@asynccontextmanager
async def collector(folder: Path) -> AsyncIterator[str]:
    """A collector with a capture for the site; gives its address behind every web server."""
    settings = load(
        {"COLLECTOR_DATA_DIR": str(folder), "COLLECTOR_BASE_URL": f"https://{OWN_HOST}"}
    )
    store = await open_store(settings.database_url)
    await store.write(CreateCapture(capture=CAPTURE))
    await store.close()
    async with listening(create(settings, with_worker=False), lifespan="on") as base:
        yield base


async def test_through_the_shipped_file_everything_arrives(tmp_path: Path) -> None:
    async with collector(tmp_path) as behind, nginx(Behind(collector=behind)) as through:
        for host, prefix in PUBLIC:
            base = f"https://{host}:{through.port}{prefix}"
            found = await look(through, base)
            assert [(one.about, one.state) for one in found] == [
                ("public address", "ok"),
                ("proxy", "ok"),
            ]
            [gone] = await look(through, f"{base}/elsewhere")
            assert (gone.state, "answers 404" in gone.said) == ("bad", True)


async def test_a_line_that_is_lost_is_told_by_what_it_breaks(tmp_path: Path) -> None:
    async with collector(tmp_path) as behind:
        for changes, said in LOST:
            async with nginx(Behind(collector=behind), changes) as through:
                *_, last = await look(through, f"https://{SITE_HOST}:{through.port}/_lc")
            assert (last.about, last.state) == ("proxy", "bad")
            assert said in last.said
