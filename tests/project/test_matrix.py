"""The matrix of tests/browser/matrix is whole, and docs/matrix.md says what it expects."""

from __future__ import annotations

import re

from tests.browser.matrix.cells import ANSWERS, CELLS, DIAGONAL, FORMS, KINDS, PLACES
from tests.browser.matrix.table import render_tables
from tests.serving import ROOT

PAGE = (ROOT / "docs" / "matrix.md").read_text()


def test_the_page_has_the_tables_as_the_tests_expect_them() -> None:
    print(tables := render_tables())
    assert PAGE.endswith(f"\n\n{tables}\n")


def test_the_page_explains_every_value_of_every_dimension() -> None:
    dimensions = PAGE.partition("\nEach cell")[0]
    explained = re.findall(r"^\| \w* ?\| ([\w -]+) \| ", dimensions, re.MULTILINE)
    assert explained[1:] == [one.name for one in (*PLACES, *KINDS, *FORMS, *ANSWERS)]


def test_each_combination_is_a_cell() -> None:
    assert len({cell.name for cell in CELLS}) == 3 * 6 * 4 * 4 == len(CELLS)


def test_each_value_of_each_dimension_runs_every_day() -> None:
    daily = [cell for cell in CELLS if cell.name in DIAGONAL]
    assert len(daily) == len(DIAGONAL)
    assert all(cell.cannot_be is None for cell in daily)
    for values in (PLACES, KINDS, FORMS, ANSWERS):
        names = {one.name for one in values}
        assert names == {name for cell in daily for name in cell.name.split(", ")} & names
