"""A delivery tried again by a person, or why that would do nothing or harm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from collector.domain.errors import InputError
from collector.storage.deliveries import BY_MARK, DeliveryFilter, RetryDeliveries
from collector.web.console.visit import Visit

WHY_NOT: Final = {
    "delivered": "it has been delivered",
    "leased": "it is being sent now",
    "cancelled": "it was cancelled",
}
"""Why a delivery in such a state is not tried again; any other state may be."""

CLOSED: Final = {
    "held": "its destination is held: resume it first",
    "paused": "its destination is paused: resume it first",
    "deleted": "its destination was deleted",
}
"""Why nothing would follow, by how its lane stands."""


def why_not_again(row: Mapping[str, Any], although: str = "") -> str | None:
    """Say why a delivery is not tried again; `although` is the mark that a person overrides."""
    if why := WHY_NOT.get(row["state"]) or CLOSED.get(row["lane"]):
        return why
    if row["reason"] not in BY_MARK or row["reason"] == although:
        return None
    return "its capture is paused" if row["reason"] == "paused" else "its mark withholds it"


async def try_again(visit: Visit, row: Mapping[str, Any], although: str = "") -> None:
    """Try it again, and note what was overridden. Raises InputError with why not."""
    if why := why_not_again(row, although):
        raise InputError(why)
    write = RetryDeliveries(wanted=DeliveryFilter(delivery_id=row["id"]), now=visit.now)
    details = {"although": although} if although else {}
    try:
        await visit.write(write, "delivery.retry", str(row["id"]), **details)
    except InputError as error:  # somebody moved it meanwhile
        raise InputError("this delivery cannot be tried again") from error
