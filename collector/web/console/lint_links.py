"""Links: a pasted list of campaign links or a file of them, linted; nothing is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from collector.domain.errors import InputError
from collector.domain.link_findings import FAULTS, Finding
from collector.domain.link_lint import LintedLink, lint_link
from collector.domain.link_list import decode_list, read_list
from collector.domain.link_rules import LinkRules
from collector.domain.said import Said
from collector.storage.link_rules import read_link_rules
from collector.web.answer import Answer
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import FORMATS, twin
from collector.web.console.visit import Visit

MOST_LINKS: Final = 10_000
SHOWN: Final = 200
_A_STEP: Final = 200
EXAMPLE: Final = "https://www.example.com/offer?utm_source=Google&utm-medium=cpc&gclid=Cj0"
_RANK: Final = {
    code: ({"error": 0, "warning": 1, "hint": 2}[severity], place)
    for place, (code, (severity, _)) in enumerate(FAULTS.items())
}
_FINE: Final = (3, 0)


class LintLinks(ConsoleEndpoint):
    """`/console/links/lint`: pure, so that everybody who may look may ask."""

    methods = ("GET", "HEAD", "POST")
    acts = "viewer"
    upload_bytes = 4 * 1024 * 1024

    async def show(self, visit: Visit) -> Answer:
        """Show the form with an example."""
        return await _page(visit, [EXAMPLE], frozenset(), example=True)

    async def act(self, visit: Visit) -> Answer:
        """Lint what was pasted, and the file that was sent; also as CSV or JSON."""
        own = frozenset(visit.said("own").lower().replace(",", " ").split())
        column = visit.said("column").strip()
        try:
            sent = read_list(decode_list(visit.files.get("file", b"")), column or None)
        except InputError as error:
            return await _page(visit, [], own, column=column, status=422, error=error)
        pasted = [line.strip() for line in visit.said("links").splitlines() if line.strip()]
        return await _page(visit, [*pasted, *sent], own, pasted=pasted, column=column)


async def lint_all(links: Sequence[str], rules: LinkRules) -> list[LintedLink]:
    """Lint links in their order; other requests have their turn in between."""
    found: list[LintedLink] = []
    for start in range(0, len(links), _A_STEP):
        found += (lint_link(text, rules) for text in links[start : start + _A_STEP])
        await asyncio.sleep(0)
    return found


async def _page(visit: Visit, links: list[str], own: frozenset[str], **more: Any) -> Answer:
    stored = await visit.services.store.read(read_link_rules)
    rules = msgspec.structs.replace(stored, own_domains=own)
    found = sorted(await lint_all(links[:MOST_LINKS], rules), key=_damage)
    if visit.asked("format") in FORMATS and "error" not in more:
        return twin(visit, [row for one in found for row in _rows(one)], "links")
    wrong = [one for one in found if one.findings]
    return visit.page(
        "lint_links",
        own=" ".join(sorted(own)),
        wrong=wrong[:SHOWN],
        found=len(wrong),
        given=len(links),
        linted=len(found),
        most=MOST_LINKS,
        cure=_cure,
        **{"example": False, "pasted": links, "column": "", "error": None, **more},
    )


def _damage(one: LintedLink) -> tuple[int, int]:
    return min((_RANK[finding.code] for finding in one.findings), default=_FINE)


def _cure(finding: Finding) -> Said:
    """Say the cure, for pages to look up."""
    return Said(finding.cure)


def _rows(one: LintedLink) -> list[dict[str, Any]]:
    return [
        {
            "link": one.link,
            "code": finding.code,
            "severity": finding.severity,
            "found": finding.found,
            "cure": finding.cure,
            "corrected": one.corrected or "",
        }
        for finding in one.findings
    ]
