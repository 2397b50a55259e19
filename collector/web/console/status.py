"""Settings, Status: what runs here, how it is set, what waits, how to keep a copy of it."""

from __future__ import annotations

import asyncio

from collector import __version__
from collector.storage.backups import last_backup
from collector.storage.schema import HEAD
from collector.storage.status import read_status
from collector.storage.undelivered import find_undelivered
from collector.web.answer import Answer
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.visit import Visit


class Status(ConsoleEndpoint):
    """`/console/settings/status`."""

    sees = "admin"

    async def show(self, visit: Visit) -> Answer:
        """Show it as it is now."""
        read, parts = visit.services.store.read, visit.services.console
        database = await read(read_status)
        copied = await read(last_backup)
        undelivered = await read(find_undelivered, None, 0, visit.now + 1)
        return visit.page(
            "status",
            version=__version__,
            head=HEAD,
            database=database,
            waiting=sum(undelivered.waiting.values()),
            failed=sum(undelivered.failed.values()),
            waits_since=undelivered.waits_since,
            stopped=undelivered.stopped,
            free=await asyncio.to_thread(parts.free_disk),
            settings_now=parts.settings,
            backup=copied,
            backup_is_old=copied is None or copied.is_old(visit.now),
        )
