"""A change that `collector apply` would make: what people read of it, and what writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from collector.storage.writer import Write

Pair = tuple[Any, Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that is created or changed; `differences` holds before and after by member.

    Of a secret only that it differs is told.
    """

    new: bool
    kind: str
    name: str
    id: str
    differences: Mapping[str, Pair]
    writes: Sequence[Write]

    def shown(self) -> dict[str, Any]:
        """Write it as a JSON object."""
        pairs = {
            name: {"before": before, "after": after}
            for name, (before, after) in self.differences.items()
        }
        return {
            "action": "create" if self.new else "change",
            "kind": self.kind,
            "name": self.name,
            "id": self.id,
            "differences": pairs,
        }


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Pair]:
    """Compare what is asked for with what there is, member by member."""
    return {
        name: (before.get(name), value)
        for name, value in after.items()
        if before.get(name) != value
    }
