"""The tests of the domain are whole: they run every branch, and see nearly every change."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str | Path, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]


@pytest.mark.long
def test_every_branch_of_the_domain_is_run_by_its_own_tests(tmp_path: Path) -> None:
    data = {"COVERAGE_FILE": str(tmp_path / "coverage")}
    tests = ("-m", "pytest", "tests/unit/domain", "-p", "no:cacheprovider", "-p", "no:xdist")
    run("-m", "coverage", "run", "--branch", "--source=collector/domain", *tests, **data)
    run("-m", "coverage", "report", "--show-missing", "--skip-covered", "--fail-under=100", **data)


@pytest.mark.long
@pytest.mark.timeout(3_000)
def test_few_changes_of_the_attribution_rules_go_unseen() -> None:
    run(ROOT / "tools" / "mutate.py", "--most", "0.10")
