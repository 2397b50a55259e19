"""What a client would rather have, by its `Accept` (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from collector.domain.remembered import remembered

_RANGE: Final = re.compile(r"\s*([\w*]+/[\w*+.-]+)\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*", re.ASCII)


@remembered(most=256, longest=200)
def prefers(accept: str, one: str, other: str) -> bool:
    """Whether a header ranks one media type above another; what it does not name ranks last."""
    found = (_RANGE.fullmatch(part) for part in accept.lower().split(","))
    ranks = {match[1]: float(match[2] or 1) for match in found if match}
    return _rank(ranks, one) > _rank(ranks, other)


def _rank(ranks: Mapping[str, float], media_type: str) -> tuple[float, int]:
    """Rank a type by its quality, then by how closely it was named: `*/*` names nothing."""
    ranges = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    named = (range_ for range_ in ranges if range_ in ranks)
    closest = next(named, None)
    return (ranks[closest], -ranges.index(closest)) if closest else (0.0, -len(ranges))
