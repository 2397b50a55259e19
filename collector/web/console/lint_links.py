"""Links: a pasted list of campaign links, linted; nothing is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from collector.domain.link_findings import FAULTS, Finding
from collector.domain.link_lint import LintedLink, lint_link
from collector.domain.link_rules import LinkRules
from collector.domain.said import Said
from collector.storage.link_rules import read_link_rules
from collector.web.answer import Answer
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import FORMATS, twin
from collector.web.console.visit import Visit

MOST_LINKS: Final = 1_000
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

    async def show(self, visit: Visit) -> Answer:
        """Show the form with an example."""
        return await _page(visit, [EXAMPLE], frozenset(), example=True)

    async def act(self, visit: Visit) -> Answer:
        """Lint what was pasted; also as CSV or JSON."""
        links = [line.strip() for line in visit.said("links").splitlines() if line.strip()]
        own = frozenset(visit.said("own").lower().replace(",", " ").split())
        return await _page(visit, links, own)


async def lint_all(links: Sequence[str], rules: LinkRules) -> list[LintedLink]:
    """Lint links in their order; other requests have their turn in between."""
    found: list[LintedLink] = []
    for start in range(0, len(links), _A_STEP):
        found += (lint_link(text, rules) for text in links[start : start + _A_STEP])
        await asyncio.sleep(0)
    return found


async def _page(
    visit: Visit, links: list[str], own: frozenset[str], *, example: bool = False
) -> Answer:
    stored = await visit.services.store.read(read_link_rules)
    rules = msgspec.structs.replace(stored, own_domains=own)
    found = sorted(await lint_all(links[:MOST_LINKS], rules), key=_damage)
    if visit.asked("format") in FORMATS:
        return twin(visit, [row for one in found for row in _rows(one)], "links")
    return visit.page(
        "lint_links",
        links=links,
        own=" ".join(sorted(own)),
        example=example,
        wrong=[one for one in found if one.findings],
        linted=len(found),
        most=MOST_LINKS,
        cure=_cure,
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
