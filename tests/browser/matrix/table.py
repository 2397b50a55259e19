"""The matrix as tables in Markdown: `python -m tests.browser.matrix.table` prints them."""

from __future__ import annotations

from itertools import groupby

from collector.domain.event import METADATA_KEYS
from tests.browser.matrix.cells import ANSWERS, CELLS, Cell
from tests.browser.matrix.outcome import OTHER_METADATA, Outcome, expected
from tests.browser.shop import AD_METADATA, FULL_METADATA, GA_CLIENT_ID

_VALUES: tuple[tuple[str, dict[str, str]], ...] = (
    ("ad and GA", FULL_METADATA),
    ("ad", AD_METADATA),
    ("GA", {"ga_client_id": GA_CLIENT_ID}),
    ("as cached", OTHER_METADATA),
    ("none", {}),
)


def describe(outcome: Outcome) -> str:
    """Write an outcome in a table's words: values at the destination, where the token lies, reports."""
    values = _values(outcome)
    named = next((name for name, known in _VALUES if known == values), f"other: {values}")
    lies = "cookie" if "_lc" in outcome.cookies else "storage" if outcome.storage else "nothing"
    return f"{named}, {lies}, {_reports(outcome)}"


def _values(outcome: Outcome) -> dict[str, object]:
    if outcome.lead is not None:
        return dict(outcome.lead.metadata)
    filled = outcome.order or {}
    return {key: value for key, value in filled.items() if key in METADATA_KEYS and value}


def _reports(outcome: Outcome) -> str:
    states = [one.said["consent"] for one in outcome.sent if one.to == "/t"]
    if not states:
        return "no view"
    word = "refusal" if "denied" in str(states) else "view"
    return f"{len(states)} {word}{'s' if len(states) > 1 else ''}"


def row(cell: Cell, outcome: Outcome) -> str:
    """Write one cell as a line of its own, as the test prints it."""
    return f"| {cell.name.replace(', ', ' | ')} | {describe(outcome)} |"


def render_tables() -> str:
    """Write what every cell has to come to, a table for each place, a line for each form."""
    tables = []
    for place, cells in groupby(CELLS, key=lambda cell: cell.place.name):
        lines = [
            f"## {place.capitalize()}",
            "",
            f"| page | form | {' | '.join(answer.name for answer in ANSWERS)} |",
            f"|{'---|' * (2 + len(ANSWERS))}",
        ]
        for (kind, form), of_form in groupby(
            cells, key=lambda cell: (cell.kind.name, cell.form.name)
        ):
            found = [cell.cannot_be or describe(expected(cell)) for cell in of_form]
            lines.append(f"| {kind} | {form} | {' | '.join(found)} |")
        tables.append("\n".join(lines))
    return "\n\n".join(tables)


if __name__ == "__main__":
    print(render_tables())
