"""Leads taken out of the roll-ups, to be counted again as they are concluded now.

Nothing tells any more where an erased lead is to be counted, so a day of a capture that has one
stays as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    delete,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
    update,
)

from collector.domain.times import DAY
from collector.storage.link_tables import link_counts
from collector.storage.tables import IS_SPAM, IS_TEST, events
from collector.storage.tally_tables import daily_counts, daily_measures, value_counts
from collector.storage.value_counts import LEAD_SUMS, add_days_to_months

_DAY: Final = events.c.received_at // literal_column(str(DAY), BigInteger)
_STAYING: Final = (
    select(_DAY, events.c.source_id)
    .where(events.c.erased_at.is_not(None), events.c.event_type == "lead")
    .where(not_(literal_column(IS_SPAM)), not_(literal_column(IS_TEST)))
    .distinct()
)


def _goes(day: Any, source_id: Any) -> ColumnElement[bool]:
    return tuple_(day, source_id).not_in(_STAYING)


_TAKE_OUT: Final = (
    update(daily_counts)
    .where(_goes(daily_counts.c.day, daily_counts.c.source_id))
    .values(dict.fromkeys(("first", "last", "last_paid"), 0)),
    update(value_counts)
    .where(
        or_(
            value_counts.c.span == "month",
            _goes(value_counts.c.begins, value_counts.c.source_id),
        )
    )
    .values(dict.fromkeys(LEAD_SUMS, 0)),
    update(link_counts).where(_goes(link_counts.c.day, link_counts.c.source_id)).values(leads=0),
    delete(daily_measures).where(_goes(daily_measures.c.day, daily_measures.c.source_id)),
    update(events).where(_goes(_DAY, events.c.source_id)).values(counted=0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """Forget what leads were counted as; touches stay. Answers how many days stay as they are."""

    is_long: ClassVar[bool] = True

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[int]:
        """Take every lead out that can be counted again."""
        staying = [(day, source_id) for day, source_id in connection.execute(_STAYING)]
        for statement in _TAKE_OUT:
            connection.execute(statement)
        add_days_to_months(connection, staying)
        return [len(staying)] * len(writes)
