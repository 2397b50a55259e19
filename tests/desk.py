"""Intake at its desk: submissions in, and what the store then has of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from collector.domain.attribution import Attribution
from collector.domain.check_code import CheckCodes
from collector.domain.event import Event
from collector.domain.submission import read_submission
from collector.domain.tables import SHIPPED_TABLES, Tables
from collector.domain.times import DAY, parse_time
from collector.domain.token import TokenSigner
from collector.intake import Circumstances, Intake, Received
from collector.storage.captures import CreateCapture
from collector.storage.events import get_event, get_evidence
from collector.storage.store import Store, open_store
from tests.installation import (
    CHROME,
    SITE,
    new_capture,
)
from tests.unit.domain.views import touched

NOW = parse_time("2026-11-24T02:15:00Z") + DAY
KEY = "k" * 40
PAID = touched("?gclid=Cj0KCQ&utm_source=google", path="landing")


@dataclass
class Desk:
    """An intake on a real store; it notes whom it woke and what it counted, in order."""

    store: Store
    told: list[str] = field(default_factory=list)
    signer: TokenSigner = field(default_factory=lambda: TokenSigner([KEY], "_lc", 90 * 86_400))
    tables: Tables = SHIPPED_TABLES
    codes: CheckCodes = field(default_factory=lambda: CheckCodes([KEY]))

    async def receive(self, fields: dict[str, Any], **how: Any) -> Received:
        capture = how.pop("capture", new_capture())
        said: dict[str, Any] = {"now": NOW, "origin": SITE, "agent": CHROME}
        intake = Intake(
            store=self.store,
            signer=self.signer,
            tables=self.tables,
            check_codes=self.codes,
            random=lambda size: bytes([len(self.told)]) * size,
            wake=lambda: self.told.append("woken"),
            count_rejected=self.told.append,
        )
        submission = read_submission({"n": "1", **fields}.items())
        return await intake.receive(capture, submission, Circumstances(**(said | how)))

    async def event(self, fields: dict[str, Any], **how: Any) -> Event:
        """Receive a submission and read back what was stored of it."""
        received = await self.receive(fields, **how)
        return await self.store.read(get_event, received.id)

    async def evidence(self, fields: dict[str, Any], **how: Any) -> str:
        received = await self.receive(fields, **how)
        return await self.store.read(get_evidence, received.id)

    def sign(self, attribution: Attribution) -> str:
        return self.signer.sign(attribution)


@asynccontextmanager
async def open_desk(folder: Path) -> AsyncIterator[Desk]:
    """A desk with one capture; its store is closed at the end."""
    store = await open_store(f"sqlite:///{folder / 'collector.db'}")
    await store.write(CreateCapture(capture=new_capture()))
    yield Desk(store)
    await store.close()
