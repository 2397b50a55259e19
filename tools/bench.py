"""The budgets, measured: each path beside its bare counterpart in the same run.

    python3 tools/dev.py bench [--json | --markdown] [--only PATH] [--rounds N] [--seconds S]

How it is measured, and what the last run found: docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.benchmarks.processes import Effort  # noqa: E402  (found through the line above)
from tools.benchmarks.rows import ROWS, Row, chosen, judged  # noqa: E402
from tools.benchmarks.tables import as_markdown, as_text, cells  # noqa: E402


def parse_arguments() -> argparse.Namespace:
    """Read the command line; wrong use exits 2."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print one object and nothing else")
    shape.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument("--only", action="append", default=[], metavar="PATH", help="repeats")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2, help="how long each measure takes")
    given = parser.parse_args()
    try:
        given.rows = chosen(ROWS, given.only)
    except ValueError as error:
        parser.error(str(error))
    return given


def main() -> None:
    """Measure, and print a table or JSON; progress goes to stderr."""
    given = parse_arguments()
    effort = Effort(rounds=given.rounds, seconds=given.seconds)
    measured = [(row, judged(row, value)) for row, value in measure(given.rows, effort)]
    if given.json:
        print(json.dumps({"rows": [found for _, found in measured]}))
    else:
        lines = [cells(row, found) for row, found in measured]
        print((as_markdown if given.markdown else as_text)(lines))
    sys.exit(len(measured) < len(given.rows))


def measure(rows: Iterable[Row], effort: Effort) -> Iterator[tuple[Row, float]]:
    """Measure row by row; one whose measure is not to be trusted is told, and left out."""
    for row in rows:
        began = monotonic()
        try:
            yield row, row.measure(effort)
        except (SystemExit, subprocess.SubprocessError, OSError) as error:
            print(f"{row.path}: not measured: {error}", file=sys.stderr)
        print(f"{row.path}: {monotonic() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
