"""Form pages as people have them: what a visitor does there, and what may come of it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import FrameLocator, Page

FOLDER = Path(__file__).with_name("pages")
CONTENT = b"a file of the visitor"
HAS_ALL = """async () => {
  const isThere = ({name}) => /[/]t-[^/]+[.]js$/.test(name);
  while (window.collector && !performance.getEntriesByType("resource").some(isThere))
    await new Promise(requestAnimationFrame);
}"""
"""A person is slower than the file that the first focus asks for."""


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """A page of the folder; what the members mean stands at the top of its table."""

    name: str
    do: list[list[Any]]
    lead: dict[str, Any] | None = None
    secrets: list[str] = field(default_factory=list)
    action: str = ""
    own: int = 1
    framed: bool = False
    everyday: bool = False
    why: str = ""

    @property
    def html(self) -> str:
        """Its markup, with `{elsewhere}` for the origin of another company."""
        return (FOLDER / f"{self.name}.html").read_text()

    async def submit(self, page: Page) -> None:
        """Do what a visitor does, up to the click that sends the form."""
        place = page.frame_locator("iframe") if self.framed else page
        *steps, (last, *value) = self.do
        for selector, *wanted in steps:
            await _act(place, selector, *wanted)
        await place.locator(last).evaluate(HAS_ALL)
        await _act(place, last, *value)


async def _act(place: Page | FrameLocator, selector: str, value: Any = None) -> None:
    control = place.locator(selector)
    if value is None:
        await control.click()
    elif value is True:
        await control.check(force=True)
    elif isinstance(value, dict):
        await control.set_input_files(
            {"name": value["file"], "mimeType": "text/plain", "buffer": CONTENT}
        )
    elif await control.evaluate("(one) => one.localName") == "select":
        await control.select_option(value)
    else:
        await control.fill(str(value))


def read_form_pages() -> dict[str, FormPage]:
    """Read the table of the folder."""
    table = tomllib.loads((FOLDER / "pages.toml").read_text())
    return {name: FormPage(name=name, **members) for name, members in table.items()}
