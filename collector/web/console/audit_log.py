"""Settings, Audit log: who changed what, and when."""

from __future__ import annotations

from collector.domain.times import render_time
from collector.storage.audit import newest_deeds
from collector.web.answer import Answer
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import FORMATS, twin
from collector.web.console.visit import Visit

SHOWN = 200


class AuditLog(ConsoleEndpoint):
    """`/console/settings/audit`."""

    sees = "admin"

    async def show(self, visit: Visit) -> Answer:
        """Show the newest lines, or give them as CSV or JSON."""
        deeds = await visit.services.store.read(newest_deeds, SHOWN)
        if visit.asked("format") in FORMATS:
            rows = [{**one, "at": render_time(one["at"])} for one in deeds]
            return twin(visit, rows, "audit")
        return visit.page("audit_log", deeds=deeds, shown=SHOWN)
