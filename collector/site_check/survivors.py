"""Which parameters of an ad's link are still there at each hop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from collector.domain.link import split_link
from collector.site_check.hops import written_parameters

Fate = Literal["kept", "changed", "lost"]


def survivors(urls: Sequence[str]) -> list[dict[str, Fate]]:
    """Say of each address in turn what became of the parameters of the first."""
    written = [written_parameters(split_link(url).pairs) for url in urls]
    if not written:
        return []
    return [
        {name: _fate(written[0][name], one.get(name)) for name in written[0]} for one in written
    ]


def _fate(first: list[str], now: list[str] | None) -> Fate:
    if not now:
        return "lost"
    return "kept" if now[0] == first[0] else "changed"
