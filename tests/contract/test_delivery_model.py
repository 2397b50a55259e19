"""No lead is lost, whatever happens to deliveries in whatever order (`delivery_model.py`)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.contract.delivery_model import DeliveryModel
from tests.databases import Reused, new_sqlite

SHORT = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
LONG = settings(SHORT, max_examples=400, stateful_step_count=60, derandomize=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def open_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Give an empty database at each call."""
    if request.param == "postgresql":
        database: Reused = request.getfixturevalue("reused")
        return database.emptied
    numbers = count()

    def placed() -> str:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        return new_sqlite(folder)

    return placed


def run(open_url: Callable[[], str], how: settings) -> None:
    class Model(DeliveryModel):
        pass

    Model.open_url = staticmethod(open_url)
    run_state_machine_as_test(Model, settings=how)


def test_no_lead_is_lost_in_some_histories(open_url: Callable[[], str]) -> None:
    run(open_url, SHORT)


@pytest.mark.long
def test_no_lead_is_lost_in_many_histories(open_url: Callable[[], str]) -> None:
    run(open_url, LONG)
