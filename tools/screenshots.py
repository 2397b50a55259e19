"""Photograph every page of the console: light and dark, phone and desktop, English and German.

.venv/bin/python tools/screenshots.py [FOLDER]     into build/screenshots by default
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the house that the tests look at is photographed

from collector.domain.times import parse_time  # noqa: E402  (the path comes first)
from tests.browser.chromium import PROGRAM  # noqa: E402
from tests.browser.house import House, open_house, sign_in  # noqa: E402

NOW = parse_time("2026-11-24T11:00:00Z")
SIZES = {360: 780, 1280: 900}
THEMES = ("light", "dark")
LANGUAGES = ("en", "de")


async def photograph(browser: Browser, house: House, folder: Path) -> int:
    """Take every picture; answers how many."""
    count = 0
    for width, language, theme in product(SIZES, LANGUAGES, THEMES):
        size: Any = {"width": width, "height": SIZES[width]}
        context = await browser.new_context(viewport=size, timezone_id="Europe/Berlin")
        page = await context.new_page()
        await sign_in(page, house)
        for name, value in (("lc_language", language), ("lc_theme", theme)):
            await context.add_cookies([{"name": name, "value": value, "url": house.base}])
        for name, path in house.pages().items():
            await page.goto(house.base + path)
            file = folder / f"{name}-{language}-{theme}-{width}.png"
            await page.screenshot(path=file, full_page=True)
            count += 1
        await context.close()
    return count


async def main(folder: Path) -> None:
    """Open the house and the browser, and photograph."""
    with tempfile.TemporaryDirectory() as data:
        async with (
            open_house(Path(data), NOW, leads=60) as house,
            async_playwright() as playwright,
        ):
            browser = await playwright.chromium.launch(
                executable_path=PROGRAM, args=["--no-sandbox", "--disable-gpu"]
            )
            count = await photograph(browser, house, folder)
            await browser.close()
    print(f"{count} pictures in {folder}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "screenshots")
    chosen = parser.parse_args().folder
    chosen.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(chosen))
