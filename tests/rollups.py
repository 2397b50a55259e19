"""Roll-ups put where a test needs them, as if their leads and touches had come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert

from collector.storage.tally_tables import daily_measures


@dataclass(frozen=True, kw_only=True)
class AddMeasures:
    """Measures of one capture, by day and name."""

    source_id: str
    counts: Mapping[tuple[int, str], int]

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[AddMeasures]) -> Sequence[None]:
        for write in writes:
            rows = [
                {"day": day, "source_id": write.source_id, "measure": name, "count": count}
                for (day, name), count in write.counts.items()
            ]
            connection.execute(insert(daily_measures), rows)
        return [None] * len(writes)
