"""Chromium as the tests start it: driven by Playwright, or alone with a page that drives itself."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

PROGRAM = "/usr/bin/chromium"
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/156.0.0.0 Safari/537.36"
)
"""A headless Chromium calls itself a bot; the visitors of these tests are people."""

_UNSEEN = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "SpareRendererForSitePerProcess")
"""For each window the address bar renders a page of its own, and each page has a process made for
the next one: without, a page costs a third less.
"""

_OFF = (
    *_UNSEEN,
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "AimEnabled"),
    *("OptimizationHints", "NetworkTimeServiceQuerying", "PreconnectToSearch"),
)
"""And what Playwright turns off: of two such lists Chromium takes the last one only."""

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.test 127.0.0.1",
    "--test-third-party-cookie-phaseout",
)


def _flags(key_hash: str, off: Iterable[str]) -> list[str]:
    trusted = f"--ignore-certificate-errors-spki-list={key_hash}"
    return [*_FLAGS, trusted, f"--disable-features={','.join(off)}"]


@asynccontextmanager
async def driven_chromium(key_hash: str) -> AsyncIterator[Browser]:
    """A browser that trusts the certificate of one key, and blocks third-party cookies."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=PROGRAM, args=_flags(key_hash, _OFF)
        )
        yield browser
        await browser.close()


@asynccontextmanager
async def lone_chromium(profile: Path, key_hash: str, url: str) -> AsyncIterator[None]:
    """The same browser without a driver, at one page.

    A driver keeps pages out of the back/forward cache and prerendered ones from being shown.
    """
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        *_flags(key_hash, _UNSEEN),
        "--headless=new",
        f"--user-data-dir={profile}",
        f"--user-agent={AGENT}",
        url,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
