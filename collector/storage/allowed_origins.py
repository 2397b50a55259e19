"""Allow: an origin becomes one of a capture's, beside those that others allow at that moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection

from collector.domain.capture_changes import change_capture, differences
from collector.storage.captures import ChangeCapture, get_capture
from collector.storage.versions import last_moment


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowOrigin:
    """Add an origin to a capture, unless it has it. Raises UnknownCapture, InputError.

    The capture is read once nobody else can change it: what was read before may lack an origin.
    """

    source_id: str
    origin: str
    now: int

    @classmethod
    def run(cls, connection: Connection, writes: Sequence[Self]) -> Sequence[None]:
        """Allow each."""
        for write in writes:
            write.allow(connection)
        return [None] * len(writes)

    def allow(self, connection: Connection) -> None:
        """Change the capture as it stands now."""
        last_moment(connection)
        before = get_capture(connection, self.source_id)
        if before.allows_origin(self.origin):
            return
        after = change_capture(before, {"origins": [*before.origins, self.origin]})
        changes = differences(before, after)
        change = ChangeCapture(source_id=self.source_id, changes=changes, now=self.now)
        ChangeCapture.run(connection, [change])
