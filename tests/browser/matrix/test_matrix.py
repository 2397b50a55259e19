"""Every place, kind of page, kind of form and answer on consent, in real Chromium through real nginx."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.async_api import Browser

from tests.browser.matrix.cells import CELLS, DIAGONAL, Cell
from tests.browser.matrix.installed import Installed
from tests.browser.matrix.journey import visit
from tests.browser.matrix.outcome import expected
from tests.browser.matrix.table import row
from tests.conftest import ROW


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(cell, id=cell.name, marks=[] if cell.name in DIAGONAL else [pytest.mark.long])
        for cell in CELLS
        if cell.cannot_be is None
    ],
)
async def test_a_visit_comes_to_what_the_contract_says(
    installed: Installed,
    browser: Browser,
    cell: Cell,
    record_property: Callable[[str, str], None],
) -> None:
    outcome = await visit(installed, browser, cell)
    record_property(ROW, row(cell, outcome))
    assert outcome == expected(cell)
    by_manager = f"source={installed.site.source_id}&consent={cell.answer.mode}"
    assert installed.wire.queries == ({by_manager} if cell.kind.by_manager else set())
