"""The pages of a cell: three that a visitor goes through, the last with the form."""

from __future__ import annotations

from dataclasses import dataclass

from collector.domain.event import METADATA_KEYS
from tests.browser.matrix.cells import Cell
from tests.browser.site import TAG, Page

INPUTS = '<input name="name" aria-label="name"> <input name="email" aria-label="email">'
HIDDEN = "".join(f'<input type="hidden" name="{key}">' for key in sorted(METADATA_KEYS))
SEND = "<button>Send</button>"

FORMS = {
    "to collector": (
        f'<form method="post" action="{{collector}}/f/{{source_id}}">{INPUTS}{SEND}</form>'
    ),
    "copy": (
        f'<form data-collector method="post" action="{{other}}/order" target="sink">{INPUTS}{SEND}'
        '</form><iframe name="sink" title="Order"></iframe>'
    ),
    "fill": f'<form method="post" action="{{other}}/order">{INPUTS}{HIDDEN}{SEND}</form>',
    "JSON": f'<form id="json">{INPUTS}{SEND}</form>',
}

SENDS_BY_ITSELF = """<script>
  document.addEventListener("submit", async (event) => {
    if (event.target.id != "json") return;
    event.preventDefault();
    window.answered = await collector.submit(Object.fromEntries(new FormData(event.target)));
  });
</script>"""
"""What a page of a framework does: it reads its form and sends an object."""

BY_MANAGER = """<script>
  addEventListener("load", () => {
    const tag = document.createElement("script");
    tag.async = true;
    tag.src = "{collector}/t.js?source={source_id}&consent={mode}";
    document.head.append(tag);
  });
</script>"""
"""A manager's container comes late, and takes an address alone."""

ROUTER = """<main></main><script>
  const show = () => document.querySelector("main").replaceChildren(
    document.querySelector(`template[title="${location.pathname}"]`).content.cloneNode(true));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    history.pushState({}, "", link.getAttribute("href"));
    show();
  });
  show();
</script>"""


@dataclass(frozen=True, kw_only=True)
class Cached(Page):
    """A page as a cache has it, whoever comes."""

    def render(self, collector: str, source_id: str) -> str:
        """Answer what was kept."""
        return self.body


def cached(html: str) -> Page:
    """Put a page into a cache, the way another visitor's browser showed it."""
    return Cached(body=html, headers={"Cache-Control": "public, max-age=600"})


def pages(cell: Cell, other_system: str) -> dict[str, Page]:
    """Write the site of a cell."""
    form = FORMS[cell.form.name].replace("{other}", other_system)
    bodies = {
        "/": '<h1>Garden rooms</h1><a href="/about">About us</a>',
        "/about": '<h1>About us</h1><a href="/contact">Contact</a>',
        "/contact": f"<h1>Contact</h1>{form}",
    }
    if cell.kind.is_single:
        templates = (
            f'<template title="{path}">{body}</template>' for path, body in bodies.items()
        )
        bodies = {"/": "".join(templates) + ROUTER}
    return {path: _page(cell, body) for path, body in bodies.items()}


def _page(cell: Cell, body: str) -> Page:
    mode = cell.answer.mode
    return Page(
        body=body,
        head=SENDS_BY_ITSELF if cell.form.name == "JSON" else "",
        tag=BY_MANAGER.replace("{mode}", mode) if cell.kind.by_manager else TAG,
        attributes=f'data-consent="{mode}"',
        headers={} if cell.kind.tells_referrer else {"Referrer-Policy": "no-referrer"},
    )
