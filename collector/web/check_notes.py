"""What comes with check codes: noted in memory, written twice a second; no request waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog

from collector.domain.check_code import CheckCodes
from collector.domain.check_report import Kind, Report
from collector.domain.errors import CollectorError
from collector.storage.capture_snapshot import CaptureSnapshot
from collector.storage.check_reports import AddReports
from collector.storage.store import Store

FLUSH_S: Final = 0.5
MOST_WAITING: Final = 1_000
"""More than that within one flush is a flood, and not kept."""

_log = structlog.get_logger("checks")


class CheckNotes:
    """Takes evidence on the request's path, for one append; whose it is, is asked later."""

    def __init__(
        self, store: Store, captures: CaptureSnapshot, codes: CheckCodes, wake: Callable[[], None]
    ) -> None:
        self._store = store
        self._captures = captures
        self._codes = codes
        self._wake = wake
        self._noted: list[tuple[str, Report]] = []
        self._writing = asyncio.Lock()

    def note(self, code: str, now: int, kind: Kind, found: Mapping[str, Any]) -> None:
        """Note what came with a code."""
        if len(self._noted) < MOST_WAITING:
            self._noted.append((code, Report(now, kind, dict(found))))

    def source_of(self, code: str, now: int) -> str | None:
        """Name the capture that a code is good for now, whatever came with it."""
        captures = self._captures.all()
        valid = (one for one in captures if self._codes.refusal(code, one.source_id, now) is None)
        return next((one.source_id for one in valid), None)

    async def flush(self) -> None:
        """Write what was noted; on return all of it is. Raises StoreUnavailable: it is lost."""
        async with self._writing:
            noted, self._noted = self._noted, []
            await self._write(noted)

    async def _write(self, noted: list[tuple[str, Report]]) -> None:
        known = {code: self.source_of(code, report.at) for code, report in noted}
        reports = [(code, source, one) for code, one in noted if (source := known[code])]
        if reports:
            newest = max(report.at for _, _, report in reports)
            await self._store.write(AddReports(reports=reports, now=newest))
            self._wake()

    async def keep_writing(self) -> None:
        """Write twice a second; a fault is told and outlived."""
        while True:
            await asyncio.sleep(FLUSH_S)
            try:
                await self.flush()
            except CollectorError as error:
                _log.warning("checks_not_written", error=str(error))
            except Exception:  # noqa: BLE001  (no fault may end the writing)
                _log.exception("checks_not_written")
