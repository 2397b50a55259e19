"""Settings, Audit log: who changed what, and when."""

from __future__ import annotations

from typing import Any

from collector.domain.json_values import decode_json
from collector.domain.times import render_time
from collector.storage.audit import newest_deeds
from collector.storage.audit_names import names_of
from collector.web.answer import Answer
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.listing import FORMATS, captures_seen, twin
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
        things = await visit.services.store.read(names_of, deeds)
        lines = [
            (one, things.get((one["deed"].partition(".")[0], one["subject"])), _told(one))
            for one in deeds
        ]
        captures = await captures_seen(visit)
        return visit.page("audit_log", lines=lines, captures=captures, shown=SHOWN)


def _told(deed: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = decode_json(deed["details"].encode())
    return told
