"""The naming rules by which reports spell what was written in links."""

from __future__ import annotations

from collector.domain.link_rules import LinkRules
from collector.web.console.visit import Visit


async def naming_rules(_visit: Visit) -> LinkRules:
    """Give the rules of the installation."""
    return LinkRules()
