"""What the tests of this folder share when they are chosen."""

from __future__ import annotations

import pytest

ON_POSTGRESQL_IN_THE_LONG_RUN = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True
)
