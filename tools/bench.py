"""The budgets, measured: each path beside its bare counterpart in the same run.

    python3 tools/dev.py bench [--json] [--rounds N] [--seconds S]

A ratio is the median over rounds that alternate, in CPU of the server: `tools/benchmarks`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import brotli

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.benchmarks import web  # noqa: E402  (found through the line above)
from tools.benchmarks.processes import Effort  # noqa: E402


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A path, how it is measured, and what it may cost; `stretch` is what we would like."""

    path: str
    measure: Callable[[Effort], float]
    budget: float
    stretch: float


def script_bytes(_effort: Effort) -> float:
    """Measure `t.js` as brotli sends it."""
    return float(len(brotli.compress((ROOT / "static_js/dist/t.js").read_bytes())))


MULTIPART = partial(web.form, multipart=True)
ROWS = (
    Row(path="POST /t", measure=web.touch, budget=2.0, stretch=1.75),
    Row(path="POST /f", measure=web.form, budget=3.7, stretch=3.2),
    Row(path="POST /f multipart", measure=MULTIPART, budget=6.5, stretch=5),
    Row(path="GET /t.js", measure=web.script, budget=1.1, stretch=1.0),
    Row(path="/t.js bytes", measure=script_bytes, budget=2048, stretch=1900),
)


def measured(effort: Effort) -> Iterator[dict[str, Any]]:
    """Measure every row."""
    for row in ROWS:
        print(f"measuring {row.path}", file=sys.stderr)
        ratio = round(row.measure(effort), 2)
        yield {
            "path": row.path,
            "ratio": ratio,
            "budget": row.budget,
            "stretch": row.stretch,
            "met": ratio <= row.budget,
        }


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    given = parser.parse_args()
    rows = list(measured(Effort(rounds=given.rounds, seconds=given.seconds)))
    if given.json:
        print(json.dumps({"rows": rows}))
        return
    for row in rows:
        print("{path:20}{ratio:>9}{budget:>9}{stretch:>9}  {met}".format(**row))


if __name__ == "__main__":
    main()
