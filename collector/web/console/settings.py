"""Settings: the way to each of their pages."""

from __future__ import annotations

from collector.web.answer import Answer
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.visit import Visit


class SettingsIndex(ConsoleEndpoint):
    """`/console/settings`."""

    async def show(self, visit: Visit) -> Answer:
        """Say in a sentence what each page is for that the person may open."""
        return visit.page("settings")
