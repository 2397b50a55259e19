"""What was measured, as a table: for a terminal, or for `docs/performance.md`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tools.benchmarks.rows import Row

Cells = tuple[str, str, str, str, str]
HEADS: Cells = ("path", "measured", "budget", "stretch", "met")


def cells(row: Row, judged: dict[str, Any]) -> Cells:
    """Write one row's cells, each limit with its direction and unit."""
    met = "yes" if judged["met"] else "NO"
    if judged["met"] and row.stretch is not None and row.meets(judged["ratio"], row.stretch):
        met = "stretch"
    return (
        row.path,
        f"{judged['ratio']:,g} {row.unit}",
        _limit(row, row.budget),
        _limit(row, row.stretch),
        met,
    )


def _limit(row: Row, limit: float | None) -> str:
    if limit is None:
        return "-"
    return f"{'at least' if row.at_least else 'at most'} {limit:,g}"


def as_text(lines: Sequence[Cells]) -> str:
    """Align the columns for a terminal."""
    table = [HEADS, *lines]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in table
    )


def as_markdown(lines: Sequence[Cells]) -> str:
    """Write the table as Markdown."""
    rule: Cells = ("---",) * 5
    return "\n".join(f"| {' | '.join(line)} |" for line in (HEADS, rule, *lines))
