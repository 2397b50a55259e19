"""Events of one capture, newest first, by the index that begins with the capture.

PostgreSQL would rather walk all events by time, as they lie on the disk that way, and expects one
of any capture soon. For a capture that has had none for long, that is the whole table. A range and
an order over both columns at once fit no other index.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, and_, tuple_

from collector.storage.tables import events

LAST: Final = 2**62
"""Later than any time."""
OWNER_AND_TIME: Final = (events.c.source_id, events.c.received_at)
NEWEST_FIRST: Final = tuple(column.desc() for column in OWNER_AND_TIME)


def of_capture(source_id: Any, since: int = 0, until: int = LAST) -> ColumnElement[bool]:
    """Say that an event is of a capture, and came between two times, both included."""
    both = tuple_(*OWNER_AND_TIME)
    return and_(both >= tuple_(source_id, since), both <= tuple_(source_id, until))
