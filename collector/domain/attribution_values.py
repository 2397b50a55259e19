"""Single values of an event's attribution, by the names that a mapping calls them.

A bare name means the lead's `metadata` or the visitor's ids, else the newest touch that has it;
`first.` and `last.` before it name one touch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from collector.domain.event import METADATA_KEYS, Event
from collector.domain.parameters import PARAMETERS

IDS: Final = ("ga_client_id", "ga_session_id", "fbc", "fbp")
OF_TOUCH: Final = (
    *("channel", "channel_rule", "source", "medium", "campaign", "term", "content"),
    *("referrer", "landing_page", "at"),
)
OF_PARAMETERS: Final = tuple(one.name for one in PARAMETERS if not one.names_person)
BARE: Final = frozenset((*METADATA_KEYS, *IDS, *OF_TOUCH, *OF_PARAMETERS, "reason", "touches"))
TOUCHES: Final = ("last", "first")


def is_attribution_name(name: str) -> bool:
    """Whether a mapping can ask for it."""
    touch, dot, rest = name.partition(".")
    if not dot:
        return name in BARE
    return touch in TOUCHES and (rest in OF_TOUCH or rest in OF_PARAMETERS)


def attribution_value(event: Event, name: str) -> Any:
    """Read the value of a known name out of an event; None where it has none."""
    touch, dot, rest = name.partition(".")
    if dot:
        return _of_touch(event.attribution.get(touch), rest)
    if name in METADATA_KEYS and name not in IDS:
        return event.metadata.get(name)  # of one touch: another's would be a mixture
    if name in event.metadata:
        return event.metadata[name]
    if name in event.attribution:
        return event.attribution[name]
    found = (_of_touch(event.attribution.get(one), name) for one in TOUCHES)
    return next((value for value in found if value is not None), None)


def _of_touch(touch: Mapping[str, Any] | None, name: str) -> Any:
    if not touch:
        return None
    return touch.get(name) if name in OF_TOUCH else touch.get("parameters", {}).get(name)
