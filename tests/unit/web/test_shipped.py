from __future__ import annotations

from pathlib import Path

import pytest

from collector.web.shipped import shipped


@pytest.mark.parametrize("name", ["templates", "static_js"])
def test_in_a_checkout_a_folder_stands_beside_the_package(name: str) -> None:
    assert shipped(name) == Path(__file__).parents[3] / name
    assert shipped(name).is_dir()
