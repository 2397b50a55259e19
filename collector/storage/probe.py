"""A write that leaves nothing behind: it needs all that a lead needs, room included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from sqlalchemy import Connection, delete, insert

from collector.storage.tables import captures

_BYTES: Final = 64 * 1024
_ROW: Final = {
    "source_id": "probe",
    "name": "x" * _BYTES,
    "kind": "form",
    "state": "archived",
    "origins": "[]",
    "event_type": "lead",
    "event_name": "",
    "attribution_model": "last",
    "derive_utm": 0,
    "refuse_other_origins": 0,
    "created_at": 0,
    "changed_at": 0,
}


@dataclass(frozen=True, slots=True)
class Probe:
    """Fails the way a lead would fail. Raises StoreUnavailable, DiskFull."""

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Write a row of 64 KiB and take it back in the same transaction."""
        connection.execute(insert(captures).values(_ROW))
        connection.execute(delete(captures).where(captures.c.source_id == _ROW["source_id"]))
        return [None] * len(writes)
